"""Serving sections that are two things at once."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import is_own, key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.spec.serving import Serving

TWO_SHAPES = Code(
    "FL3174",
    "serving that is two things at once",
    """
    `serving` is a server, a batch, or a graph in front of other pipelines' servers. A graph has no model of its own, so
    its pipeline has neither `data` nor `model`; a batch has no requests; and only one of them can be meant.

    ```yaml
    model: {train: {command: [python, -m, train]}}
    serving: {graph: {type: sequence, of: [{pipeline: screen}]}}        # FL3174: what about the model?
    ```

    Mended: a pipeline for the model, and another one for the graph.
    """,
)
NO_EFFECT = Code(
    "FL3175",
    "a setting of a server where there is none",
    """
    Replicas, rollouts, payloads and the like are those of a server. A batch runs on its schedule, in the image with
    Fairlead's own steps, and a graph has `access`, `host` and `timeout` only: its members have their own servers.

    ```yaml
    serving:
      batch: {schedule: "0 2 * * *", input: s3://acme/in/, output: s3://acme/out/}
      replicas: {min: 2}                        # FL3175
    ```

    Mended: remove it.
    """,
)

OF_A_GRAPH = {"graph", "access", "host", "timeout"}
OF_A_BATCH = {"batch"}


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A serving section is one thing, and says nothing that belongs to another."""
    serving, unit = plan.unit.pipeline.serving, plan.unit
    if serving is None:
        return
    if serving.graph is not None:
        graph = key_place(unit, "serving", "graph")
        for section in ("data", "model"):
            if getattr(unit.pipeline, section) is not None and is_own(unit, section):
                message = f"a graph stands in front of other pipelines' models, and this one has `{section}` as well"
                related = (Related(graph, "the graph"),)
                place = key_place(unit, section)
                yield Diagnostic(TWO_SHAPES, place, message, "make two pipelines of it", related=related)
        if serving.batch is not None:
            related = (Related(graph, "the graph"),)
            place = key_place(unit, "serving", "batch")
            yield Diagnostic(TWO_SHAPES, place, "`serving` is a graph and a batch", "keep one of them", related=related)
        yield from _idle(plan, "a graph", OF_A_GRAPH | {"batch"})
    elif serving.batch is not None:
        yield from _idle(plan, "a batch", OF_A_BATCH)


def _idle(plan: Plan, what: str, known: set[str]) -> Iterator[Diagnostic]:
    for key in Serving.model_fields:
        if key not in known and is_own(plan.unit, "serving", key):
            kept = ", ".join(sorted(known - {"graph", "batch"}))
            message = f"{what} has no `{key}`: that is a server's"
            help_ = f"remove it; besides, {what} has {kept}" if kept else "remove it"
            yield Diagnostic(NO_EFFECT, key_place(plan.unit, "serving", key), message, help_)
