"""Objectives for what the pipeline does not have: a server, or tokens."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Slo
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic

NO_TOKENS = Code(
    "FL3103",
    "an objective in tokens for a model without tokens",
    """
    The time to the first token and the time between tokens are those of a model that writes text as a stream. A
    classifier or an encoder answers at once, so there would be nothing to measure.

    ```yaml
    model: {task: embedding, framework: huggingface}
    monitoring:
      slos: {time_to_first_token: {objective: 95%, below: 500ms}}       # FL3103
    ```

    Mended:

    ```yaml
    monitoring:
      slos: {latency: {objective: 95%, below: 500ms}}
    ```
    """,
)
NO_SERVER = Code(
    "FL3104",
    "an objective without a server",
    """
    Availability and latency are shares of requests. A pipeline that scores in batches, or serves nothing, has no
    requests, so an objective would never be met and never be missed.

    ```yaml
    serving: {batch: {schedule: "0 2 * * *", input: s3://acme/in/, output: s3://acme/out/}}
    monitoring: {slos: {availability: 99.9%}}       # FL3104
    ```

    Mended: remove `slos`. Whether a batch ran, and in time, is watched without one.
    """,
)

TOKENS = ("time_to_first_token", "inter_token_latency")
WRITERS = ("text-generation", "custom")
"""Tasks whose model may write text; of `custom` nobody knows."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Objectives are about something that the pipeline has."""
    pipeline, unit = plan.unit.pipeline, plan.unit
    slos = pipeline.monitoring.slos if pipeline.monitoring else None
    if slos is None or pipeline.metadata.retired:
        return
    if pipeline.serving is None or pipeline.serving.batch is not None:
        why = "it has no `serving`" if pipeline.serving is None else "`serving.batch` scores without a server"
        place = key_place(unit, "monitoring", "slos")
        yield Diagnostic(
            NO_SERVER, place, f"this pipeline answers no requests: {why}", "remove `slos`, or add a server"
        )
        return
    task = pipeline.model.task if pipeline.model else "custom"
    for slo in plan.of(Slo):
        # Where nothing measures tokens at all, that is said already.
        if slo.signal in TOKENS and task not in WRITERS and isinstance(slo.measurement, Measurement):
            message = f"a model for {task} writes no tokens"
            help_ = "write an objective on `latency`, or `task: text-generation`"
            yield Diagnostic(NO_TOKENS, key_place(unit, *slo.path), message, help_)
