"""Is what is committed what compiling gives? Looks, and writes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from fairlead.output.conflicts import instead, unfinished
from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.output.files import Blocked, Disk, check_output
from fairlead.output.survey import Difference, Kind, survey
from fairlead.source.diagnostics import Refused, in_order


@dataclass(frozen=True, slots=True)
class Drift:
    """One path where the tree isn't what compiling gives."""

    kind: Kind
    path: str
    owner: Owner
    source: str
    _found: Difference
    _disk: Disk

    def diff(self) -> str:
        """A unified diff from what is on disk to what compiling gives."""
        try:
            current = self._disk.read(self.path)
        except Blocked as obstacle:
            return f"{self.path}: {obstacle} stands there\n"
        desired = self._found.desired.read() if self._found.desired is not None else None
        lines = difflib.unified_diff(
            _lines(current),
            _lines(desired),
            "/dev/null" if current is None else f"a/{self.path}",
            "/dev/null" if desired is None else f"b/{self.path}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def check(
    root: Path,
    output: PurePosixPath,
    wanted: Iterable[Assembled],
    selection: Selection,
    *,
    compiler: str | None = None,
    allow_empty: bool = False,
) -> list[Drift]:
    """Every path below `root` that differs from what is `wanted`, in order; none where the tree is what it should be.

    Edits and foreign files are differences like others here. Raises `Refused` where the output is contradictory in
    itself, an inventory can't be read, or a merge has left conflicts.
    """
    check_output(root, output)
    disk = Disk(root)
    found = survey(disk, output, wanted, selection, compiler or version("fairlead"), allow_empty=allow_empty)
    if found.diagnostics:
        raise Refused(in_order(instead(disk, output, found.diagnostics)))
    conflict, _ = unfinished(disk, output, (each.path for each in found.differences))
    if conflict is not None:
        raise Refused([conflict])
    return [Drift(each.kind, each.path, each.owner, each.source, each, disk) for each in found.differences]


def _lines(content: bytes | None) -> list[str]:
    return [] if content is None else content.decode(errors="replace").splitlines(keepends=True)
