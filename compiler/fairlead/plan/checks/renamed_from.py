"""Pipelines that say they were renamed from one that lives."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related

NOT_RENAMED = Code(
    "FL3196",
    "a rename from a name that is in use",
    """
    `renamed_from` is the name that this pipeline had before: what was generated under it is moved. A pipeline that
    still has the name would lose its resources, and a pipeline can't have been renamed from itself.

    ```yaml
    metadata: {name: tumor-classifier, renamed_from: screen}    # FL3196: specs/screen.yaml exists
    ```

    Mended: remove it.
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """The name before belongs to nobody now."""
    before = plan.unit.pipeline.metadata.renamed_from
    if before is None:
        return
    place = plan.unit.place("metadata", "renamed_from")
    if str(before) == plan.name:
        yield Diagnostic(NOT_RENAMED, place, f"`{before}` is the name that the pipeline has now", "remove it")
        return
    other = plan.peers.get(str(before))
    if other is not None:
        message = f"`{before}` is the name of {other.file}, which is still there"
        related = (Related(other.place("metadata", "name"), "who has the name"),)
        yield Diagnostic(NOT_RENAMED, place, message, "remove it, or remove the old specification", related=related)
        return
    rivals = [peer for name, peer in plan.peers.items() if peer.pipeline.metadata.renamed_from == before]
    first = next((peer for peer in rivals if peer.name != plan.name), None)
    if first is not None and first.name < plan.name:
        message = f"`{first.name}` says that it was renamed from `{before}` as well"
        related = (Related(first.place("metadata", "renamed_from"), "the other"),)
        yield Diagnostic(NOT_RENAMED, place, message, "keep it in one of them", related=related)
