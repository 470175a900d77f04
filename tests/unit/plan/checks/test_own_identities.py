from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.own_identities import GENERATED_ACCOUNT, GENERATED_SECRET
from fairlead.resources import conventions
from tests.unit.plan.specs import SCREEN, TUMOR, edit, examine

OTHER = {"specs/tumor.yaml": TUMOR}


def training(words: str, spec: str = SCREEN) -> str:
    return edit(spec, ("screen.train]}", f"screen.train], {words}}}"))


@pytest.mark.parametrize("ending", ["train", "watch", "serve", "retrain"])
def test_nothing_runs_as_the_account_of_another_pipeline(tmp_path: Path, ending: str) -> None:
    found = examine(tmp_path, training(f"service_account: tumor-classifier-{ending}"), OTHER)
    assert found.places(GENERATED_ACCOUNT) == [found.where(f"tumor-classifier-{ending}")]
    assert "generated for `tumor-classifier`" in found.one(GENERATED_ACCOUNT).message


def test_nor_as_one_of_its_own_that_is_for_something_else(tmp_path: Path) -> None:
    found = examine(tmp_path, training("service_account: screen-serve"))
    assert found.places(GENERATED_ACCOUNT) == [found.where("screen-serve")]


def test_an_account_whose_name_was_cut_is_known_too(tmp_path: Path) -> None:
    long = "a-pipeline-with-a-name-that-is-as-long-as-a-name-may-ever-be-ok"
    assert len(long) == 63
    other = {"specs/long.yaml": edit(TUMOR, ("name: tumor-classifier, owner", f"name: {long}, owner"))}
    found = examine(tmp_path, training(f"service_account: {conventions.training(long)}"), other)
    assert f"generated for `{long}`" in found.one(GENERATED_ACCOUNT).message


def test_the_server_is_held_to_it_as_well(tmp_path: Path) -> None:
    spec = SCREEN + "serving: {service_account: tumor-classifier-train}\n"
    if "\nserving:" in SCREEN:
        spec = edit(SCREEN, ("\nserving: {", "\nserving: {service_account: tumor-classifier-train, "))
    assert examine(tmp_path, spec, OTHER).of(GENERATED_ACCOUNT)


def test_an_account_of_the_platform_is_fine(tmp_path: Path) -> None:
    found = examine(tmp_path, training("service_account: gpu-train"), OTHER)
    assert found.of(GENERATED_ACCOUNT) == []


@pytest.mark.parametrize("secret", ["tumor-classifier-train.service-account-token/token", "acme-ml-events/token"])
def test_the_secrets_of_controllers_are_for_no_step(tmp_path: Path, secret: str) -> None:
    found = examine(tmp_path, training(f"secrets: {{TOKEN: {secret}}}"), OTHER)
    assert found.places(GENERATED_SECRET) == [found.where(secret)]


def test_other_secrets_are_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, training("secrets: {TOKEN: feature-store/token}")).of(GENERATED_SECRET) == []
