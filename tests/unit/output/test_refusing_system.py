"""What the system doesn't allow: full disks, read-only folders, two writers, no hard links."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fairlead.output import lock
from fairlead.output.failures import DENIED
from fairlead.output.lock import BUSY, locked
from fairlead.source.diagnostics import Refused
from tests.laws.estates import NEW_ENVIRONMENTS, both, new, prepare, write_new, write_old
from tests.unit.output.trees import compile_to, config_map, pipeline, times, tree


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system of its own at `folder`; the test is skipped where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"this machine mounts no tmpfs: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("free", range(0, 400, 16))
def test_a_full_disk_leaves_the_old_tree(tmp_path: Path, free: int) -> None:
    old, after = both(tmp_path)
    root = tmp_path / "full"
    root.mkdir()
    with mounted(root, "size=1m"):
        prepare(root)
        write_old(root)
        filler = root / "filler"
        with filler.open("wb") as file:
            available = os.statvfs(root).f_bavail * os.statvfs(root).f_frsize
            file.write(b"x" * max(0, available - free * 1024))
        try:
            write_new(root)
        except Refused as refused:
            [found] = refused.diagnostics
            assert found.code is DENIED
            assert found.help == "make room on the disk and compile again"
            filler.unlink()
            assert tree(root) == old
            assert not (root / ".fairlead/staging").exists()
            write_new(root)
        else:
            assert free > 16
            filler.unlink()
        assert tree(root) == after


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    """Nothing below `root` can be written: for root, who may write anywhere, by a mount."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "-o", "remount,ro", root], check=True)
        yield
        subprocess.run(["mount", "-o", "remount,rw", root], check=True)
        return
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield
    for folder in folders:
        folder.chmod(0o755)


@pytest.fixture
def closable(tmp_path: Path) -> Iterator[Path]:
    """A root that `read_only` can close."""
    root = tmp_path / "root"
    root.mkdir()
    if os.geteuid() != 0:
        yield root
        return
    with mounted(root, "size=4m"):
        yield root


@pytest.mark.parametrize("compiled_before", [True, False])
def test_a_read_only_repository_is_a_clear_error(closable: Path, *, compiled_before: bool) -> None:
    if compiled_before:
        compile_to(closable, pipeline())
    before = times(closable)
    with read_only(closable):
        with pytest.raises(Refused) as refused:
            compile_to(closable, pipeline(resources=[config_map("churn", {"b": "2"})]))
        assert times(closable) == before
    [found] = refused.value.diagnostics
    assert found.code is DENIED
    assert "can't be written" in found.message
    assert "and nothing was changed" in found.message


def test_a_read_only_repository_is_fine_where_nothing_changes(closable: Path) -> None:
    compile_to(closable, pipeline())
    with read_only(closable):
        assert compile_to(closable, pipeline()).is_empty


def test_what_cannot_be_read_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_to(tmp_path, pipeline())
    real = os.open

    def refuse(path: str, *arguments: int) -> int:
        if str(path).endswith("configmap-churn.yaml"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Refused) as refused:
        compile_to(tmp_path, pipeline())
    [found] = refused.value.diagnostics
    assert (found.code, found.place.file) == (DENIED, "rendered/staging/churn/kserve/configmap-churn.yaml")
    assert "can't be read (permission denied)" in found.message


def test_without_hard_links_files_are_copied_with_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, after = both(tmp_path)
    root = tmp_path / "root"
    root.mkdir()
    prepare(root)
    (root / "rendered/production/link").symlink_to("nowhere")
    write_old(root)

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_new(root)
    assert tree(root) == after
    assert (root / "rendered/production/churn/NOTES.md").stat().st_mtime == 1
    assert (root / "rendered/production/link").readlink() == Path("nowhere")


def test_the_mode_of_folders_and_files_stays(tmp_path: Path) -> None:
    compile_to(tmp_path, pipeline(), pipeline("fraud"))
    folder = tmp_path / "rendered/staging/fraud/kserve"
    folder.chmod(0o750)
    script = folder / "mine.sh"
    script.write_text("true\n")
    script.chmod(0o755)
    compile_to(
        tmp_path,
        pipeline(resources=[config_map("churn", {"b": "2"})]),
        pipeline("fraud", resources=[config_map("fraud", {"b": "2"})]),
    )
    assert folder.stat().st_mode & 0o777 == 0o750
    assert script.stat().st_mode & 0o777 == 0o755


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    finished: list[str] = []

    def write() -> None:
        compile_to(tmp_path, pipeline())
        finished.append("second")

    with locked(tmp_path):
        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(0.1)
        finished.append("first")
    thread.join()
    assert finished == ["first", "second"]


def test_a_second_writer_gives_up_in_the_end_and_says_who_writes(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Refused) as refused:
        compile_to(tmp_path, pipeline(), wait=0.05)
    [found] = refused.value.diagnostics
    assert found.code is BUSY
    assert found.message == f"process {os.getpid()} is writing to this repository, and did not finish in 0.05 seconds"
    assert tree(tmp_path) == {}


def test_a_lock_whose_holder_is_unknown_says_another_process(tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / lock.WORK / "lock").write_text("")
        with pytest.raises(Refused, match="another process is writing"):
            compile_to(tmp_path, pipeline(), wait=0)


def test_writers_at_the_same_time_leave_what_one_of_them_wanted(tmp_path: Path) -> None:
    old, after = both(tmp_path)
    root = tmp_path / "root"
    root.mkdir()
    prepare(root)
    failures: list[BaseException] = []

    def write(make: Callable[[Path], object]) -> None:
        try:
            for _ in range(5):
                make(root)
        except Refused as refused:
            failures.append(refused)

    threads = [threading.Thread(target=write, args=[make]) for make in (write_old, write_new, write_old, write_new)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert tree(root) in (old, after)
    assert compile_to(root, *new(), selection=NEW_ENVIRONMENTS) is not None
    assert tree(root) == after
