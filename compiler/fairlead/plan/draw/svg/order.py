"""Which item of a column stands above which: fewer crossings, by the barycenter method.

Sugiyama, Tagawa and Toda 1981, step 2: each item moves to the mean position of its neighbours in the column before,
then in the column after, and so on; the order with the fewest crossings is kept. Ties keep their order, so that equal
drawings stay equal.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import networkx as nx

SWEEPS: Final = 12


def ordered(graph: nx.DiGraph[str], columns: list[list[str]]) -> list[list[str]]:
    """The columns with their items rearranged."""
    current = [list(column) for column in columns]
    best, fewest = [list(column) for column in current], crossings(graph, current)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        indices = range(1, len(current)) if forward else range(len(current) - 2, -1, -1)
        for index in indices:
            fixed = current[index - 1 if forward else index + 1]
            current[index] = _sorted(graph, current[index], fixed, forward=forward)
        count = crossings(graph, current)
        if count < fewest:
            best, fewest = [list(column) for column in current], count
    return best


def _sorted(graph: nx.DiGraph[str], column: list[str], fixed: list[str], *, forward: bool) -> list[str]:
    """A column by the mean position of its neighbours in a fixed one; items without any keep their place."""
    position = {name: index / max(len(fixed) - 1, 1) for index, name in enumerate(fixed)}
    means: dict[str, float] = {}
    for index, name in enumerate(column):
        near = sorted(graph.predecessors(name) if forward else graph.successors(name))
        known = [position[other] for other in near if other in position]
        means[name] = sum(known) / len(known) if known else index / max(len(column) - 1, 1)
    return sorted(column, key=means.__getitem__)


def crossings(graph: nx.DiGraph[str], columns: list[list[str]]) -> int:
    """How many pairs of pieces cross, all columns together."""
    total = 0
    for left, right in pairwise(columns):
        place = {name: index for index, name in enumerate(right)}
        ends: list[int] = []
        for name in left:
            own = sorted(place[other] for other in graph.successors(name) if other in place)
            total += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return total
