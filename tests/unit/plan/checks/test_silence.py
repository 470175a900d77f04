"""Checks are silent where nothing is wrong: the examples that all other tests start from, and the project's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks import CHECKS
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.unit.plan.specs import ASSISTANT, BATCH, SCREEN, TRIAGE, TUMOR, examine


@pytest.mark.parametrize("spec", [TUMOR, BATCH, ASSISTANT, SCREEN], ids=["tumor", "batch", "assistant", "screen"])
def test_an_example_has_no_finding(tmp_path: Path, spec: str) -> None:
    assert examine(tmp_path, spec).codes == []


def test_a_graph_has_no_finding(tmp_path: Path) -> None:
    assert examine(tmp_path, TRIAGE, {"specs/screen.yaml": SCREEN, "specs/tumor.yaml": TUMOR}).codes == []


def test_the_specifications_of_this_repository_have_no_finding(repository: Path) -> None:
    found = plans(load(repository))
    assert [f"{each.place}: {each.code.id}" for each in found.diagnostics] == []
    assert found.all()


def test_every_module_of_checks_is_run(repository: Path) -> None:
    folder = repository / "compiler" / "fairlead" / "plan" / "checks"
    assert sorted(CHECKS) == sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def test_every_module_of_checks_has_a_test_of_its_own(repository: Path) -> None:
    folder = repository / "tests" / "unit" / "plan" / "checks"
    assert [name for name in CHECKS if not (folder / f"test_{name}.py").exists()] == []
