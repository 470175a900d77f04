"""Payloads that are read and not written, or written and nowhere to be kept."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.serving import Serving

UNLOGGED = Code(
    "FL3130",
    "payloads that something reads and nothing writes",
    """
    Drift reads logged requests, and drift of the prediction reads responses. Quality joins an answer with its request
    and with the truth, so it needs both. Batch scoring keeps its input and output anyway.

    ```yaml
    serving: {payloads: {log: responses, to: s3://acme/payloads/}}
    monitoring: {drift: {every: 1h}}            # FL3130: features stand in requests
    ```

    Mended:

    ```yaml
    serving: {payloads: {log: all, to: s3://acme/payloads/, retain: 30d}}
    ```
    """,
)
NOWHERE_TO = Code(
    "FL3131",
    "payloads without a place",
    """
    Logged payloads go to an object store, and `to` says where: they are the users' data, so there is no default.

    ```yaml
    serving: {payloads: {log: all}}             # FL3131
    ```

    Mended:

    ```yaml
    serving: {payloads: {log: all, to: s3://acme-payloads/tumor-classifier/, retain: 30d}}
    ```
    """,
)

PAYLOADS: Path = ("serving", "payloads")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Whoever reads payloads finds them."""
    pipeline, unit = plan.unit.pipeline, plan.unit
    serving = pipeline.serving
    if serving is not None and serving.payloads.log != "none" and serving.payloads.to is None:
        message = f"`payloads.log` is `{serving.payloads.log}`, and `payloads.to` says nowhere to keep them"
        place = unit.place(*PAYLOADS, "log")
        yield Diagnostic(NOWHERE_TO, place, message, "add `to: s3://<bucket>/<prefix>/`")
    if serving is not None and serving.batch is not None:
        return
    for reader, path, needs in _readers(plan):
        yield from _logged(plan, serving, reader, path, needs)


def _readers(plan: Plan) -> Iterator[tuple[str, Path, frozenset[str]]]:
    """Who reads payloads: a name, the section, and what must be logged for it."""
    monitoring, model = plan.unit.pipeline.monitoring, plan.unit.pipeline.model
    if monitoring is None:
        return
    path: Path = ("monitoring", "drift")
    if monitoring.drift is not None and model is not None and model.train is not None:
        watched = [node.id for node in plan.nodes.values() if node.id.startswith("drift/")]
        if any(name != "drift/prediction" for name in watched):
            yield "drift of features", path, frozenset({"requests"})
        if monitoring.drift.prediction:
            yield "drift of the prediction", (*path, "prediction"), frozenset({"responses"})
    if monitoring.quality is not None:
        yield "quality", ("monitoring", "quality"), frozenset({"requests", "responses"})


def _logged(
    plan: Plan, serving: Serving | None, reader: str, path: Path, needs: frozenset[str]
) -> Iterator[Diagnostic]:
    unit = plan.unit
    logged = {"none": set(), "all": {"requests", "responses"}}.get(
        serving.payloads.log if serving else "none", {serving.payloads.log if serving else "none"}
    )
    missing = sorted(needs - logged)
    if not missing:
        return
    what = " and ".join(missing)
    reading = Related(key_place(unit, *path), f"{reader} is asked for here")
    if serving is None or serving.graph is not None:
        why = "this pipeline has no server" if serving is None else "a graph logs none"
        message = f"{reader} reads logged {what}, and {why}"
        yield Diagnostic(UNLOGGED, key_place(unit, *path), message, "remove it, or watch the models behind the graph")
        return
    log = (*PAYLOADS, "log")
    place: Place = unit.place(*log) if unit.has(log) else key_place(unit, *path)
    related = (reading,) if unit.has(log) else ()
    word = "all" if len(needs | logged - {"none"}) > 1 else what
    message = f"{reader} reads logged {what}, and `payloads.log` is `{serving.payloads.log}`"
    yield Diagnostic(UNLOGGED, place, message, f"write `payloads: {{log: {word}, to: …}}`", word, related)
