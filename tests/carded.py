"""Model cards for tests: of small projects, and of this repository's own specifications."""

from __future__ import annotations

from pathlib import Path

from fairlead.plan.plan import Plan
from fairlead.workspace.load import Workspace, load
from fairlead.workspace.plans import plans
from fairlead_targets.model_card.target import render
from tests.projects import FAIRLEAD, read_project

PROJECT = FAIRLEAD.replace("prometheus]", "prometheus, model-card]")
ROOT = Path(__file__).resolve().parents[1]


def plan_of(workspace: Workspace, name: str, environment: str) -> Plan:
    """A plan by its pipeline and environment; a specification with an error fails the test."""
    assert [found for found in workspace.diagnostics if found.level == "error"] == []
    return next(each for each in plans(workspace).all() if (each.name, each.unit.environment) == (name, environment))


def card(folder: Path, files: dict[str, str], environment: str = "staging", name: str = "churn") -> str:
    """The card of a pipeline of a small project."""
    return render(plan_of(read_project(folder, files, PROJECT), name, environment))


def own_card(name: str, environment: str) -> str:
    """The card of a pipeline of this repository."""
    return render(plan_of(load(ROOT), name, environment))
