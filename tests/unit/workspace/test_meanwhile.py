"""What is written is about one state of the project: a change in the middle of a command is said, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.output import write as writing
from fairlead.output.changes import plan_changes
from fairlead.source.reader import read_bytes
from fairlead.workspace import load as loading, locking
from tests.projects import ASSISTANT, CHURN, write_project
from tests.unit.cli.conftest import Command
from tests.unit.output.trees import tree
from tests.unit.workspace.test_cache_run import PROJECT

IMAGE = "docker.io/vllm/vllm-openai:v0.24.0"


@pytest.fixture
def fairlead(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    project = tmp_path / "project"
    write_project(project, {"specs/churn.yaml": CHURN, "specs/assistant.yaml": ASSISTANT}, PROJECT)
    return Command(project, capsys, monkeypatch)


def _edit(root: Path) -> None:
    (root / "specs/assistant.yaml").write_text(ASSISTANT.replace("32Gi", "64Gi"))


def _add(root: Path) -> None:
    (root / "specs/screen.yaml").write_text(ASSISTANT.replace("name: assistant", "name: screen"))


def _remove(root: Path) -> None:
    (root / "specs/assistant.yaml").unlink()


def _lock(root: Path) -> None:
    text = "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {pipeline: assistant, environment: staging}\n"
    (root / "specs/assistant.staging.lock.yaml").write_text(text)


def _project(root: Path) -> None:
    (root / "fairlead.yaml").write_text(PROJECT + "# later\n")


@pytest.mark.parametrize("change", [_edit, _add, _remove, _lock, _project])
def test_a_change_while_compiling_is_said_and_nothing_is_written(
    fairlead: Command, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    real = plan_changes

    def planned(*arguments: object, **options: object) -> object:
        result = real(*arguments, **options)  # type: ignore[arg-type]
        change(fairlead.folder)
        return result

    monkeypatch.setattr(writing, "plan_changes", planned)
    done = fairlead("compile")
    assert done.code == 1
    assert "error[FL2017]" in done.err
    assert not (fairlead.folder / "rendered").exists()
    monkeypatch.setattr(writing, "plan_changes", real)
    assert fairlead("compile").code == 0
    assert fairlead("check").code == 0


def test_a_change_where_nothing_is_written_is_no_error(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fairlead("compile").code == 0
    before = tree(fairlead.folder)
    real = plan_changes

    def planned(*arguments: object, **options: object) -> object:
        result = real(*arguments, **options)  # type: ignore[arg-type]
        _project(fairlead.folder)
        return result

    monkeypatch.setattr(writing, "plan_changes", planned)
    assert fairlead("compile", "--no-cache").code == 0
    assert tree(fairlead.folder) == {**before, "fairlead.yaml": (PROJECT + "# later\n").encode()}


def test_a_lock_that_somebody_saves_meanwhile_is_not_overwritten(
    fairlead: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = locking.lock_image

    def slow(*arguments: object) -> object:
        result = real(*arguments)  # type: ignore[arg-type]
        _lock(fairlead.folder)
        return result

    monkeypatch.setattr(locking, "lock_image", slow)
    arguments = ("lock", "assistant", "-e", "staging", "--image", f"{IMAGE}@sha256:{'a' * 64}")
    done = fairlead(*arguments)
    assert done.code == 1
    assert "error[FL2017]" in done.err
    assert "images" not in (fairlead.folder / "specs/assistant.staging.lock.yaml").read_text()
    monkeypatch.setattr(locking, "lock_image", real)
    assert fairlead(*arguments).code == 0


def test_a_specification_that_somebody_saves_meanwhile_is_not_formatted(
    fairlead: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairlead.output import lock

    file = fairlead.folder / "specs/assistant.yaml"
    file.write_text(ASSISTANT.replace("serving: {", "serving:    {"))
    real = lock._acquire

    def slow(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        _edit(fairlead.folder)

    monkeypatch.setattr(lock, "_acquire", slow)
    done = fairlead("fmt")
    assert done.code == 1
    assert "changed while it was formatted" in done.err
    assert file.read_text() == ASSISTANT.replace("32Gi", "64Gi")


def test_every_file_is_read_once(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments that were compiled from two readings could be of two states."""
    reads: list[str] = []
    real = read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path.name)
        return real(path)

    monkeypatch.setattr(loading, "read_bytes", counted)
    assert fairlead("compile", "--no-cache").code == 0
    assert sorted(reads) == ["assistant.yaml", "churn.yaml", "fairlead.yaml"]
