"""What `fairlead compile` calls: from what was assembled to the tree on disk, under the lock."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from fairlead.output.changes import Changes, plan_changes
from fairlead.output.desired import Assembled, Selection
from fairlead.output.failures import denied
from fairlead.output.lock import locked
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
) -> Changes:
    """Makes the tree below `root` as it is `wanted`, all of it or nothing, and says what changed.

    An earlier write that was interrupted is finished or undone first. Where nothing changes, nothing is touched, and a
    folder that can't be written to is no error. Raises `Refused` with everything that is in the way.
    """
    with ExitStack() as stack:
        refusal: OSError | None = None
        try:
            stack.enter_context(locked(root, wait))
        except OSError as error:
            refusal = error
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
        apply(changes)
    return changes
