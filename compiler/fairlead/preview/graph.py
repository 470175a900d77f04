"""What changes in the graph of a model's life: one picture of both sides, with marks."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Final, NamedTuple

from fairlead.plan.draw.drawing import Drawing, Flow, Link, Vertex, drawing
from fairlead.plan.draw.mermaid import Mark, flowchart
from fairlead.plan.plan import Plan
from fairlead.preview.model import Change, Graph, GraphLink, GraphNode
from fairlead.spec.secrets import masked

MARKS: Final = {
    Change.ADDED: Mark("added", "new", "stroke:#1a7f37,stroke-width:4px"),
    Change.REMOVED: Mark("removed", "gone", "stroke:#cf222e,stroke-width:4px,stroke-dasharray:3 3"),
    Change.CHANGED: Mark("changed", "changed", "stroke:#bf8700,stroke-width:4px"),
}
"""How nodes look that changed; the word is for those who don't see the colour."""


class _LinkKey(NamedTuple):
    giver: str
    reader: str
    label: str
    flow: Flow


def graph_of(before: Plan | None, after: Plan | None, touched: Set[str]) -> Graph | None:
    """The picture of a pipeline that changed; None where the picture is the same, or the pipeline is gone.

    `touched` are the nodes that effects are about: what changed in them need not show in the picture.
    """
    if after is None:
        return None
    now = drawing(after)
    if before is None:
        if not now.vertices:
            return None
        return _graph(now, dict.fromkeys((vertex.id for vertex in now.vertices), Change.ADDED), {}, whole=True)
    was = drawing(before)
    old, new = ({vertex.id: vertex for vertex in shown.vertices} for shown in (was, now))
    marks = {
        name: _node_change(old.get(name), new.get(name), touched) for name in [*new, *(n for n in old if n not in new)]
    }
    links = dict.fromkeys(_links(now), Change.SAME)
    links |= {key: Change.ADDED for key in _links(now) if key not in _links(was)}
    links |= {key: Change.REMOVED for key in _links(was) if key not in _links(now)}
    if all(change is Change.SAME for change in [*marks.values(), *links.values()]):
        return None
    vertices = _merged(now.vertices, was.vertices)
    gone = tuple(link for link in was.links if links[_key(link)] is Change.REMOVED)
    both = Drawing(now.name, now.environment, now.owner, now.description, vertices, (*now.links, *gone))
    return _graph(both, marks, links, whole=False)


def _node_change(before: Vertex | None, after: Vertex | None, touched: Set[str]) -> Change:
    if before is None:
        return Change.ADDED
    if after is None:
        return Change.REMOVED
    was, now = ((each.title, each.details, each.waits and each.waits.reason) for each in (before, after))
    return Change.CHANGED if was != now or after.id in touched else Change.SAME


def _merged(now: tuple[Vertex, ...], was: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    """Head's nodes in their order, and those of base alone behind what they stood behind."""
    merged = list(now)
    known = {vertex.id for vertex in now}
    for position, vertex in enumerate(was):
        if vertex.id in known:
            continue
        before = {each.id for each in was[:position]}
        at = max((number for number, each in enumerate(merged) if each.id in before), default=-1)
        merged.insert(at + 1, vertex)
    return tuple(merged)


def _graph(shown: Drawing, marks: dict[str, Change], links: dict[_LinkKey, Change], *, whole: bool) -> Graph:
    changed = {name: MARKS[change] for name, change in marks.items() if change in MARKS}
    cut = shown if whole else _around(shown, changed.keys(), links)
    nodes = tuple(
        GraphNode(v.id, v.kind.value, v.stage.value, masked(v.title), tuple(map(masked, v.details)), marks[v.id])
        for v in shown.vertices
    )
    ways = tuple(
        GraphLink(link.giver, link.reader, masked(link.label), links.get(_key(link), Change.ADDED))
        for link in shown.links
    )
    return Graph(nodes, ways, flowchart(cut, {} if whole else changed), shown)


def _around(shown: Drawing, changed: Iterable[str], links: dict[_LinkKey, Change]) -> Drawing:
    """The part of a picture that changed, and what is beside it."""
    kept = set(changed)
    near = {end for link in shown.links if {link.giver, link.reader} & kept for end in (link.giver, link.reader)}
    near |= {end for key, change in links.items() if change is not Change.SAME for end in (key.giver, key.reader)}
    kept |= near
    vertices = tuple(vertex for vertex in shown.vertices if vertex.id in kept)
    ways = tuple(link for link in shown.links if link.giver in kept and link.reader in kept)
    return Drawing(shown.name, shown.environment, shown.owner, shown.description, vertices, ways)


def _links(shown: Drawing) -> dict[_LinkKey, Link]:
    return {_key(link): link for link in shown.links}


def _key(link: Link) -> _LinkKey:
    return _LinkKey(link.giver, link.reader, link.label, link.flow)
