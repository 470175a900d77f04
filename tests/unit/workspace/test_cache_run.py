"""Whole runs that are said again, and everything that keeps them from it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.workspace import compile as compiling, load as loading
from tests.projects import ASSISTANT, CHURN, FAIRLEAD, write_project
from tests.unit.cli.conftest import Command, Done

PROJECT = FAIRLEAD.replace("[argo-workflows, kserve, prometheus]", "[kserve, prometheus]")


@pytest.fixture
def fairlead(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    project = tmp_path / "project"
    write_project(project, {"specs/churn.yaml": CHURN, "specs/assistant.yaml": ASSISTANT}, PROJECT)
    return Command(project, capsys, monkeypatch)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Done]], bool]:
    """Whether a command read the project, rather than the cache."""
    calls: list[Path] = []
    real = loading.load

    def counted(root: Path) -> loading.Workspace:
        calls.append(root)
        return real(root)

    monkeypatch.setattr(loading, "load", counted)

    def ask(command: Callable[[], Done]) -> bool:
        calls.clear()
        done = command()
        assert done.code == 0, done.err
        return bool(calls)

    return ask


Ask = Callable[[Callable[[], Done]], bool]


@pytest.mark.parametrize("command", [("validate",), ("compile",), ("check",), ("validate", "--format", "json")])
def test_the_same_run_again_says_the_same_without_the_work(
    fairlead: Command, worked: Ask, command: tuple[str, ...]
) -> None:
    fairlead("compile", "--no-cache")
    fresh = fairlead(*command, "--no-cache")
    assert worked(lambda: fairlead(*command))
    assert not worked(lambda: fairlead(*command))
    assert fairlead(*command) == fresh


def test_without_the_cache_the_work_is_done_and_nothing_kept(fairlead: Command, worked: Ask) -> None:
    assert worked(lambda: fairlead("validate", "--no-cache"))
    assert not (fairlead.folder / ".fairlead").exists()
    fairlead("validate")
    assert worked(lambda: fairlead("validate", "--no-cache"))


def _edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        file = root / path
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new))

    return change


def _write(path: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).write_text(text)

    return change


def _rename(root: Path) -> None:
    (root / "specs/churn.yaml").rename(root / "specs/renamed.yaml")


CHANGES: dict[str, Callable[[Path], None]] = {
    "the project": _edit("fairlead.yaml", "namespace: ml,", "namespace: mlx,"),
    "a comment in the project": _edit("fairlead.yaml", "kind: Project", "kind: Project # ours"),
    "a specification": _edit("specs/assistant.yaml", "memory: 32Gi", "memory: 64Gi"),
    "a new specification": _write("specs/second.yaml", CHURN.replace("churn", "second")),
    "a specification fewer": lambda root: (root / "specs/churn.yaml").unlink(),
    "a specification under another name": _rename,
    "a lock that belongs to nothing": _write("specs/lost.production.lock.yaml", "apiVersion: fairlead.dev/v1\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("command", ["validate", "compile"])
def test_a_change_of_any_input_is_seen(
    fairlead: Command, worked: Ask, change: Callable[[Path], None], command: str
) -> None:
    fairlead("validate")
    fairlead("compile")
    change(fairlead.folder)
    assert worked(lambda: fairlead(command))


@pytest.mark.parametrize(
    "others", [("specs/churn.yaml",), ("--environment", "staging"), ("--target", "kserve"), ("--format", "json")]
)
def test_another_selection_is_another_run(fairlead: Command, worked: Ask, others: tuple[str, ...]) -> None:
    fairlead("compile", "--allow-empty")
    assert worked(lambda: fairlead("compile", "--allow-empty", *others))


def test_what_may_be_empty_once_may_not_be_always(fairlead: Command, tmp_path: Path) -> None:
    shutil.rmtree(fairlead.folder)
    write_project(fairlead.folder, {"specs/churn.yaml": CHURN}, PROJECT)
    assert fairlead("compile", "--allow-empty").code == 0
    assert fairlead("compile").code == fairlead("compile", "--no-cache").code


def test_an_error_is_not_remembered(fairlead: Command) -> None:
    (fairlead.folder / "specs/churn.yaml").write_text("nonsense: true\n")
    first = fairlead("validate")
    assert first.code == 1
    assert fairlead("validate") == first


def generated(root: Path) -> Path:
    return next((root / "rendered").rglob("inferenceservice-*.yaml"))


def test_a_generated_file_that_is_gone_is_written_again(fairlead: Command, worked: Ask) -> None:
    fairlead("compile")
    file = generated(fairlead.folder)
    before = file.read_bytes()
    file.unlink()
    assert worked(lambda: fairlead("compile"))
    assert file.read_bytes() == before


def test_an_edit_in_a_generated_file_is_refused_as_ever(fairlead: Command) -> None:
    fairlead("compile")
    file = generated(fairlead.folder)
    file.write_text(file.read_text().replace("memory: 32Gi", "memory: 33Gi"))
    assert fairlead("compile").code == 1


def test_check_reads_every_file_whatever_its_time_says(fairlead: Command) -> None:
    fairlead("compile")
    assert fairlead("check").code == 0
    file = generated(fairlead.folder)
    found = file.stat()
    file.write_text(file.read_text().replace("memory: 32Gi", "memory: 33Gi"))
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert file.stat().st_size == found.st_size
    assert fairlead("check").code == 2


def test_an_edit_within_the_clocks_grain_is_seen(fairlead: Command) -> None:
    fairlead("compile")
    fairlead("compile")
    file = generated(fairlead.folder)
    found = file.stat()
    with file.open("r+") as stream:
        text = stream.read()
        stream.seek(0)
        stream.write(text.replace("memory: 32Gi", "memory: 33Gi"))
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert fairlead("compile").code == 1


def test_files_that_are_long_the_same_are_not_read_again(
    fairlead: Command, worked: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairlead.output.files import Disk
    from fairlead.workspace.cache import tree

    monkeypatch.setattr(tree, "GRAIN", -60_000_000_000)
    fairlead("compile")
    fairlead("compile")
    read: list[str] = []
    real = Disk.read

    def counted(disk: Disk, path: str) -> bytes | None:
        read.append(path)
        return real(disk, path)

    monkeypatch.setattr(Disk, "read", counted)
    assert not worked(lambda: fairlead("compile"))
    assert read
    assert all(path.endswith("inventory.json") for path in read)


@pytest.mark.parametrize("seconds", [1_000_000_000, 4_000_000_000, 0])
def test_a_specification_is_read_whatever_its_time_says(fairlead: Command, worked: Ask, seconds: int) -> None:
    """The same size and the same time, also one that is to come or long ago: only what it says counts."""
    spec = fairlead.folder / "specs/assistant.yaml"
    os.utime(spec, (seconds, seconds))
    fairlead("compile")
    spec.write_text(spec.read_text().replace("32Gi", "64Gi"))
    os.utime(spec, (seconds, seconds))
    assert worked(lambda: fairlead("compile"))
    assert "64Gi" in next((fairlead.folder / "rendered/staging/assistant/kserve").glob("inf*")).read_text()


def test_a_generated_file_whose_time_was_set_back_is_read(fairlead: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `cp -p` and `rsync` do. The time of the inode's last change tells."""
    from fairlead.workspace.cache import tree

    monkeypatch.setattr(tree, "GRAIN", -60_000_000_000)
    fairlead("compile")
    fairlead("compile")
    [file] = (fairlead.folder / "rendered/staging/assistant/kserve").glob("inf*")
    found = file.stat()
    file.write_text(file.read_text().replace("32Gi", "64Gi"))
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (found.st_size, found.st_mtime_ns)
    assert fairlead("compile").code == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 1}', '{"files": [1]}'])
