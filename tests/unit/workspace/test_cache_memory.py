"""What is compiled again after a change: what can be another one, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.plan.plan import Plan
from fairlead.resources.crds import Definitions
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place
from fairlead.workspace.cache.memory import Memory
from fairlead.workspace.cache.plain import Unsayable, said
from fairlead.workspace.cache.store import Store
from fairlead.workspace.compile import Compilation, compile_workspace
from fairlead.workspace.load import load
from fairlead.workspace.work import Task, Work
from tests.laws.test_cache import FILES, PROJECT
from tests.projects import write_project
from tests.unit.workspace.test_cache_run import CRD

KEY = bytes(range(32))
EVERYTHING = {"assistant", "churn", "screen", "triage"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path, FILES, PROJECT)


Compiled = Callable[..., set[str]]


@pytest.fixture
def compiled(root: Path, monkeypatch: pytest.MonkeyPatch) -> Compiled:
    """Compiles the project and gives the pipelines for which there was work."""
    worked: list[Task] = []
    real = Work.__call__

    def counted(self: Work, task: Task) -> object:
        worked.append(task)
        return real(self, task)

    monkeypatch.setattr(Work, "__call__", counted)

    def compile_(key: bytes = KEY, compiler: str = "one", targets: tuple[str, ...] = ()) -> set[str]:
        worked.clear()
        compilation = compile_workspace(load(root), targets=targets, memory=Memory(Store(root, key), compiler))
        assert not compilation.failed, compilation.diagnostics
        list(compilation.made())
        return {task.name for task in worked if isinstance(task, Plan)}

    return compile_


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def entries(root: Path) -> list[Path]:
    return sorted((root / ".fairlead" / "cache").iterdir())


def test_nothing_is_compiled_twice(compiled: Compiled) -> None:
    assert compiled() == EVERYTHING
    assert compiled() == set()


def test_a_change_is_that_of_one_pipeline(compiled: Compiled, root: Path) -> None:
    compiled()
    (root / "specs/churn.yaml").write_text(FILES["specs/churn.yaml"] + "# a remark\n")
    assert compiled() == {"churn"}


def test_what_was_there_before_is_known_again(compiled: Compiled, root: Path) -> None:
    compiled()
    (root / "specs/churn.yaml").write_text(FILES["specs/churn.yaml"] + "# a remark\n")
    compiled()
    (root / "specs/churn.yaml").write_text(FILES["specs/churn.yaml"])
    assert compiled() == set()


def test_a_graph_is_compiled_again_with_its_members_and_a_member_with_its_graph(compiled: Compiled, root: Path) -> None:
    compiled()
    (root / "specs/screen.yaml").write_text(FILES["specs/screen.yaml"] + "# a remark\n")
    assert compiled() == {"screen", "triage"}
    (root / "specs/triage.yaml").unlink()
    assert compiled() == {"assistant", "screen"}


def test_a_lock_is_that_of_one_pipeline(compiled: Compiled, root: Path) -> None:
    compiled()
    lock = "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {pipeline: churn, environment: staging}\n"
    (root / "specs/churn.staging.lock.yaml").write_text(lock)
    assert compiled() == {"churn"}


def test_a_pipeline_more_changes_no_other(compiled: Compiled, root: Path) -> None:
    compiled()
    (root / "specs/more.yaml").write_text(FILES["specs/assistant.yaml"].replace("name: assistant", "name: more"))
    assert compiled() == {"more"}


def test_a_change_of_the_project_is_everybodys(compiled: Compiled, root: Path) -> None:
    compiled()
    (root / "fairlead.yaml").write_text(PROJECT + "# a remark\n")
    assert compiled() == EVERYTHING


def test_other_targets_and_another_compiler_know_nothing(compiled: Compiled) -> None:
    compiled()
    assert compiled(targets=("kserve",)) == EVERYTHING
    assert compiled(compiler="two") == EVERYTHING


def test_crds_that_are_too_large_to_be_told_apart_make_all_of_it_unknown(
    compiled: Compiled, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(root, "fairlead.yaml", "platform:\n", "platform:\n  crds: crds\n")
    (root / "crds").mkdir()
    (root / "crds/things.yaml").write_text(CRD)
    compiled()
    assert compiled() == set()
    monkeypatch.setattr("fairlead.workspace.cache.inputs.MAX_BYTES", 10)
    assert compiled() == compiled() == EVERYTHING


def test_crds_that_change_while_they_are_read_are_nothing_to_remember(
    compiled: Compiled, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(root, "fairlead.yaml", "platform:\n", "platform:\n  crds: crds\n")
    (root / "crds").mkdir()
    (root / "crds/things.yaml").write_text(CRD)
    real = Definitions.__init__

    def meddled(self: Definitions, folder: Path) -> None:
        real(self, folder)
        (folder / "more.yaml").write_text(CRD.replace("hing", "hong"))

    with monkeypatch.context() as patched:
        patched.setattr(Definitions, "__init__", meddled)
        compiled()
    assert compiled() == EVERYTHING


def test_entries_of_somebody_else_and_damaged_ones_are_not_there(compiled: Compiled, root: Path) -> None:
    compiled(key=bytes(32))
    assert compiled() == EVERYTHING
    for path in entries(root):
        path.write_bytes(path.read_bytes()[:-1])
    assert compiled() == EVERYTHING
    for path in entries(root):
        path.write_bytes(b"")
    assert compiled() == EVERYTHING
    assert compiled() == set()


def test_what_a_run_that_was_killed_has_put_does_not_count(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Memory, "finish", lambda *_: None)
        compiled()
    assert compiled() == EVERYTHING


def test_another_library_makes_all_of_it_unknown(
    compiled: Compiled, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = root / "library.py"
    library.write_text("one = 1\n")
    with monkeypatch.context() as patched:
        size = [library.stat().st_size, library.stat().st_mtime_ns]
        patched.setattr("fairlead.workspace.compile.modules", lambda: {str(library): size})
        compiled()
    assert compiled() == set()
    library.write_text("one = 12\n")
    assert compiled() == EVERYTHING


def test_what_lies_on_a_full_disk_is_compiled_every_time(compiled: Compiled, root: Path) -> None:
    (root / ".fairlead").write_text("a file where the folder belongs")
    assert compiled() == compiled() == EVERYTHING


def test_an_error_is_not_kept(root: Path) -> None:
    edit(root, "fairlead.yaml", "[kserve, prometheus]", "[argo-workflows, kserve, prometheus]")
    edit(root, "fairlead.yaml", "artifacts:", "x-artifacts:")
    first, second = (_found(root) for _ in range(2))
    assert first == second


def _found(root: Path) -> tuple[Diagnostic, ...]:
    compilation: Compilation = compile_workspace(load(root), memory=Memory(Store(root, KEY), "one"))
    return tuple(compilation.diagnostics)


def test_a_code_that_no_module_knows_can_not_be_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead.source.diagnostics._CODES", {})
    monkeypatch.setitem(sys.modules, "blocked", None)
    compilation = compile_workspace(load(root))
    made = next(compilation.made())
    code = Code("ZZ1234", "a code of nobody's", "Nothing.")
    found = Diagnostic(code, Place.start_of("fairlead.yaml"), "nothing", "do nothing")
    with pytest.raises(Unsayable):
        said(type(made)(made.assembled, (), (found,)))
