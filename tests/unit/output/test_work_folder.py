"""The folder for what is in progress: nothing in it leads elsewhere, and the lock in it keeps everybody out."""

from __future__ import annotations

import errno
import fcntl
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.output import journal, rename
from fairlead.output.failures import DENIED
from fairlead.output.lock import JOURNAL, WORK, locked, locked_if_possible, work_folder
from fairlead.output.replace import DRAFT
from fairlead.source.diagnostics import Refused
from tests.unit.output.trees import compile_to, config_map, pipeline, tree


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    """A folder outside of the repository, with what nobody may touch."""
    folder = tmp_path / "treasure"
    (folder / "staging").mkdir(parents=True)
    for path in ("lock", "staging/0", "journal.json", "draft"):
        (folder / path).write_text("precious\n")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", ["lock", ".gitignore"])
def test_a_link_in_the_work_folder_is_not_written_through(root: Path, treasure: Path, name: str) -> None:
    (root / WORK).mkdir()
    (root / WORK / name).symlink_to(treasure / "lock")
    with pytest.raises(Refused) as refused:
        compile_to(root, pipeline())
    assert [found.code for found in refused.value.diagnostics] == [DENIED]
    assert (treasure / "lock").read_text() == "precious\n"


@pytest.mark.parametrize("name", ["staging", "draft", "journal.json.new"])
def test_a_link_that_is_in_the_way_of_a_swap_goes_and_what_it_leads_to_stays(
    root: Path, treasure: Path, name: str
) -> None:
    (root / WORK).mkdir()
    (root / WORK / name).symlink_to(treasure / name)
    before = tree(treasure)
    compile_to(root, pipeline())
    assert tree(treasure) == before


def test_a_work_folder_that_is_a_link_is_refused(root: Path, treasure: Path) -> None:
    (treasure / "journal.json").unlink()
    before = tree(treasure)
    (root / WORK).symlink_to(treasure)
    with pytest.raises(Refused) as refused:
        compile_to(root, pipeline())
    [found] = refused.value.diagnostics
    assert (found.code, found.place.file) == (DENIED, WORK)
    assert "it is a symbolic link" in found.message
    assert tree(treasure) == before
    assert tree(root) == {}


def test_a_lock_that_is_the_same_file_as_another_is_refused(root: Path, treasure: Path) -> None:
    (root / WORK).mkdir()
    (root / WORK / "lock").hardlink_to(treasure / "lock")
    with pytest.raises(Refused, match="no file of its own"):
        compile_to(root, pipeline())
    assert (treasure / "lock").read_text() == "precious\n"


def test_git_is_told_to_ignore_it_although_an_earlier_process_was_killed_before_it_could(root: Path) -> None:
    (root / WORK).mkdir()
    (root / WORK / ".gitignore").touch()
    work_folder(root)
    assert (root / WORK / ".gitignore").read_text() == "*\n"


def test_what_is_written_into_it_by_hand_stays(root: Path) -> None:
    (root / WORK).mkdir()
    (root / WORK / ".gitignore").write_text("!notes\n")
    work_folder(root)
    assert (root / WORK / ".gitignore").read_text() == "!notes\n"


def test_a_lock_that_somebody_deleted_keeps_nobody_out_and_is_not_relied_on(root: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with locked(root):
            order.append("second")

    with locked(root):
        thread = threading.Thread(target=second)
        thread.start()
        shutil.rmtree(root / WORK)  # as the way out of a stuck swap says
        with locked(root):
            thread.join(0.2)
            order.append("new")
    thread.join()
    assert order.index("second") in (0, 1)
    assert (root / WORK / "lock").exists()


def test_a_file_system_without_locks_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(Refused) as refused:
        compile_to(root, pipeline())
    [found] = refused.value.diagnostics
    assert found.code is DENIED
    assert "no locks available" in found.message
    assert "its file system has no locks" in str(found.help)
    with locked_if_possible(root) as refusal:
        assert refusal is not None
        assert refusal.errno == errno.ENOLCK


def test_the_end_of_a_swap_that_cannot_be_brought_to_the_disk_is_an_end(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rename.flush_one

    def refuse(path: Path) -> None:
        if path == root / WORK and not (root / WORK / JOURNAL).exists():
            raise OSError(errno.EIO, "Input/output error")
        real(path)

    monkeypatch.setattr(journal, "flush_one", refuse)
    assert not compile_to(root, pipeline()).is_empty
    assert compile_to(root, pipeline()).is_empty


def test_a_folder_that_cannot_be_moved_is_changed_file_by_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the lower layers of an overlay can't, which is what a container's image is made of."""
    compile_to(root, pipeline(), pipeline("fraud"))
    (root / "rendered/staging/NOTES.md").write_text("mine\n")

    def only_files(real: Callable[[Path, Path], bool]) -> Callable[[Path, Path], bool]:
        def exchange(one: Path, other: Path) -> bool:
            if other.is_dir():
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            return real(one, other)

        return exchange

    monkeypatch.setattr(journal, "exchange", only_files(rename.exchange))
    wanted = [pipeline(resources=[config_map("churn", {"b": "2"})]), pipeline("joins")]
    changes = compile_to(root, *wanted)
    assert changes.removes
    fresh = root.parent / "fresh"
    fresh.mkdir()
    compile_to(fresh, *wanted)
    assert tree(root) == {**tree(fresh), "rendered/staging/NOTES.md": b"mine\n"}
    assert not (root / WORK / DRAFT).exists()
    assert not (root / WORK / "staging").exists()


def test_what_cannot_be_moved_at_all_leaves_the_old_tree(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_to(root, pipeline(), pipeline("fraud"))
    before = tree(root)

    def refuse(one: Path, other: Path) -> bool:
        raise OSError(errno.EXDEV, "Invalid cross-device link", str(other))

    monkeypatch.setattr(journal, "exchange", refuse)
    with pytest.raises(Refused) as refused:
        compile_to(root, pipeline(resources=[config_map("churn", {"b": "2"})]), pipeline("joins"))
    [found] = refused.value.diagnostics
    assert found.code is DENIED
    assert found.help == "mount the whole repository as one file system, and not a part of it"
    assert tree(root) == before
