"""What a loss of power would find: nothing is declared before it is on the disk.

A disk may keep what was written last and lose what was written before, as long as nobody asked for it to be brought
there. So the order of the requests is recorded and judged: the journal is the declaration that everything in staging is
whole, and its end the declaration that every move was made.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairlead.output import journal, rename, replace, stage, swap
from fairlead.output.lock import JOURNAL, WORK, locked
from fairlead.source.diagnostics import Refused
from tests.laws.estates import prepare, write_new, write_old
from tests.unit.output.trees import compile_to, config_map, pipeline


class Disk:
    """What has been asked of the system for and not yet been brought to the disk, below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: set[str] = set()
        """Files whose content is only in memory."""
        self.folders: set[str] = set()
        """Folders whose list of entries is."""
        self.declared: list[str] = []
        self.lost: list[str] = []
        """What was declared too early."""

    def dirty(self, path: object, *, content: bool = False) -> None:
        name = os.path.realpath(os.path.dirname(str(path))) + "/" + os.path.basename(str(path))  # noqa: PTH119, PTH120
        self.folders.add(os.path.dirname(name))  # noqa: PTH120
        if content:
            self.files.add(name)

    def flushed(self, path: object) -> None:
        name = os.path.realpath(str(path))
        self.files.discard(name)
        self.folders.discard(name)

    def moved(self, old: object, new: object) -> None:
        """A rename takes what is in memory along, and is itself in memory."""
        old, new = str(old), str(new)
        for kind in (self.files, self.folders):
            for each in [each for each in kind if each == old or each.startswith(f"{old}/")]:
                kind.discard(each)
                kind.add(new + each[len(old) :])
        self.dirty(old)
        self.dirty(new)

    def declare(self, what: str, where: str) -> None:
        """From here on `where` is relied on."""
        self.declared.append(what)
        prefix = f"{self.root}/{where}"
        self.lost += [f"{what}: {each}" for each in sorted(self.files | self.folders) if each.startswith(prefix)]


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A record of everything that is asked of the system from now on."""
    root = tmp_path / "root"
    root.mkdir()
    disk = Disk(root)
    names: dict[int, str] = {}

    def follow(name: str, note: Callable[..., None]) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            result = real(*arguments, **options)
            note(result, *arguments)
            return result

        monkeypatch.setattr(os, name, call)

    def opened(handle: int, path: object, flags: int, *_: object) -> None:
        names[handle] = str(path)
        if flags & os.O_CREAT and not str(path).endswith(("/lock", "/.gitignore")):
            disk.dirty(path, content=True)

    def renamed(_: None, old: object, new: object) -> None:
        if str(new).endswith(JOURNAL):
            # What it says has to be true, and it has to be readable itself.
            disk.declare("journal", f"{WORK}/staging")
            disk.lost += [f"journal: {each}" for each in disk.files if each == str(old)]
        disk.moved(old, new)

    def unlinked(_: None, path: object, *__: object) -> None:
        if str(path).endswith(JOURNAL):
            disk.declare("end", "rendered")
            disk.declare("end", ".github")
        disk.files.discard(str(path))

    follow("open", opened)
    follow("mkdir", lambda _, path, *__: disk.dirty(path))
    follow("link", lambda _, source, path, *__: disk.dirty(path))
    follow("rename", renamed)
    follow("replace", renamed)
    follow("unlink", unlinked)
    follow("fsync", lambda _, handle: disk.flushed(names[handle]))

    def exchange(one: Path, other: Path) -> bool:
        assert rename.exchange(one, other)
        disk.dirty(one)
        disk.dirty(other)
        return True

    def everything(folder: Path) -> None:
        rename.flush(folder)
        disk.files.clear()
        disk.folders.clear()

    monkeypatch.setattr(journal, "exchange", exchange)
    monkeypatch.setattr(stage, "flush", everything)
    return disk


def test_everything_is_on_the_disk_before_the_journal_says_so(disk: Disk) -> None:
    prepare(disk.root)
    write_old(disk.root)
    write_new(disk.root)
    write_old(disk.root)
    assert disk.lost == []
    assert disk.declared == ["journal", "end", "end"] * 3


def test_so_it_is_for_many_files_at_once(disk: Disk) -> None:
    compile_to(disk.root, *(pipeline(f"p{number}") for number in range(80)))
    compile_to(
        disk.root, *(pipeline(f"p{number}", resources=[config_map(f"p{number}", {"b": "2"})]) for number in range(80))
    )
    assert disk.lost == []
    assert disk.declared == ["journal", "end", "end"] * 2


def test_so_it_is_where_a_swap_is_undone(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(disk.root)
    write_old(disk.root)
    forward = journal.Move.forward
    made: list[str] = []

    def fail(self: journal.Move, root: Path) -> None:
        if len(made) == 3:
            raise OSError(28, "No space left on device")
        made.append(self.target)
        forward(self, root)

    monkeypatch.setattr(journal.Move, "forward", fail)
    with pytest.raises(Refused):
        write_new(disk.root)
    assert disk.lost == []
    assert disk.declared == ["journal", "end", "end"] * 2


def test_one_file_is_on_the_disk_before_it_takes_the_place_of_another(disk: Disk) -> None:
    file = disk.root / "specs/churn.staging.lock.yaml"
    file.parent.mkdir()
    with locked(disk.root):
        replace.replace_file(disk.root, file, b"old\n")
        replace.replace_file(disk.root, file, b"new\n")
    assert not disk.files
    assert str(file.parent) not in disk.folders


@pytest.mark.parametrize("forgetful", ["flush_one", "flush"])
def test_whoever_forgets_to_ask_is_found(disk: Disk, monkeypatch: pytest.MonkeyPatch, forgetful: str) -> None:
    """The judge judges: without the requests, everything is declared too early."""
    monkeypatch.setattr(stage, forgetful, lambda path: None)
    if forgetful == "flush_one":
        monkeypatch.setattr(swap, forgetful, lambda path: None)
    monkeypatch.setattr(stage, "_FEW", 64 if forgetful == "flush_one" else 0)
    prepare(disk.root)
    write_old(disk.root)
    write_new(disk.root)
    assert any(each.startswith("journal: ") for each in disk.lost)
    if forgetful == "flush_one":
        assert any(each.startswith("end: ") for each in disk.lost)
