"""Graphs whose members can't answer, or are never asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.spec.serving import Graph
from fairlead.spec.units.base import decimal_text

SERVES_NOT = Code(
    "FL3176",
    "a member of a graph that answers no requests",
    """
    A graph hands requests on to the servers of other pipelines. A pipeline without `serving`, one that scores in
    batches, or one that is retired, has none.

    ```yaml
    serving: {graph: {type: sequence, of: [{pipeline: energy-forecast}]}}       # FL3176: it scores at night
    ```

    Mended: give the member a server, or leave it out.
    """,
)
BAD_WEIGHTS = Code(
    "FL3177",
    "weights of a graph that don't add up",
    """
    A splitter sends each request to one member, chosen by weight: each has one, and together they are 100%. The other
    types ask their members by other rules, so a weight there has no meaning.

    ```yaml
    graph: {type: splitter, of: [{pipeline: a, weight: 30%}, {pipeline: b, weight: 60%}]}       # FL3177: 90%
    ```

    Mended:

    ```yaml
    graph: {type: splitter, of: [{pipeline: a, weight: 30%}, {pipeline: b, weight: 70%}]}
    ```
    """,
)
BAD_CONDITION = Code(
    "FL3178",
    "a condition that is never looked at, or that hides what follows",
    """
    A switch asks the first member whose condition holds; one without a condition always does, so it stands last. A
    sequence may skip a member by its condition. An ensemble asks all and a splitter one by weight, whatever holds.

    ```yaml
    graph:
      type: switch
      of: [{pipeline: tumor-classifier}, {pipeline: screen, when: "urgency <= 0.5"}]    # FL3178: never reached
    ```

    Mended:

    ```yaml
    graph:
      type: switch
      of: [{pipeline: screen, when: "urgency <= 0.5"}, {pipeline: tumor-classifier}]
    ```
    """,
)
MIXED_MODES = Code(
    "FL3179",
    "a graph across serving modes",
    """
    The router of a graph runs in one mode, Standard or Knative, and calls its members inside the cluster by the
    addresses of that mode. All members are served in the same one.

    ```yaml
    # tumor-classifier: serving: {mode: standard};  scene-encoder: serving: {mode: knative}
    graph: {type: ensemble, of: [{pipeline: tumor-classifier}, {pipeline: scene-encoder}]}      # FL3179
    ```

    Mended: serve all of them in one mode.
    """,
)
GRAPH_CYCLE = Code(
    "FL3180",
    "graphs that ask each other in a circle",
    """
    A graph may be a member of another, but not, by way of others, of itself: a request would go round until it times
    out. The message prints the way.

    ```yaml
    # triage: graph of screening;  screening: graph of triage
    # FL3180: triage -> screening -> triage
    ```
    """,
)

OF: Path = ("serving", "graph", "of")


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every member of a graph answers, in one mode, and is asked at some time."""
    serving = plan.unit.pipeline.serving
    graph = serving.graph if serving else None
    if graph is None:
        return
    yield from _members(plan, graph)
    yield from _modes(plan, graph)
    yield from _weights(plan, graph)
    yield from _conditions(plan, graph)
    yield from _cycles(plan, graph)


def _members(plan: Plan, graph: Graph) -> Iterator[Diagnostic]:
    for position, member in enumerate(graph.of):
        name = str(member.pipeline)
        peer = plan.peers.get(name)
        if peer is None:
            continue
        serving = peer.pipeline.serving
        where: Path
        if serving is None:
            why, where = "has no `serving`", ("metadata", "name")
        elif serving.batch is not None:
            why, where = "scores in batches", ("serving", "batch")
        elif peer.pipeline.metadata.retired:
            why, where = "is retired", ("metadata", "retired")
        else:
            continue
        place = plan.unit.place(*OF, position, "pipeline")
        related = (Related(key_place(peer, *where), f"`{name}`"),)
        message = f"`{name}` {why}, so it answers no requests"
        yield Diagnostic(SERVES_NOT, place, message, "give it a server, or leave it out", related=related)


