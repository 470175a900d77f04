"""What `fairlead compile` calls: from what was assembled to the tree on disk, under the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from fairlead.output.changes import Changes, plan_changes
from fairlead.output.desired import Assembled, Selection
from fairlead.output.failures import denied
from fairlead.output.lock import locked_if_possible
from fairlead.output.swap import apply, is_interrupted, recover
from fairlead.source.diagnostics import Refused


def write(
    root: Path,
    output: PurePosixPath,
    wanted: Iterable[Assembled],
    selection: Selection,
    *,
    compiler: str | None = None,
    overwrite_edits: bool = False,
    allow_empty: bool = False,
    wait: float = 30.0,
    confirm: Callable[[], None] = lambda: None,
) -> Changes:
    """Makes the tree below `root` as it is `wanted`, all of it or nothing, and says what changed.

    An earlier write that was interrupted is finished or undone first. Where nothing changes, nothing is touched, and a
    folder that can't be written to is no error. Raises `Refused` with everything that is in the way.

    `confirm` is called before anything is written, and may refuse: what is `wanted` was made before the lock was held.
    """
    with locked_if_possible(root, wait) as refusal:
        if refusal is None:
            recover(root)
        elif is_interrupted(root):
            raise Refused([denied(root, refusal, "written")]) from refusal
        changes = plan_changes(
            root,
            output,
            wanted,
            selection,
            compiler=compiler,
            overwrite_edits=overwrite_edits,
            allow_empty=allow_empty,
        )
        if refusal is not None and not changes.is_empty:
            raise Refused([denied(root, refusal, "written")]) from refusal
        if not changes.is_empty:
            confirm()
        apply(changes)
    return changes
