"""Pinned data whose digest nobody has written down yet."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Snapshot
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Severity

UNLOCKED = Code(
    "FL3193",
    "pinned data without a digest in the lock",
    """
    A pinned source is held to the digest in the lock. Before `fairlead lock` has written one, training takes the bytes
    that it finds: in a protected environment, that is worth knowing.

    ```yaml
    data: {sources: {digits: {uri: s3://acme/digits.parquet, snapshot: pinned}}}        # FL3193
    ```

    Mended: run `fairlead lock`, and commit what it writes.
    """,
    Severity.NOTE,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Where a protected environment trains, pinned data has its digest."""
    if not plan.unit.settings.protected:
        return
    for snapshot in plan.of(Snapshot):
        if snapshot.pinned and snapshot.digest is None:
            path = (*snapshot.path, "snapshot")
            place = plan.unit.place(*path) if plan.unit.has(path) else key_place(plan.unit, *snapshot.path)
            message = f"`{snapshot.source}` is pinned, and the lock of {plan.unit.environment} has no digest for it"
            yield Diagnostic(UNLOCKED, place, message, "run `fairlead lock`")
