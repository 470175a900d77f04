"""What compiling would change on disk, or why it must not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from fairlead.output.conflicts import instead
from fairlead.output.desired import Assembled, Selection
from fairlead.output.files import Blocked, Disk, check_output
from fairlead.output.spool import Blob
from fairlead.output.survey import Difference, Kind, Survey, survey
from fairlead.source.diagnostics import Code, Diagnostic, Refused, in_order
from fairlead.source.places import Place

BLOCKED = Code(
    "FL6005",
    "something else stands where a file would be generated",
    """
    A path that compiling would write to holds something that no inventory lists: a file of another origin, a folder,
    or a symbolic link. Fairlead overwrites only its own.

    Wrong: a manifest put by hand into a generated folder, under a name that a generated one takes later

    ```text
    rendered/production/churn/kserve/inferenceservice-churn.yaml
    ```

    Right: move it away, or delete it if it came from an earlier tool; then compile again. A file that already has
    exactly the bytes that compiling gives is taken over without a word.
    """,
)


@dataclass(frozen=True, slots=True)
class Write:
    """A file to write, with its whole content; `is_new` where there is none yet."""

    path: str
    content: Blob
    is_new: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that compiling changes below `root`, each path relative to it and in order."""

    root: Path
    output: PurePosixPath
    writes: tuple[Write, ...] = ()
    removes: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.writes and not self.removes

    @property
    def added(self) -> tuple[str, ...]:
        """Files that are new."""
        return tuple(write.path for write in self.writes if write.is_new)

    @property
    def changed(self) -> tuple[str, ...]:
        """Files that get another content."""
        return tuple(write.path for write in self.writes if not write.is_new)


def plan_changes(
    root: Path,
    output: PurePosixPath,
    wanted: Iterable[Assembled],
    selection: Selection,
    *,
    compiler: str | None = None,
    overwrite_edits: bool = False,
    allow_empty: bool = False,
) -> Changes:
    """What must change below `root` so that it is as `wanted`. Reads, and writes nothing.

    `wanted` is taken one by one, so it may be a generator. `compiler` is the version that inventories name, by default
    the installed one. Raises `Refused` with everything that is in the way.
    """
    check_output(root, output)
    disk = Disk(root)
    found = survey(disk, output, wanted, selection, compiler or version("fairlead"), allow_empty=allow_empty)
    refused = [*found.diagnostics, *_obstacles(disk, found, overwrite_edits=overwrite_edits)]
    if refused:
        raise Refused(in_order(instead(disk, output, refused)))
    writes, removes = [], []
    for difference in found.differences:
        if difference.desired is None:
            removes.append(difference.path)
        else:
            writes.append(Write(difference.path, difference.desired, difference.kind is Kind.MISSING))
    return Changes(root, output, tuple(writes), tuple(removes), found.unchanged)


def _obstacles(disk: Disk, found: Survey, *, overwrite_edits: bool) -> list[Diagnostic]:
    obstacles = [blocked(difference) for difference in found.differences if difference.kind is Kind.BLOCKED]
    if not overwrite_edits:
        edits = (edit_in_the_way(disk, each) for each in found.differences if each.kind is Kind.EDITED)
        obstacles += (edit for edit in edits if edit is not None)
    return obstacles


def edit_in_the_way(disk: Disk, difference: Difference) -> Diagnostic | None:
    """What to say of a file that a person changed; None where compiling gives the same value anyway."""
    # Imported here because it is rarely needed, and every command that writes would wait for it.
    from fairlead.output.edits import edited, says_the_same

    try:
        current = disk.read(difference.path)
    except Blocked:
        current = None
    if current is None:
        return None
    if difference.desired is not None and says_the_same(difference.desired.read(), current):
        return None
    return edited(difference, current)


def blocked(difference: Difference) -> Diagnostic:
    """What to say of a path where something else stands."""
    path = difference.path
    return Diagnostic(
        BLOCKED,
        Place.start_of(path),
        f"{path} would be {'generated' if difference.desired else 'deleted'} from {difference.source}, and "
        f"{difference.detail} stands there",
        "move it away or delete it, then compile again",
    )
