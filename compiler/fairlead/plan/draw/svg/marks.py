"""What happened to nodes and ways between two states of a plan, for a drawing that shows both.

A mark is never a colour alone: a node has a badge with a sign and a word, what is gone is dashed and struck through,
and what is new has a heavier line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from fairlead.plan.draw.svg.cards import WIDTH
from fairlead.plan.draw.svg.legend import Entry
from fairlead.plan.draw.svg.measure import width
from fairlead.plan.draw.svg.routes import Line


class Mark(StrEnum):
    """What happened."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


SIGNS: Final = {Mark.ADDED: "+", Mark.REMOVED: "\N{MINUS SIGN}", Mark.CHANGED: "\N{NOT EQUAL TO}"}
SIZE: Final = 10.5
AROUND: Final = 5
"""How far the frame of a mark is from its card."""
# On the badge of its colour, white (in the dark, black) text has a contrast of at least 4.5 to 1.
COLOURS: Final = {
    Mark.ADDED: ("#1a7f37", "#3fb950"),
    Mark.REMOVED: ("#cf222e", "#ff8078"),
    Mark.CHANGED: ("#9a5b00", "#e3a534"),
}


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a drawing; what has none is the same in both states."""

    nodes: Mapping[str, Mark] = field(default_factory=dict)
    """By the node's id."""
    links: Mapping[tuple[str, str, str], Mark] = field(default_factory=dict)
    """By giver, reader and label."""

    def __bool__(self) -> bool:
        return bool(self.nodes or self.links)

    def of(self, line: Line) -> Mark | None:
        """The mark of a piece of a way: that of everything which goes there, where that is one."""
        ends = [link for link in line.port.links if link.reader == line.end] or line.port.links
        found = {self.links.get((link.giver, link.reader, link.label)) for link in ends}
        return found.pop() if len(found) == 1 else None


NOTHING_MARKED: Final = Marks()


def badge(mark: Mark, height: float) -> Iterator[str]:
    """The frame around a card, and the badge on its upper edge."""
    room, tall = WIDTH + 2 * AROUND, height + 2 * AROUND
    yield f'<rect class="frame m-{mark}" x="-{AROUND}" y="-{AROUND}" width="{room}" height="{tall:.1f}" rx="11"/>'
    text = f"{SIGNS[mark]} {mark}"
    wide = round(width(text, SIZE, bold=True)) + 16
    left = WIDTH + AROUND - 8 - wide
    yield f'<rect class="badge b-{mark}" x="{left}" y="-15" width="{wide}" height="20" rx="10"/>'
    yield f'<text class="badge-text" x="{left + wide / 2:.1f}" y="-1.2">{text}</text>'


def explained(marks: Marks) -> list[Entry]:
    """What the legend says about marks: only those that occur."""
    present = {*marks.nodes.values(), *marks.links.values()}
    return [
        Entry(f'<path class="way w-{mark}" d="M0 0H30"/>', 38, f"{SIGNS[mark]} {mark}")
        for mark in Mark
        if mark in present
    ]


def in_words(marks: Marks, titles: Mapping[str, str]) -> list[str]:
    """The marks of nodes for who can't see them: `added: drift, quality`."""
    found = {
        mark: [titles[node] for node, one in marks.nodes.items() if one is mark and node in titles] for mark in Mark
    }
    return [f"{mark}: {', '.join(names)}" for mark, names in found.items() if names]