def _modes(plan: Plan, graph: Graph) -> Iterator[Diagnostic]:
    modes = {
        str(member.pipeline): peer.pipeline.serving.mode
        for member in graph.of
        if (peer := plan.peers.get(str(member.pipeline))) and peer.pipeline.serving and not peer.pipeline.serving.graph
    }
    if len(set(modes.values())) < 2:
        return
    usual = Counter(modes.values()).most_common(1)[0][0]
    for position, member in enumerate(graph.of):
        name = str(member.pipeline)
        mode = modes.get(name, usual)
        if mode != usual:
            first = next(other for other, its in modes.items() if its == usual)
            message = f"`{name}` is served in {mode} mode, and `{first}` in {usual} mode"
            related = (Related(plan.peers[name].place("serving", "mode"), f"the mode of `{name}`"),)
            place = plan.unit.place(*OF, position, "pipeline")
            yield Diagnostic(MIXED_MODES, place, message, "serve all members in one mode", related=related)


def _weights(plan: Plan, graph: Graph) -> Iterator[Diagnostic]:
    if graph.type != "splitter":
        for position, member in enumerate(graph.of):
            if member.weight is not None:
                message = f"a {graph.type} asks its members without weights"
                place = key_place(plan.unit, *OF, position, "weight")
                yield Diagnostic(BAD_WEIGHTS, place, message, "remove it, or write `type: splitter`")
        return
    missing = [position for position, member in enumerate(graph.of) if member.weight is None]
    for position in missing:
        message = f"`{graph.of[position].pipeline}` has no weight, and a splitter chooses by weight"
        yield Diagnostic(BAD_WEIGHTS, plan.unit.place(*OF, position, "pipeline"), message, "add `weight: 30%`")
    weights = [member.weight.percent for member in graph.of if member.weight is not None]
    if not missing and sum(weights) != 100:
        parts = " + ".join(f"{decimal_text(weight)}%" for weight in weights)
        message = f"the weights are {parts} = {decimal_text(sum(weights, Decimal(0)))}%, and must be 100% together"
        yield Diagnostic(BAD_WEIGHTS, key_place(plan.unit, *OF), message, "make them add up to 100%")


def _conditions(plan: Plan, graph: Graph) -> Iterator[Diagnostic]:
    for position, member in enumerate(graph.of):
        if member.when is not None and graph.type not in ("switch", "sequence"):
            message = f"a {graph.type} looks at no condition"
            place = key_place(plan.unit, *OF, position, "when")
            yield Diagnostic(BAD_CONDITION, place, message, "remove it, or write `type: switch`")
    if graph.type != "switch":
        return
    last = len(graph.of) - 1
    open_ = next((position for position, member in enumerate(graph.of) if member.when is None), last)
    if open_ < last:
        name, hidden = graph.of[open_].pipeline, [f"`{member.pipeline}`" for member in graph.of[open_ + 1 :]]
        message = f"`{name}` has no condition, so it always answers, and {', '.join(hidden)} never"
        place = plan.unit.place(*OF, open_, "pipeline")
        yield Diagnostic(BAD_CONDITION, place, message, "put the member without a condition last")


def _cycles(plan: Plan, graph: Graph) -> Iterator[Diagnostic]:
    for position, member in enumerate(graph.of):
        way = _way(plan.peers, str(member.pipeline), plan.name, (plan.name,))
        if way:
            message = f"this graph asks itself: {' -> '.join(way)}"
            place = plan.unit.place(*OF, position, "pipeline")
            yield Diagnostic(GRAPH_CYCLE, place, message, "take one of them out")


def _way(peers: Mapping[str, Unit], name: str, goal: str, before: tuple[str, ...]) -> tuple[str, ...] | None:
    """The way from a pipeline to `goal` along members of graphs."""
    if name == goal:
        return (*before, name)
    peer = peers.get(name)
    graph = peer.pipeline.serving.graph if peer and peer.pipeline.serving else None
    if graph is None or name in before:
        return None
    ways = (_way(peers, str(member.pipeline), goal, (*before, name)) for member in graph.of)
    return next((way for way in ways if way), None)