def test_an_inventory_that_somebody_breaks_while_a_run_ends_is_not_remembered(
    fairlead: Command, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    from fairlead.workspace.cache import run
    from fairlead.workspace.cache.tree import taken as real

    inventory = fairlead.folder / "rendered/staging/assistant/inventory.json"

    def later(*arguments: object) -> object:
        inventory.write_text(content)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "taken", later)
    assert fairlead("compile").code == 0
    monkeypatch.setattr(run, "taken", real)
    assert fairlead("check").code == 1


@pytest.mark.parametrize("name", ["staging", "draft"])
def test_what_a_killed_command_left_is_cleared_away_by_the_next(fairlead: Command, name: str) -> None:
    fairlead("compile")
    left = fairlead.folder / ".fairlead" / name
    left.mkdir() if name == "staging" else left.touch()
    assert fairlead("compile").code == 0
    assert not left.exists()


def test_a_generated_folder_behind_a_link_is_refused(fairlead: Command) -> None:
    fairlead("compile")
    (fairlead.folder / "rendered").rename(fairlead.folder / "elsewhere")
    (fairlead.folder / "rendered").symlink_to("elsewhere")
    assert fairlead("compile").code == 1


def test_an_owner_that_nobody_wants_is_seen(fairlead: Command, worked: Ask) -> None:
    fairlead("compile")
    source = next((fairlead.folder / "rendered").glob("*/assistant"))
    shutil.copytree(source, source.with_name("stranger"))
    assert fairlead("compile").code == fairlead("compile", "--no-cache").code == 1


