"""What `fairlead compile` calls: from what was assembled to the tree on disk, under the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from fairlead.output.changes import Changes, Write, plan_changes
from fairlead.output.desired import Assembled, Selection
from fairlead.output.failures import denied
from fairlead.output.lock import locked_if_possible
from fairlead.output.spool import Spool
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
    beside: Mapping[str, str] | None = None,
) -> Changes:
    """Makes the tree below `root` as it is `wanted`, all of it or nothing, and says what changed.

    An earlier write that was interrupted is finished or undone first. Where nothing changes, nothing is touched, and a
    folder that can't be written to is no error. Raises `Refused` with everything that is in the way.

    `beside` are texts of files that change together with the tree, by path: a lock, where the tree is what it compiles
    to. They are not among what is given back.

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
        whole = _together(changes, beside or {})
        if refusal is not None and not whole.is_empty:
            raise Refused([denied(root, refusal, "written")]) from refusal
        if not whole.is_empty:
            confirm()
        apply(whole)
    return changes


def _together(changes: Changes, beside: Mapping[str, str]) -> Changes:
    """`changes` with those files among them that are not as they should be."""
    spool, writes = Spool(), list(changes.writes)
    for path, text in beside.items():
        place, content = changes.root / path, text.encode()
        is_new = not place.exists()
        if is_new or place.read_bytes() != content:
            writes.append(Write(path, spool.put(content), is_new))
    return replace(changes, writes=tuple(writes))
