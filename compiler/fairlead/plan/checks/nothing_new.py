"""Retraining that can't learn anything new, or that nothing can start."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place, name_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.spec.retraining import Retraining

NOTHING_NEW = Code(
    "FL3141",
    "a pipeline that can never learn anything new",
    """
    A pinned source has one digest, and other bytes are refused. Where every source is pinned, each retraining sees the
    very data that the last one saw: it costs the same and gives the same.

    ```yaml
    data: {sources: {biopsies: {uri: s3://acme/biopsies/, snapshot: pinned}}}
    retraining: {schedule: "0 4 * * 1"}         # FL3141
    ```

    Mended, by reading the source anew for each run:

    ```yaml
    data: {sources: {biopsies: {uri: s3://acme/biopsies/, snapshot: each-run}}}
    ```
    """,
)
NO_TRIGGER = Code(
    "FL3142",
    "retraining on something that is not watched",
    """
    `on: [drift]` waits for a drift alert and `on: [quality]` for one on quality. Without the section under `monitoring`
    that makes the alert, it never comes.

    ```yaml
    retraining: {on: [drift]}                   # FL3142: there is no `monitoring.drift`
    ```

    Mended:

    ```yaml
    monitoring: {drift: {every: 1h}}
    retraining: {on: [drift]}
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A retraining is started by something, and finds something new."""
    pipeline = plan.unit.pipeline
    if pipeline.retraining is None or pipeline.metadata.retired:
        return
    yield from _pinned(plan, pipeline.retraining)
    for trigger in ("drift", "quality"):
        if trigger in pipeline.retraining.on and getattr(pipeline.monitoring, trigger, None) is None:
            message = (
                f"retraining waits for an alert on {trigger}, and `monitoring.{trigger}` is not there to raise one"
            )
            place = name_place(plan.unit, ("retraining", "on"), trigger)
            yield Diagnostic(NO_TRIGGER, place, message, f"add `monitoring.{trigger}`, or remove `{trigger}` here")


def _pinned(plan: Plan, retraining: Retraining) -> Iterator[Diagnostic]:
    unit, data = plan.unit, plan.unit.pipeline.data
    starts = [key for key in ("schedule", "on") if getattr(retraining, key)]
    if data is None or not starts or any(source.snapshot != "pinned" for source in data.sources.values()):
        return
    names = [str(name) for name in data.sources]
    related = tuple(Related(unit.place("data", "sources", name, "snapshot"), f"`{name}` is pinned") for name in names)
    count = f"all {len(names)} sources are" if len(names) > 1 else f"its only source, `{names[0]}`, is"
    place = unit.place("retraining", starts[0]) if starts[0] == "schedule" else key_place(unit, "retraining", "on")
    message = f"this pipeline can never learn anything new: {count} pinned, so every run sees the same bytes"
    help_ = "write `snapshot: each-run` for one source, or remove `retraining`"
    yield Diagnostic(NOTHING_NEW, place, message, help_, related=related)