def test_an_interrupted_swap_is_settled_first(fairlead: Command, worked: Ask) -> None:
    from fairlead.output.lock import JOURNAL

    fairlead("compile")
    (fairlead.folder / ".fairlead" / JOURNAL).write_text("not a journal\n")
    assert fairlead("compile").code == 1


def test_another_folder_for_the_output_is_another_run(fairlead: Command, worked: Ask, tmp_path: Path) -> None:
    fairlead("compile")
    assert worked(lambda: fairlead("compile", "--out", str(tmp_path / "out")))
    assert not worked(lambda: fairlead("compile", "--out", str(tmp_path / "out")))
    shutil.rmtree(tmp_path / "out")
    assert worked(lambda: fairlead("compile", "--out", str(tmp_path / "out")))
    assert (tmp_path / "out" / "rendered").is_dir()


def test_another_compiler_does_the_work_again(fairlead: Command, worked: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.workspace.cache import run

    fairlead("compile")
    monkeypatch.setattr(run, "compiler", lambda: "another")
    assert worked(lambda: fairlead("compile"))


def test_an_input_that_changes_during_the_work_is_not_remembered(
    fairlead: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = compiling.compile_workspace
    spec = fairlead.folder / "specs/assistant.yaml"

    def meddled(*given: object, **named: object) -> object:
        spec.write_text(spec.read_text().replace("memory: 32Gi", "memory: 48Gi"))
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(compiling, "compile_workspace", meddled)
    fairlead("compile")
    monkeypatch.setattr(compiling, "compile_workspace", real)
    fairlead("compile")
    assert "48Gi" in generated(fairlead.folder).read_text()


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.acme.example}
spec:
  group: acme.example
  names: {kind: Thing, plural: things}
  versions: [{name: v1, schema: {openAPIV3Schema: {type: object}}}]
"""


def test_the_clusters_crds_are_an_input(fairlead: Command, worked: Ask) -> None:
    project = fairlead.folder / "fairlead.yaml"
    project.write_text(project.read_text().replace("platform:\n", "platform:\n  crds: crds\n"))
    (fairlead.folder / "crds").mkdir()
    (fairlead.folder / "crds" / "things.yaml").write_text(CRD)
    fairlead("compile")
    fairlead("compile")  # the first time, nobody knew where they were before they were read
    assert not worked(lambda: fairlead("compile"))
    (fairlead.folder / "crds" / "more.yaml").write_text(CRD.replace("hing", "hong"))
    assert worked(lambda: fairlead("compile"))
