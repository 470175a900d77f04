"""The graphs of a preview as pictures with marks, whatever became of the graph between base and head."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, Link, Stage
from fairlead.plan.draw.svg import Mark, Marks, render_figure
from fairlead.preview.model import Change, Graph

MARKS: Final = {
    Change.ADDED: Mark.ADDED,
    Change.REMOVED: Mark.REMOVED,
    Change.CHANGED: Mark.CHANGED,
    Change.REPLACED: Mark.CHANGED,
}


def picture(graph: Graph, name: str) -> str:
    """The SVG of a graph; its ids begin with `name`."""
    nodes = {node.id: MARKS[node.change] for node in graph.nodes if node.change in MARKS}
    links = {(link.giver, link.reader, link.label): MARKS[link.change] for link in graph.links if link.change in MARKS}
    return render_figure(drawable(graph.drawing, links), name, Marks(nodes, links))


def drawable(shown: Drawing, marks: dict[tuple[str, str, str], Mark]) -> Drawing:
    """The drawing without ways that no picture can hold: they are in the list beside it.

    Base and head each flow one way, and together they may not: what was before may be after now. So the ways of head
    come first, and one of base is left out where it would close a circle, leads back to an earlier stage, or is the
    loop where head has another.
    """
    stages = list(Stage)
    stage = {vertex.id: stages.index(vertex.stage) for vertex in shown.vertices}
    onward: dict[str, set[str]] = {}
    kept: set[Link] = set()
    loops = []
    for link in sorted(shown.links, key=lambda link: marks.get((link.giver, link.reader, link.label)) is Mark.REMOVED):
        if link.giver not in stage or link.reader not in stage:
            continue
        if link.flow is Flow.LOOP:
            loops.append(link)
        elif stage[link.giver] <= stage[link.reader] and not _leads(onward, link.reader, link.giver):
            onward.setdefault(link.giver, set()).add(link.reader)
            kept.add(link)
    # The loop leaves from where its stage ends.
    ends = (link for link in loops if not any(stage[each] == stage[link.giver] for each in onward.get(link.giver, ())))
    kept |= {*islice((link for link in ends if link.giver != link.reader), 1)}
    return replace(shown, links=tuple(link for link in shown.links if link in kept))


def _leads(onward: dict[str, set[str]], start: str, end: str) -> bool:
    """Whether there is a way from `start` to `end`, or they are one."""
    waiting, met = [start], {start}
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        fresh = onward.get(node, set()) - met
        met |= fresh
        waiting += fresh
    return False
