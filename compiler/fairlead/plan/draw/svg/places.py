"""Coordinates: columns from left to right, in one row, or in two of which the second runs back.

Two rows make the life of a model what it is, a loop: it leaves on the right, comes back below, and where it ends it is
near to where it began.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from fairlead.plan.draw.drawing import Drawing, Stage
from fairlead.plan.draw.svg.cards import WIDTH, Card
from fairlead.plan.draw.svg.layers import Layered, layered
from fairlead.plan.draw.svg.order import ordered
from fairlead.plan.draw.svg.spread import spread

GAP: Final = 66
"""The least room between two columns."""
MOST_GAP: Final = 190
BETWEEN_CARDS: Final = 26
BETWEEN_WAYS: Final = 16
LANE_HEAD: Final = 46
LANE_FOOT: Final = 22
BETWEEN_ROWS: Final = 64
RATIO: Final = 1.7
"""Width to height that a drawing should have, roughly that of a screen and of a poster."""
TURNING: Final = 0.35
"""How much worse than the ratio one row may be before the drawing turns back: one row is easier to read."""
ROUNDS: Final = 24


@dataclass
class Row:
    """Columns that stand side by side."""

    columns: range
    backwards: bool
    x: dict[int, float] = field(default_factory=dict)
    """The left edge of each column."""
    top: float = 0
    height: float = 0


@dataclass
class Placed:
    """Everything with its coordinates. (0, 0) is the top left corner of the lanes."""

    shown: Drawing
    layers: Layered
    rows: list[Row]
    y: dict[str, float]
    """The top of each card, and the height at which each bend is."""
    column_of: dict[str, int]
    width: float
    height: float

    def row_of(self, item: str) -> Row:
        """The row that an item stands in."""
        return next(row for row in self.rows if self.column_of[item] in row.columns)

    def x(self, item: str) -> float:
        """The left edge of an item's column."""
        return self.row_of(item).x[self.column_of[item]]

    def card(self, item: str) -> Card | None:
        """The card, or None for a bend."""
        return self.layers.cards.get(item)

    def lanes(self) -> list[tuple[Stage, Row, float, float]]:
        """Each stage with its row, its left edge and its right edge."""
        found = []
        for stage, (first, last) in self.layers.stages.items():
            row = next(row for row in self.rows if first in row.columns)
            edges = [row.x[first], row.x[last]]
            found.append((stage, row, min(edges), max(edges) + WIDTH))
        return found


def placed(shown: Drawing) -> Placed:
    """A drawing with coordinates."""
    layers = layered(shown)
    rows = _rows(layers)
    # The order is found as if all columns stood in one row; turning back turns it upside down.
    columns = _turned(rows, ordered(layers.graph(), _turned(rows, layers.columns)))
    layers.columns = columns
    column_of = {item: index for index, column in enumerate(columns) for item in column}
    result = Placed(shown, layers, rows, {}, column_of, 0, 0)
    _across(result)
    for row in rows:
        _down(result, row)
    top = 0.0
    for row in rows:
        row.top = top
        for column in row.columns:
            for item in columns[column]:
                result.y[item] = round(result.y[item] + top + LANE_HEAD)
        top += row.height + BETWEEN_ROWS
    result.height = max(top - BETWEEN_ROWS, 0)
    return result


def _turned(rows: list[Row], columns: list[list[str]]) -> list[list[str]]:
    """The columns, those of a row that runs back upside down."""
    backwards = {column for row in rows if row.backwards for column in row.columns}
    return [column[::-1] if index in backwards else list(column) for index, column in enumerate(columns)]


def _stack(layers: Layered, columns: range) -> float:
    """The height of the highest column."""
    heights = [
        sum(layers.cards[item].height + BETWEEN_CARDS if item in layers.cards else BETWEEN_WAYS for item in column)
        for column in layers.columns[columns.start : columns.stop]
    ]
    return max(heights, default=0) + LANE_HEAD + LANE_FOOT


def _rows(layers: Layered) -> list[Row]:
    """One row, or two that part between stages: whichever comes nearest to the ratio."""
    count = len(layers.columns)
    choices = [[range(count)]]
    choices += [[range(first), range(first, count)] for first, _ in layers.stages.values() if first]

    def far(rows: list[range]) -> float:
        across = max(len(row) for row in rows) * (WIDTH + GAP)
        down = sum(_stack(layers, row) for row in rows) + BETWEEN_ROWS * (len(rows) - 1)
        return abs(math.log(across / down / RATIO)) + TURNING * (len(rows) - 1)

    best = min(choices, key=far) if count else []
    return [Row(row, backwards=bool(index)) for index, row in enumerate(best)]


def _across(result: Placed) -> None:
    """The columns of both rows over the same width, as far as gaps don't become too wide for it."""
    most = max((len(row.columns) for row in result.rows), default=0)
    result.width = most * (WIDTH + GAP) - GAP if most else 0
    for row in result.rows:
        count = len(row.columns)
        pitch = min((result.width - WIDTH) / (count - 1), WIDTH + MOST_GAP) if count > 1 else 0
        for index, column in enumerate(row.columns):
            row.x[column] = round(result.width - WIDTH - index * pitch if row.backwards else index * pitch)


def _down(result: Placed, row: Row) -> None:
    """The heights in a row: ways as straight as they can be, cards and ways apart from each other."""
    columns, cards = result.layers.columns, result.layers.cards
    near: dict[str, list[tuple[str, float, float]]] = {}
    for piece in result.layers.pieces:
        if result.column_of[piece.start] in row.columns and result.column_of[piece.end] in row.columns:
            out = cards[piece.start].port_offset(piece.trunk[1]) if piece.start in cards else 0.0
            into = cards[piece.end].entry_offset if piece.end in cards else 0.0
            # A way is hardest to follow where it bends far from any card.
            pull = (1.0, 2.0, 8.0)[(piece.start not in cards) + (piece.end not in cards)]
            near.setdefault(piece.start, []).append((piece.end, into - out, pull))
            near.setdefault(piece.end, []).append((piece.start, out - into, pull))
    for column in row.columns:
        # All columns start around one middle line.
        _place(result, columns[column], [-cards[item].height / 2 if item in cards else 0.0 for item in columns[column]])
    span = list(row.columns)
    for turn in range(ROUNDS):
        for column in span if turn % 2 == 0 else reversed(span):
            wanted = []
            for item in columns[column]:
                ends = near.get(item, [])
                total = sum(pull for _, _, pull in ends)
                mean = sum((result.y[other] + offset) * pull for other, offset, pull in ends) / total if ends else 0.0
                wanted.append(mean if ends else result.y[item])
            _place(result, columns[column], wanted)
    items = [item for column in row.columns for item in columns[column]]
    top = min((result.y[item] for item in items), default=0.0)
    for item in items:
        result.y[item] -= top
    bottom = max((result.y[item] + (cards[item].height if item in cards else 0) for item in items), default=0.0)
    # A half goes up: the card whose lower edge this is may be rounded either way.
    row.height = math.floor(bottom + 0.5) + LANE_HEAD + LANE_FOOT


def _place(result: Placed, column: list[str], wanted: list[float]) -> None:
    """Puts the items of a column as near to their wanted heights as they fit."""
    cards = result.layers.cards
    weights = [1.0 if item in cards else 3.0 for item in column]
    distances = []
    for above, below in pairwise(column):
        both = above in cards and below in cards
        height = cards[above].height if above in cards else 0
        distances.append(height + (BETWEEN_CARDS if both else BETWEEN_WAYS))
    for item, y in zip(column, spread(wanted, weights, distances), strict=True):
        result.y[item] = y
