"""Datasets that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.words import nearest_word

UNREAD_OUTPUT = Code(
    "FL3156",
    "a step whose output nobody reads",
    """
    A dataset reaches the model by being split, or by being an input of a step, of training or of an evaluation of your
    own. This one goes nowhere: the step runs with every training for nothing, and most often another step reads the
    dataset before it by mistake.

    ```yaml
    prepare:
      clean: {command: [clean], inputs: [visits], outputs: {cleaned: {like: visits}}}       # FL3156
    split: {of: visits}
    ```

    Mended:

    ```yaml
    split: {of: cleaned}
    ```
    """,
)
UNREAD_SOURCE = Code(
    "FL3157",
    "a source that nobody reads",
    """
    The source is resolved, downloaded and checked with every training, and neither a step nor the split reads it.

    ```yaml
    sources:
      visits: {uri: s3://acme/visits/}
      prices: {uri: s3://acme/prices/}          # FL3157
    split: {of: visits}
    ```

    Mended: remove it, or name it in the `inputs` of the step that needs it.
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every dataset is read by something."""
    pipeline = plan.unit.pipeline
    if pipeline.data is None or pipeline.model is None or pipeline.model.train is None:
        return
    read = {str(name) for step in pipeline.data.prepare.values() for name in step.inputs}
    read |= {str(name) for name in pipeline.model.train.inputs}
    evaluate = pipeline.model.evaluate
    if evaluate is not None and evaluate.command is not None:
        read |= {str(name) for name in evaluate.inputs}
    if plan.split_of is not None:
        read.add(plan.split_of)
    for name, dataset in plan.datasets.items():
        if name in read:
            continue
        place = key_place(plan.unit, *dataset.path)
        split = f"; the split is of `{plan.split_of}`" if plan.split_of else ""
        help_ = "split it, name it in `inputs`, or remove it"
        if dataset.path[1] == "prepare":
            message = f"nobody reads `{name}`, which the step `{dataset.path[2]}` writes{split}"
            yield Diagnostic(UNREAD_OUTPUT, place, message, help_, nearest_word(name, read))
        else:
            yield Diagnostic(UNREAD_SOURCE, place, f"nobody reads the source `{name}`{split}", help_)
