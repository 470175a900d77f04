from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.claimed_twice import CLAIMED_TWICE
from tests.unit.plan.specs import SCREEN, TUMOR, edit, examine


def hosted(spec: str, host: str) -> str:
    return edit(spec, ("access: {expose: gateway", f"host: {host}\n  access: {{expose: gateway"))


def test_two_pipelines_can_not_have_one_host(tmp_path: Path) -> None:
    first = hosted(TUMOR, "scores.acme.example")
    second = edit(hosted(TUMOR, "scores.acme.example"), ("name: tumor-classifier, owner", "name: zebra, owner"))
    found = examine(tmp_path, second, {"specs/tumor.yaml": first})
    assert found.places(CLAIMED_TWICE) == [found.where("scores.acme.example")]
    assert [each.place.file for each in found.one(CLAIMED_TWICE).related] == ["specs/tumor.yaml"]


def test_nor_the_registered_model_that_another_has_by_its_name(tmp_path: Path) -> None:
    found = examine(tmp_path, SCREEN, {"specs/tumor.yaml": TUMOR})
    assert found.of(CLAIMED_TWICE) == []
    thief = edit(TUMOR, ("name: tumor-classifier, owner", "name: zebra, owner"))
    thief = edit(thief, ("  framework: sklearn", "  registry: {name: screen}\n  framework: sklearn"))
    found = examine(tmp_path / "b", thief, {"specs/screen.yaml": SCREEN})
    assert found.one(CLAIMED_TWICE).message == "the registered model `screen` is that of `screen` already"


def test_hosts_and_models_of_their_own_are_fine(tmp_path: Path) -> None:
    others = {"specs/screen.yaml": SCREEN}
    assert examine(tmp_path, hosted(TUMOR, "tumor.acme.example"), others).of(CLAIMED_TWICE) == []
