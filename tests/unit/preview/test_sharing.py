"""What both sides of a preview have is compiled once, and not at all where an earlier command knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.plan.plan import Plan
from fairlead.preview.document import render_json
from fairlead.preview.read import read
from fairlead.workspace.work import Task, Work
from tests.laws.test_cache import FILES, PROJECT
from tests.repositories import Repository
from tests.unit.cli.conftest import Command

Ask = Callable[[], tuple[str, dict[str, int]]]
CHANGED = FILES["specs/screen.yaml"].replace("32Gi", "24Gi")
BOTH = 2
"""Environments in which each pipeline is compiled."""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "project")
    made.write(".gitignore", ".fairlead/\n")
    made.start(FILES, PROJECT)
    return made


@pytest.fixture
def ask(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The preview of the working tree as JSON, and how often each pipeline was compiled for it."""
    real = Work.__call__
    worked: list[str] = []

    def counted(self: Work, task: Task) -> object:
        if isinstance(task, Plan):
            worked.append(task.name)
        return real(self, task)

    monkeypatch.setattr(Work, "__call__", counted)

    def preview() -> tuple[str, dict[str, int]]:
        worked.clear()
        return render_json(read(repository.project, "main").preview), dict(Counter(worked))

    return preview


def test_what_did_not_change_is_compiled_once(repository: Repository, ask: Ask) -> None:
    repository.write("specs/screen.yaml", CHANGED)
    # `triage` is a graph with `screen` in it.
    assert ask()[1] == {"assistant": BOTH, "churn": BOTH, "screen": 2 * BOTH, "triage": 2 * BOTH}


def test_what_was_compiled_before_is_not_compiled_again(
    repository: Repository, ask: Ask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("specs/screen.yaml", CHANGED)
    cold, _ = ask()
    fairlead = Command(repository.project, capsys, monkeypatch)
    repository.write("specs/screen.yaml", FILES["specs/screen.yaml"])
    assert fairlead("compile", "--out", str(repository.project.parent / "elsewhere")).code == 0
    repository.write("specs/screen.yaml", CHANGED)
    warm, worked = ask()
    assert warm == cold
    assert worked.keys() == {"screen", "triage"}
