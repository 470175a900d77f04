from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.idle_section import IDLE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import ASSISTANT, FAIRLEAD, SCREEN, TUMOR, edit, examine


@pytest.mark.parametrize(
    "section",
    ['retraining: {schedule: "0 4 * * 1"}', "max_cost_per_run: 20", "data: {sources: {a: {uri: s3://acme/a.csv}}}"],
)
def test_what_belongs_to_training_has_no_effect_without_it(tmp_path: Path, section: str) -> None:
    found = examine(tmp_path, f"{ASSISTANT}{section}\n")
    assert found.places(IDLE) == [found.where(section)]
    assert found.one(IDLE).level is Severity.WARNING


def test_a_registry_is_for_what_is_trained(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("hardware:", "  registry: {name: assistant}\nhardware:")))
    assert found.places(IDLE) == [found.where("registry")]


@pytest.mark.parametrize("role", ["tune", "batch", "monitoring"])
def test_a_role_without_a_part_has_no_effect(tmp_path: Path, role: str) -> None:
    found = examine(tmp_path, f"{SCREEN}hardware: {{{role}: cpu-small}}\n")
    assert found.places(IDLE) == [found.where(role, f"hardware: {{{role}")]


def test_roles_that_run_something_are_fine(tmp_path: Path) -> None:
    more = "  evaluate: cpu-small\n  monitoring: cpu-small\n  features: cpu-small\n  serving: cpu-serving\n"
    assert examine(tmp_path, edit(TUMOR, ("  serving: cpu-serving\n", more))).codes == []


def test_what_the_project_gives_to_all_may_be_idle_in_one(tmp_path: Path) -> None:
    fairlead = f"{FAIRLEAD}defaults: {{hardware: {{tune: cpu-small}}, max_cost_per_run: 50}}\n"
    assert examine(tmp_path, ASSISTANT, fairlead=fairlead).codes == []
