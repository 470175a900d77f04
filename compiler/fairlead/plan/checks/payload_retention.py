"""Payloads that are kept too long, or not long enough."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.data import RESTRICTED
from fairlead.spec.pipeline import Pipeline
from fairlead.spec.units import Duration

NO_RETENTION = Code(
    "FL3132",
    "payloads of restricted data without retention",
    """
    Requests to a model that learned from personal or health data are such data themselves. Logged without `retain`,
    they would be kept for ever, which no law on personal data allows and nobody would notice.

    ```yaml
    data: {sources: {biopsies: {sensitivity: phi, …}}}
    serving: {payloads: {log: all, to: s3://acme-payloads/}}            # FL3132
    ```

    Mended:

    ```yaml
    serving: {payloads: {log: all, to: s3://acme-payloads/, retain: 30d}}
    ```
    """,
)
NO_CALLERS = Code(
    "FL3133",
    "a model of restricted data that anybody may call",
    """
    Without `callers`, everything in the cluster can call the server. A model that learned from personal or health data
    may tell what it learned, so the callers are named: the network and the gateway then turn all others away. A graph
    answers with its members' answers, and is held to the same.

    ```yaml
    data: {sources: {biopsies: {sensitivity: phi, …}}}
    serving: {}                                                         # FL3133
    ```

    Mended:

    ```yaml
    serving: {access: {callers: [triage/ui]}}
    ```
    """,
)
GONE_TOO_SOON = Code(
    "FL3134",
    "payloads that are gone before they are read",
    """
    Drift looks back over its window, and quality over its window and the delay with which the truth arrives. Payloads
    must be kept for as long, or the oldest part is never judged.

    ```yaml
    serving: {payloads: {log: all, to: s3://acme-payloads/, retain: 7d}}
    monitoring: {quality: {window: 14d, labels: {delay: 3d, …}, …}}     # FL3134: 7d < 14d + 3d = 17d
    ```

    Mended:

    ```yaml
    serving: {payloads: {log: all, to: s3://acme-payloads/, retain: 30d}}
    ```
    """,
)

RETAIN: Path = ("serving", "payloads", "retain")


def restricted_source(pipeline: Pipeline) -> str | None:
    """The first source whose data is restricted."""
    sources = pipeline.data.sources if pipeline.data else {}
    return next((str(name) for name, source in sources.items() if source.sensitivity in RESTRICTED), None)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Payloads are kept for as long as they are read, and restricted data no longer than is said."""
    serving = plan.unit.pipeline.serving
    if serving is None or serving.batch is not None:
        return
    yield from _callers(plan)
    if serving.payloads.log == "none":
        return
    yield from _retention(plan)
    yield from _long_enough(plan, serving.payloads.retain)


def _retention(plan: Plan) -> Iterator[Diagnostic]:
    unit, serving = plan.unit, plan.unit.pipeline.serving
    source = restricted_source(unit.pipeline)
    if source is None or serving is None or serving.payloads.retain is not None:
        return
    sensitivity = ("data", "sources", source, "sensitivity")
    message = f"`{source}` is restricted data, and payloads are logged without `retain`, so they would be kept for ever"
    related = (Related(unit.place(*sensitivity), "why the data is restricted"),)
    place = key_place(unit, "serving", "payloads")
    yield Diagnostic(NO_RETENTION, place, message, "add `retain: 30d`, or what your rules allow", related=related)


def _callers(plan: Plan) -> Iterator[Diagnostic]:
    """Of a server by its own data, of a graph by that of its members."""
    unit, serving = plan.unit, plan.unit.pipeline.serving
    if serving is None or serving.access.callers:
        return
    place = key_place(unit, "serving", "access") if unit.has(("serving", "access")) else key_place(unit, "serving")
    help_ = "name the callers: `access: {callers: [namespace/serviceaccount]}`"
    source = restricted_source(unit.pipeline)
    if source is not None:
        message = f"`{source}` is restricted, and `access.callers` names nobody, so anybody in the cluster may call"
        related = (Related(unit.place("data", "sources", source, "sensitivity"), "why the data is restricted"),)
        yield Diagnostic(NO_CALLERS, place, message, help_, related=related)
        return
    for member in serving.graph.of if serving.graph else ():
        peer = plan.peers.get(str(member.pipeline))
        source = restricted_source(peer.pipeline) if peer else None
        if peer is not None and source is not None:
            message = f"the graph's member `{member.pipeline}` learned from restricted data (`{source}`), and "
            message += "`access.callers` of the graph names nobody"
            related = (Related(peer.place("data", "sources", source, "sensitivity"), "why the data is restricted"),)
            yield Diagnostic(NO_CALLERS, place, message, help_, related=related)
            return


def _long_enough(plan: Plan, retain: Duration | None) -> Iterator[Diagnostic]:
    unit, monitoring = plan.unit, plan.unit.pipeline.monitoring
    if retain is None or monitoring is None:
        return
    if monitoring.drift is not None and retain < monitoring.drift.window:
        message = f"drift looks back {monitoring.drift.window}, and payloads are kept for {retain}"
        related = (Related(_place_or_section(plan, ("monitoring", "drift"), "window"), "how far drift looks back"),)
        yield Diagnostic(GONE_TOO_SOON, unit.place(*RETAIN), message, "keep them longer", related=related)
    if monitoring.quality is not None:
        window, delay = monitoring.quality.window, monitoring.quality.labels.delay
        needed = Duration.of(milliseconds=window.milliseconds + (delay.milliseconds if delay else 0))
        if retain < needed:
            total = f"{window} + {delay} = {needed}" if delay else str(needed)
            message = f"quality looks back {total}, with the delay of the labels, and payloads are kept for {retain}"
            place = _place_or_section(plan, ("monitoring", "quality"), "window")
            related = (Related(place, "how far quality looks back"),)
            yield Diagnostic(GONE_TOO_SOON, unit.place(*RETAIN), message, "keep them longer", str(needed), related)


def _place_or_section(plan: Plan, section: Path, key: str) -> Place:
    path = (*section, key)
    return plan.unit.place(*path) if plan.unit.has(path) else key_place(plan.unit, *section)
