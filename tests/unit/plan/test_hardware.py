"""The roles that `plan.hardware` tells of nodes are those that the nodes got their hardware by."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.hardware import chosen_role, containers, roles_of
from fairlead.plan.nodes import Combine, Serve
from fairlead.plan.plan import Plan
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Name
from tests.unit.plan.specs import BATCH, TUMOR, edit, examine

OWN = ("tune", "evaluate", "monitoring", "batch")
"""Roles besides those that the specification has."""
HARDWARE = "".join(f"  {role}: {{cpu: 1, memory: {number}Gi}}\n" for number, role in enumerate(OWN, 11))
TRAINED = edit(TUMOR, ("  tune: cpu-spot\n", f"  features: {{cpu: 3, memory: 9Gi}}\n{HARDWARE}"))
SCORED = f"{BATCH}hardware:\n  default: cpu-small\n  train: cpu-spot\n  serving: gpu-l4\n{HARDWARE}"


@pytest.mark.parametrize("spec", [TRAINED, SCORED])
@pytest.mark.parametrize("without", ["", "tune", "batch", "default", "evaluate"])
def test_what_a_node_runs_on_is_what_its_role_says(tmp_path: Path, spec: str, without: str) -> None:
    kept = "".join(
        line for line in spec.splitlines(keepends=True) if not without or not line.startswith(f"  {without}: {{cpu")
    )
    found = examine(tmp_path, kept.replace("  default: cpu-small\n", "") if without == "default" else kept)
    assert all(found.by_environment.values()), found.diagnostics
    for plans in found.by_environment.values():
        for plan in plans.values():
            assert {each.step: each.profile for each in containers(plan)} == {
                each.step: _said(plan, *each.roles) for each in containers(plan)
            }
            for node in plan.nodes.values():
                if isinstance(node, Serve | Combine):
                    assert node.hardware == _said(plan, *roles_of(node))


def _said(plan: Plan, *roles: str) -> Profile:
    role = chosen_role(plan.unit, *roles)
    choice = plan.unit.pipeline.hardware[Name(role)] if role is not None else Profile()
    return choice if isinstance(choice, Profile) else plan.unit.project.hardware[choice]
