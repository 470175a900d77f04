"""Columns: each node stands to the right of what it reads, and stages never mix.

Longest-path layering (Sugiyama, Tagawa and Toda 1981, step 1) inside each stage. A way that is longer than one column
gets a bend in every column that it passes, and all ways from one port share their bends, as the branches of a trunk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fairlead.plan.draw.drawing import Drawing, Flow, Stage
from fairlead.plan.draw.svg.cards import Card, card

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a way between two neighbouring columns."""

    start: str
    end: str
    trunk: tuple[str, int]
    """The node and the port that the way comes from."""
    optional: bool = False


@dataclass
class Layered:
    """Cards and bends in columns."""

    cards: dict[str, Card]
    columns: list[list[str]]
    """The items of each column, in order: ids of nodes, and of bends."""
    stages: dict[Stage, tuple[int, int]]
    """The first and the last column of each stage."""
    pieces: list[Piece] = field(default_factory=list)

    def graph(self) -> nx.DiGraph[str]:
        """The items, each with its column, and the pieces between them."""
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        for column, items in enumerate(self.columns):
            graph.add_nodes_from(items, column=column)
        graph.add_edges_from((piece.start, piece.end) for piece in self.pieces)
        return graph


def layered(shown: Drawing) -> Layered:
    """The columns of a drawing."""
    cards = {vertex.id: card(shown, vertex) for vertex in shown.vertices}
    column_of = _columns(shown)
    count = max(column_of.values(), default=-1) + 1
    columns: list[list[str]] = [[] for _ in range(count)]
    for name, column in column_of.items():
        columns[column].append(name)
    stages = {
        stage: (min(column_of[vertex.id] for vertex in inside), max(column_of[vertex.id] for vertex in inside))
        for stage, inside in shown.stages()
    }
    result = Layered(cards, columns, stages)
    for name, one in cards.items():
        for position, port in enumerate(one.ports):
            if port.links and port.flow is not Flow.LOOP:
                optional = {link.reader for link in port.links if link.optional}
                _trunk(result, column_of, (name, position), port.readers, optional)
    return result


def _columns(shown: Drawing) -> dict[str, int]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(vertex.id for vertex in shown.vertices)
    graph.add_edges_from((link.giver, link.reader) for link in shown.links if link.flow is not Flow.LOOP)
    position = {vertex.id: index for index, vertex in enumerate(shown.vertices)}
    order = list(nx.lexicographical_topological_sort(graph, key=position.__getitem__))
    columns: dict[str, int] = {}
    first = 0
    for _, inside in shown.stages():
        members = {vertex.id for vertex in inside}
        for name in order:
            if name in members:
                before = [columns[giver] + 1 for giver in graph.predecessors(name) if giver in columns]
                columns[name] = max([first, *before])
        last = max(columns[name] for name in members)
        # The loop leaves from the outermost column, so that nothing is in its way.
        columns.update((link.giver, last) for link in shown.links if link.flow is Flow.LOOP and link.giver in members)
        first = last + 1
    return {vertex.id: columns[vertex.id] for vertex in shown.vertices}


def _trunk(
    result: Layered, column_of: dict[str, int], trunk: tuple[str, int], readers: tuple[str, ...], optional: set[str]
) -> None:
    """The pieces of all ways from one port, and the bends in the columns between."""
    start = column_of[trunk[0]]
    joints = {start: trunk[0]}
    for column in range(start + 1, max(column_of[reader] for reader in readers)):
        joint = f"{trunk[0]}\0{trunk[1]}\0{column}"
        result.columns[column].append(joint)
        result.pieces.append(Piece(joints[column - 1], joint, trunk, optional >= set(readers)))
        joints[column] = joint
    for reader in readers:
        result.pieces.append(Piece(joints[column_of[reader] - 1], reader, trunk, reader in optional))
