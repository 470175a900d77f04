"""The moves of a swap, and the journal that lets the next command finish or undo an interrupted one."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, NamedTuple

from fairlead.output.inventory import path_problem
from fairlead.output.lock import JOURNAL, WORK
from fairlead.output.rename import exchange, flush_one
from fairlead.output.replace import DRAFT, write_whole

STAGING: Final = "staging"
_VERSION: Final = 1


class State(Enum):
    """How far a move has come, told from what stands at its paths."""

    PENDING = auto()
    HALF = auto()
    """The old one is out of the way and the new one not yet there: only where the system can't exchange in one step."""
    DONE = auto()
    FOREIGN = auto()
    """Neither: somebody else changed the path since."""


class Mark(NamedTuple):
    """A file or folder that is recognised wherever it is renamed to.

    The time belongs to it because a file system may give the inode of what is deleted to what is made next.
    """

    inode: int
    modified: int


@dataclass(frozen=True, slots=True)
class Move:
    """One path of the tree gets a new file or folder, or loses its own.

    `target` is its path and `slot` that of its place in staging, both relative to the root. What comes in waits in the
    slot and what goes out ends there. `new` and `old` are their marks; None stands for nothing.
    """

    target: str
    slot: str
    new: Mark | None
    old: Mark | None

    def state(self, root: Path) -> State:
        """How far it has come."""
        here = mark(root / self.target)
        if here == self.new:
            return State.DONE
        if here == self.old:
            return State.PENDING
        return State.HALF if here is None and mark(self._aside(root)) == self.old else State.FOREIGN

    def forward(self, root: Path) -> None:
        """Makes the move, or what is left of it. Raises OSError."""
        target, slot = root / self.target, root / self.slot
        state = self.state(root)
        if state is State.PENDING:
            if self.new is None:
                target.rename(slot)
            elif self.old is None:
                slot.rename(target)
            elif not exchange(slot, target):
                _replace(target, slot, self._aside(root))
        elif state is State.HALF:
            slot.rename(target)

    def backward(self, root: Path) -> None:
        """Undoes the move, as far as it was made. Raises OSError."""
        target, slot, aside = root / self.target, root / self.slot, self._aside(root)
        state = self.state(root)
        if state is State.HALF:
            aside.rename(target)
        elif state is State.DONE:
            if self.old is None:
                target.rename(slot)
            elif self.new is None:
                slot.rename(target)
            elif mark(aside) == self.old:
                _replace(target, aside, slot)
            elif not exchange(slot, target):
                _replace(target, slot, aside)

    def _aside(self, root: Path) -> Path:
        return root / f"{self.slot}.old"


def _replace(target: Path, incoming: Path, outgoing: Path) -> None:
    """The exchange where the system has none: a file is replaced in one step, a folder in two."""
    if target.is_dir() and not target.is_symlink():
        target.rename(outgoing)
    else:
        outgoing.unlink(missing_ok=True)
        os.link(target, outgoing, follow_symlinks=False)
    incoming.rename(target)


def mark(path: Path) -> Mark | None:
    """What stands at `path`, links not followed; None where there is nothing."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Mark(found.st_ino, found.st_mtime_ns)


class Damaged(Exception):
    """Raised where the journal can't be understood; the message says why."""


def write(root: Path, moves: Sequence[Move]) -> None:
    """Puts the journal on the disk. From then on the moves are meant to happen."""
    folder = root / WORK
    draft = folder / DRAFT
    draft.unlink(missing_ok=True)
    write_whole(draft, json.dumps({"version": _VERSION, "moves": [asdict(move) for move in moves]}).encode())
    draft.replace(folder / JOURNAL)
    flush_one(folder)


def read(root: Path) -> list[Move] | None:
    """The moves of an interrupted swap, or None where there is none. Raises `Damaged`."""
    try:
        content = (root / WORK / JOURNAL).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        raw = json.loads(content)
        if raw["version"] != _VERSION:
            raise Damaged(f"its version is {raw['version']!r}, and this compiler knows {_VERSION}")
        moves = [_move(item) for item in raw["moves"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(f"it is malformed: {error}") from error
    return moves


def remove(root: Path) -> None:
    """Ends the swap: what the tree holds now is what it should.

    That it ended is brought to the disk as well, so that no loss of power brings the journal back later, when somebody
    has changed the tree again.
    """
    (root / WORK / JOURNAL).unlink(missing_ok=True)
    # Where that fails, the swap has ended nevertheless.
    with suppress(OSError):
        flush_one(root / WORK)


def _move(item: Any) -> Move:
    target, slot = item["target"], item["slot"]
    if path_problem(target) or path_problem(f"x/{slot}") or not slot.startswith(f"{WORK}/{STAGING}/"):
        raise ValueError(f"{target!r} and {slot!r} are not the paths of a move")
    return Move(target, slot, _mark(item["new"]), _mark(item["old"]))


def _mark(raw: Any) -> Mark | None:
    if raw is None:
        return None
    number, modified = raw
    if type(number) is not int or type(modified) is not int:
        raise ValueError(f"{raw!r} is not a mark")
    return Mark(number, modified)
