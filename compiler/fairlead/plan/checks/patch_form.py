"""Patches that say how in no way, or in two."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.spec.adjustments import JsonPatchOperation

ONE_FORM = Code(
    "FL3190",
    "a patch that is both a merge and a list of operations, or neither",
    """
    A patch changes resources by a merge (`merge`) or by the operations of RFC 6902 (`json`), and by one of them: which
    comes first would otherwise decide what comes out.

    ```yaml
    patches:
      - why: the ingress team wants this annotation
        target: {kind: InferenceService}                        # FL3190: and what is changed?
    ```

    Mended:

    ```yaml
    patches:
      - why: the ingress team wants this annotation
        target: {kind: InferenceService}
        merge: {metadata: {annotations: {acme.example/ingress: internal}}}
    ```
    """,
)
INCOMPLETE = Code(
    "FL3191",
    "an operation that lacks what it needs",
    """
    RFC 6902: `add`, `replace` and `test` need a `value`, and `move` and `copy` a place that they take from.

    ```yaml
    json: [{op: replace, path: /spec/replicas}]                 # FL3191
    ```

    Mended:

    ```yaml
    json: [{op: replace, path: /spec/replicas, value: 2}]
    ```
    """,
)

WITH_VALUE = ("add", "replace", "test")
WITH_FROM = ("move", "copy")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every patch says once what it changes."""
    unit = plan.unit
    for position, patch in enumerate(unit.pipeline.patches):
        path: Path = ("patches", position)
        if patch.merge is None and patch.json_ is None:
            message = f"this patch of {patch.target.kind} says neither `merge` nor `json`, so it changes nothing"
            yield Diagnostic(ONE_FORM, key_place(unit, *path, "target"), message, "add one of them")
        elif patch.merge is not None and patch.json_ is not None:
            message = f"this patch of {patch.target.kind} is a merge and a list of operations"
            related = (Related(key_place(unit, *path, "merge"), "the merge"),)
            place = key_place(unit, *path, "json")
            yield Diagnostic(ONE_FORM, place, message, "make two patches of it", related=related)
        for number, operation in enumerate(patch.json_ or ()):
            yield from _operation(plan, (*path, "json", number), operation)


def _operation(plan: Plan, path: Path, operation: JsonPatchOperation) -> Iterator[Diagnostic]:
    needs = "value" if operation.op in WITH_VALUE else "from" if operation.op in WITH_FROM else None
    if needs is not None and not plan.unit.has((*path, needs)):
        message = f"`op: {operation.op}` needs `{needs}`, and it is not written"
        yield Diagnostic(INCOMPLETE, plan.unit.place(*path, "op"), message, f"add `{needs}`")
