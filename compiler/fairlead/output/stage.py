"""Building, beside the tree, what is going to take its place in it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from fairlead.output.changes import Changes
from fairlead.output.desired import PROJECT
from fairlead.output.journal import Move, mark
from fairlead.output.rename import flush, flush_one
from fairlead.output.spool import Blob

_FEW: Final = 64
"""Up to so many files and folders are brought to the disk one by one; more of them together."""

_NO_LINKS: Final = frozenset({errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES, errno.EXDEV})


@dataclass(slots=True)
class Unit:
    """The smallest thing that is exchanged as one: a folder with several changes, or a single file."""

    path: str
    is_folder: bool
    writes: dict[str, Blob] = field(default_factory=dict)
    removes: set[str] = field(default_factory=set)


def units(changes: Changes, *, whole: bool = True) -> list[Unit]:
    """The units that contain all `changes`, in the order of their paths; none lies in another.

    Within an environment it is one: what a reader sees of an environment is the old state or the new one. Unless they
    are to be `whole`, a file in a folder that is there is one by itself.
    """
    contents: Mapping[str, Blob | None] = {
        **{write.path: write.content for write in changes.writes},
        **dict.fromkeys(changes.removes),
    }
    groups: dict[str, list[str]] = {}
    for path in contents:
        groups.setdefault(_group(path, changes.output) if whole else path, []).append(path)
    found: dict[str, Unit] = {}
    for paths in groups.values():
        path, is_folder = _extent(changes.root, paths)
        unit = found.setdefault(path, Unit(path, is_folder))
        for each in paths:
            content = contents[each]
            if content is None:
                unit.removes.add(each)
            else:
                unit.writes[each] = content
    return [found[path] for path in sorted(found)]


def _group(path: str, output: PurePosixPath) -> str:
    """What changes together with `path`: its environment, or nothing else."""
    prefix = "" if str(output) == "." else f"{output}/"
    environment, slash, _ = path.removeprefix(prefix).partition("/")
    if path.startswith(prefix) and slash and environment != PROJECT and not environment.startswith("."):
        return prefix + environment
    return path


def _extent(root: Path, paths: list[str]) -> tuple[str, bool]:
    """The path of the unit that holds `paths`, and whether it is a folder."""
    folder = os.path.commonpath([path.rpartition("/")[0] or "." for path in paths])
    missing = folder if folder != "." and not (root / folder).is_dir() else None
    if missing is None and (len(paths) == 1 or folder == "."):
        return paths[0], False
    while missing and (above := missing.rpartition("/")[0]) and not (root / above).is_dir():
        missing = above
    return missing or folder, True


class Stager:
    """Builds units in a folder of the same file system, and says which moves bring them in."""

    def __init__(self, root: Path, staging: str) -> None:
        self._root = root
        self._staging = staging
        self._fresh: list[str] = []

    def stage(self, wanted: Iterable[Unit]) -> list[Move]:
        """Builds every unit and brings it to the disk. The tree itself isn't touched. Raises OSError."""
        moves = []
        (self._root / self._staging).mkdir()
        for number, unit in enumerate(wanted):
            slot = f"{self._staging}/{number}"
            built = self._root / slot
            if unit.is_folder:
                self._folder(unit, built)
            else:
                for content in unit.writes.values():
                    self._write(str(built), content)
            moves.append(Move(unit.path, slot, mark(built), mark(self._root / unit.path)))
        moves = [move for move in moves if move.new is not None or move.old is not None]
        # After a loss of power, what stands at a path is told by its time, so that has to be on the disk as well.
        self._fresh += (str(self._root / move.target) for move in moves if move.old is not None)
        self._flush()
        return moves

    def _folder(self, unit: Unit, built: Path) -> None:
        if (self._root / unit.path).is_dir():
            self._copy(unit.path, built, unit.writes.keys() | unit.removes)
        made: set[str] = set()
        for path, content in unit.writes.items():
            place = f"{built}{path[len(unit.path) :]}"
            parent = place.rpartition("/")[0]
            if parent not in made:
                Path(parent).mkdir(parents=True, exist_ok=True)
                while parent not in made and len(parent) >= len(str(built)):
                    made.add(parent)
                    parent = parent.rpartition("/")[0]
            self._write(place, content)
        self._fresh += made

    def _copy(self, folder: str, built: Path, leave: set[str]) -> bool:
        """Links everything in `folder` but `leave` into `built`; a folder that is left with nothing is left out."""
        kept = False
        empty = True
        source = self._root / folder
        with os.scandir(source) as entries:
            for entry in entries:
                empty = False
                path = f"{folder}/{entry.name}"
                if path in leave:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    kept |= self._copy(path, built / entry.name, leave)
                    continue
                if not kept:
                    built.mkdir(parents=True, exist_ok=True)
                    kept = True
                _link(entry.path, built / entry.name)
        if kept or empty:
            built.mkdir(parents=True, exist_ok=True)
            shutil.copymode(source, built)
            self._fresh.append(str(built))
            return True
        return False

    def _write(self, path: str, content: Blob) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            left = memoryview(content.read())
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)
        self._fresh.append(path)

    def _flush(self) -> None:
        if len(self._fresh) > _FEW:
            flush(self._root / self._staging)
            return
        for path in dict.fromkeys(self._fresh):
            flush_one(Path(path))
        flush_one(self._root / self._staging)


def _link(source: str, place: Path) -> None:
    """Makes `place` the same file as `source`; a copy with its modification time where the file system has no links."""
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, place, follow_symlinks=False)
