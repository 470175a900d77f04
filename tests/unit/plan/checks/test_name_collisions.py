from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.name_collisions import TAKEN_ROLE, TWICE_SET
from tests.unit.plan.specs import TUMOR, edit, examine

ENV = 'env: {OMP_NUM_THREADS: "4"}'


def test_a_variable_comes_from_one_place(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (ENV, "env: {FEATURE_STORE_TOKEN: none}")))
    assert found.places(TWICE_SET) == [found.where("FEATURE_STORE_TOKEN", "secrets: {FEATURE_STORE_TOKEN")]
    assert [str(each.place) for each in found.one(TWICE_SET).related] == [
        found.where("FEATURE_STORE_TOKEN", "env: {FEATURE_STORE_TOKEN")
    ]


def test_a_server_is_held_to_the_same(tmp_path: Path) -> None:
    both = "  mode: standard\n  env: {A: none}\n  secrets: {A: store/token}\n"
    found = examine(tmp_path, edit(TUMOR, ("  mode: standard\n", both)))
    assert found.places(TWICE_SET) == [found.where("A", "secrets: {A")]


@pytest.mark.parametrize("variable", ["MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"])
def test_variables_of_mlflow_are_set_already(tmp_path: Path, variable: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (ENV, f"env: {{{variable}: x}}")))
    assert found.places(TWICE_SET) == [found.where(variable)]


def test_credentials_for_mlflow_are_the_users_to_set(tmp_path: Path) -> None:
    own = ("{FEATURE_STORE_TOKEN: feature-store/token}", "{MLFLOW_TRACKING_TOKEN: mlflow/token}")
    assert examine(tmp_path, edit(TUMOR, own)).codes == []


def test_parameters_that_differ_in_case_alone_are_one_variable(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("{max_depth: 6, learning_rate: 0.1}", "{max_depth: 6, Max_Depth: 7}")))
    assert found.places(TWICE_SET) == [found.where("Max_Depth")]
    assert "FAIRLEAD_PARAM_MAX_DEPTH" in found.one(TWICE_SET).message


def test_a_step_has_a_name_of_its_own(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("  prepare:\n    features:\n", "  prepare:\n    train:\n")))
    assert found.places(TAKEN_ROLE) == [found.where("train", "  prepare:\n    train:")]
