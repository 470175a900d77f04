"""The lines between cards: curves from column to column, and rounded ways around the turn and back to the start.

Inside a column a way is level, at a height of its own; only in the room between columns does it change height, where
no card and no text is. So nothing is ever crossed but other ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairlead.plan.draw.drawing import Flow
from fairlead.plan.draw.svg.cards import WIDTH, Port
from fairlead.plan.draw.svg.layers import Piece
from fairlead.plan.draw.svg.places import Placed

MARGIN: Final = 34
"""Room between the lanes and the first way around the turn."""
TRACK: Final = 12
"""Room between two ways around the turn."""
CORNER: Final = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn piece of a way."""

    path: str
    giver: str
    port: Port
    end: str
    """The card or bend at which it ends."""
    optional: bool
    arrow: tuple[float, float, int] | None
    """Where the tip of an arrowhead is, and whether it points right (1) or left (-1)."""


@dataclass(frozen=True, slots=True)
class Routes:
    """All lines, and how much room they take beside the lanes."""

    lines: list[Line]
    loop: Line | None
    left: float
    right: float


def routes(placed: Placed) -> Routes:
    """The lines of a drawing with coordinates."""
    ends = _ends(placed)
    tracks = _tracks(placed)
    lines = [_line(placed, piece, ends, tracks) for piece in placed.layers.pieces]
    loop = _loop(placed)
    right = MARGIN + TRACK * len(tracks) if tracks else 0.0
    return Routes(lines, loop, MARGIN + CORNER if loop else 0.0, right)


def _out(placed: Placed, piece: Piece) -> float:
    """The height at which a piece leaves its first item."""
    card = placed.card(piece.start)
    return placed.y[piece.start] + (card.port_offset(piece.trunk[1]) if card else 0)


def _ends(placed: Placed) -> dict[Piece, float]:
    """The height at which each piece arrives; on a card they arrive in the order in which they come, uncrossed."""
    arriving: dict[str, list[Piece]] = {}
    ends: dict[Piece, float] = {}
    for piece in placed.layers.pieces:
        if placed.card(piece.end):
            arriving.setdefault(piece.end, []).append(piece)
        else:
            ends[piece] = placed.y[piece.end]
    for item, pieces in arriving.items():
        card = placed.card(item)
        assert card is not None

        def height(piece: Piece, item: str = item) -> float:
            same = placed.row_of(piece.start) is placed.row_of(item)
            return _out(placed, piece) if same else 1e6 - _out(placed, piece)

        pieces.sort(key=lambda piece: (height(piece), piece.trunk))
        top = placed.y[item]
        for piece, offset in zip(pieces, card.entries([height(piece) - top for piece in pieces]), strict=True):
            ends[piece] = top + offset
    return ends


def _turns(placed: Placed, piece: Piece) -> bool:
    return placed.row_of(piece.start) is not placed.row_of(piece.end)


def _tracks(placed: Placed) -> dict[tuple[str, int], int]:
    """A track around the turn for each trunk that takes it: what leaves highest goes furthest out."""
    turning = {piece.trunk: _out(placed, piece) for piece in placed.layers.pieces if _turns(placed, piece)}
    lowest_first = sorted(turning, key=lambda trunk: (-turning[trunk], trunk))
    return {trunk: position for position, trunk in enumerate(lowest_first)}


def _line(placed: Placed, piece: Piece, ends: dict[Piece, float], tracks: dict[tuple[str, int], int]) -> Line:
    name, position = piece.trunk
    giver = placed.card(name)
    assert giver is not None
    start_y, end_y = _out(placed, piece), ends[piece]
    start_row, end_row = placed.row_of(piece.start), placed.row_of(piece.end)
    start_x = placed.x(piece.start) + (0 if start_row.backwards else WIDTH)
    end_x = placed.x(piece.end) + (WIDTH if end_row.backwards else 0)
    if start_row is not end_row:
        track = placed.width + MARGIN + TRACK * tracks[piece.trunk]
        path = _around(start_x, start_y, track, end_x, end_y)
    else:
        middle = (start_x + end_x) / 2
        path = (
            f"M{_n(start_x)} {_n(start_y)}C{_n(middle)} {_n(start_y)} {_n(middle)} {_n(end_y)} {_n(end_x)} {_n(end_y)}"
        )
    arrow = None
    if placed.card(piece.end):
        arrow = (end_x, end_y, -1 if end_row.backwards else 1)
    else:
        # Through the bend's own column the way is level.
        path += f"H{_n(placed.x(piece.end) + (0 if end_row.backwards else WIDTH))}"
    return Line(path, name, giver.ports[position], piece.end, piece.optional, arrow)


def _around(start_x: float, start_y: float, track: float, end_x: float, end_y: float) -> str:
    """Out to a track, along it, and back on the same side."""
    side = 1 if track > start_x else -1
    down = 1 if end_y > start_y else -1
    bend = min(CORNER, abs(end_y - start_y) / 2)
    return (
        f"M{_n(start_x)} {_n(start_y)}H{_n(track - side * bend)}"
        f"Q{_n(track)} {_n(start_y)} {_n(track)} {_n(start_y + down * bend)}"
        f"V{_n(end_y - down * bend)}"
        f"Q{_n(track)} {_n(end_y)} {_n(track - side * bend)} {_n(end_y)}"
        f"H{_n(end_x)}"
    )


def _loop(placed: Placed) -> Line | None:
    """The way from the end back to the start: along the left where the second row ends there, else below all."""
    for name, card in placed.layers.cards.items():
        for position, port in enumerate(card.ports):
            if port.flow is Flow.LOOP:
                return _back(placed, name, position, port)
    return None


def _back(placed: Placed, name: str, position: int, port: Port) -> Line:
    card, first = placed.layers.cards[name], placed.layers.cards[port.readers[0]]
    row = placed.row_of(name)
    start_y = placed.y[name] + card.port_offset(position)
    end_x, end_y = placed.x(port.readers[0]), placed.y[port.readers[0]] + first.entry_offset
    if row.backwards:
        path = _around(placed.x(name), start_y, -MARGIN, end_x, end_y)
    else:
        bottom, right = placed.height + MARGIN, placed.x(name) + WIDTH + MARGIN
        path = (
            f"M{_n(placed.x(name) + WIDTH)} {_n(start_y)}H{_n(right - CORNER)}"
            f"Q{_n(right)} {_n(start_y)} {_n(right)} {_n(start_y + CORNER)}V{_n(bottom - CORNER)}"
            f"Q{_n(right)} {_n(bottom)} {_n(right - CORNER)} {_n(bottom)}H{_n(CORNER - MARGIN)}"
            f"Q{_n(-MARGIN)} {_n(bottom)} {_n(-MARGIN)} {_n(bottom - CORNER)}V{_n(end_y + CORNER)}"
            f"Q{_n(-MARGIN)} {_n(end_y)} {_n(CORNER - MARGIN)} {_n(end_y)}H{_n(end_x)}"
        )
    return Line(path, name, port, port.readers[0], optional=False, arrow=(end_x, end_y, 1))


def _n(value: float) -> str:
    """A coordinate with at most one decimal, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")
