"""Outcomes are remembered under keys that name everything they depend on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.targets.argo_workflows.trained import churn, compiled, lock, task, template, workflow

ALLOWED = re.compile(r"^[a-zA-Z0-9][-a-zA-Z0-9]*$")
RETRAINED = 'retraining: {schedule: "0 4 * * 1"}'


def key(folder: Path, name: str = "train", spec: str | None = None, **options: Any) -> str | None:
    """The key of a template, or None."""
    made = workflow(compiled(folder, spec or churn(more=RETRAINED), locks={"staging": lock()}, **options))
    memoize = template(made, name).get("memoize")
    return memoize["key"] if memoize else None


def test_a_key_is_allowed_when_its_values_are_in_place(tmp_path: Path) -> None:
    found = key(tmp_path)
    assert found is not None
    assert ALLOWED.match(found.replace("{{inputs.parameters.data}}", "0123456789abcdef0123"))
    assert found.endswith("-{{inputs.parameters.data}}")


def test_the_data_of_a_key_is_the_digest_of_the_snapshot(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn(more=RETRAINED), locks={"staging": lock()}))
    parameters = {item["name"]: item["value"] for item in task(made, "train")["arguments"]["parameters"]}
    assert parameters["data"] == "{{tasks.data-customers.outputs.parameters.key}}"
    assert template(made, "data-customers")["outputs"]["parameters"] == [
        {"name": "key", "valueFrom": {"path": "/fairlead/results/key"}}
    ]


def test_outcomes_are_kept_in_a_config_map_of_the_pipeline(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn(more=RETRAINED), locks={"staging": lock()}, cache_generation=2))
    memoize = template(made, "train")["memoize"]
    assert memoize["cache"] == {"configMap": {"name": "churn-cache"}}
    assert memoize["maxAge"] == "2592000s"


@pytest.mark.parametrize(
    "other",
    [
        churn("command: [python, -m, churn.other]", more=RETRAINED),
        churn("command: [python, -m, churn.train], parameters: {depth: 3}", more=RETRAINED),
        churn("command: [python, -m, churn.train], env: {A: b}", more=RETRAINED),
        churn("command: [python, -m, churn.train], seed: 3", more=RETRAINED),
        churn(more=RETRAINED, data="  split: {test: 0.3}"),
    ],
    ids=["command", "parameters", "env", "seed", "a step before"],
)
def test_what_changes_the_outcome_changes_the_key(tmp_path: Path, other: str) -> None:
    assert key(tmp_path / "a") != key(tmp_path / "b", spec=other)


def test_what_changes_only_the_way_there_keeps_the_key(tmp_path: Path) -> None:
    other = churn(
        "command: [python, -m, churn.train], retries: 5, timeout: 4h", more=f"{RETRAINED}\nhardware: {{train: gpu}}"
    )
    assert key(tmp_path / "a") == key(tmp_path / "b", spec=other)


def test_another_generation_forgets_everything(tmp_path: Path) -> None:
    assert key(tmp_path / "a") != key(tmp_path / "b", cache_generation=2)


def test_nothing_is_remembered_of_an_image_by_tag(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn(more=RETRAINED)))
    assert [item["name"] for item in made["spec"]["templates"] if "memoize" in item] == []


def test_nothing_is_remembered_against_the_specification(tmp_path: Path) -> None:
    assert key(tmp_path, spec=churn("command: [train], cache: false", more=RETRAINED)) is None


def test_what_decides_or_has_effects_is_never_remembered(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn(more=RETRAINED), locks={"staging": lock()}))
    remembered = {item["name"] for item in made["spec"]["templates"] if "memoize" in item}
    assert remembered == {"check-customers", "split", "train"}


def test_how_old_data_is_gets_asked_each_time(tmp_path: Path) -> None:
    aged = churn(more=RETRAINED).replace(
        "        age: {type: integer}\n", "        age: {type: integer}\n        at: {type: timestamp, role: time}\n"
    )
    aged = aged.replace("      columns:\n", "      expect: [age(at) <= 7d]\n      columns:\n")
    timeless = aged.replace("age(at) <= 7d", "rows >= 5")
    assert key(tmp_path / "a", "check-customers", aged) is None
    assert key(tmp_path / "b", "check-customers", timeless) is not None
    assert key(tmp_path / "c", "train", aged) is not None


def test_a_step_that_is_read_by_address_runs_each_time(tmp_path: Path) -> None:
    data = """\
  prepare:
    features:
      command: [features]
      inputs: [customers]
      outputs: {features: {like: customers}}
  split: {of: features}
"""
    copied = churn("command: [train], inputs: [features]", data=data, more=RETRAINED)
    assert key(tmp_path / "a", "prepare-features", copied) is not None
    assert key(tmp_path / "b", "prepare-features", copied.replace("[features]}\n", "{features: reference}}\n")) is None
