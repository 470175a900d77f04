"""What stands on the card of a node, line by line, and the ports through which things leave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fairlead.plan.artifacts import Artifact
from fairlead.plan.draw.drawing import Drawing, Flow, Link, Vertex
from fairlead.plan.draw.plain import plain
from fairlead.plan.draw.svg.measure import fitted, width, wrapped
from fairlead.plan.draw.svg.spread import spread

WIDTH: Final = 216
"""The width of every card. All lengths in this package are pixels of the drawing's own scale."""
PADDING: Final = 12
HEAD: Final = 24
"""The height of the line with the icon and the kind."""
TITLE_LINE: Final = 17
LINE: Final = 15
PORT_LINE: Final = 20
TITLE_SIZE: Final = 13
SIZE: Final = 11
MOST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Port:
    """Things that leave a card together, because the same nodes read them."""

    type: str
    names: str
    links: tuple[Link, ...]
    """The ways from here; none for what nothing reads."""

    @property
    def flow(self) -> Flow:
        """What kind of way starts here."""
        return self.links[0].flow if self.links else Flow.ARTIFACT

    @property
    def readers(self) -> tuple[str, ...]:
        """The nodes that read it, each once."""
        return tuple(dict.fromkeys(link.reader for link in self.links))


@dataclass(frozen=True, slots=True)
class Card:
    """A node's card: its text, already broken into lines that fit, and its ports."""

    vertex: Vertex
    title: tuple[str, ...]
    details: tuple[str, ...]
    waiting: tuple[str, ...]
    ports: tuple[Port, ...]
    inputs: int
    """How many ways arrive."""

    @property
    def band(self) -> int:
        """The height of the band at the bottom, where ways arrive on one side and leave on the other."""
        rows = max(len(self.ports), -(-self.inputs * 12 // PORT_LINE))
        return rows * PORT_LINE + 8 if rows else 6

    @property
    def height(self) -> int:
        """The height of the whole card."""
        lines = len(self.details) + len(self.waiting)
        return HEAD + len(self.title) * TITLE_LINE + lines * LINE + (8 if lines else 4) + self.band

    def port_offset(self, position: int) -> float:
        """How far below the card's top a port is."""
        spare = self.band - 8 - len(self.ports) * PORT_LINE
        return self.height - self.band + 4 + spare / 2 + (position + 0.5) * PORT_LINE

    @property
    def entry_offset(self) -> float:
        """How far below the card's top the middle of the arriving ways is: level with the port of a card with one."""
        return self.port_offset(0) if self.inputs == 1 and self.ports else self.height - self.band / 2

    def entries(self, heights: Sequence[float]) -> list[float]:
        """How far below the card's top ways end that come from `heights` (as far below it, from high to low).

        As level as they can be, but apart from each other and beside the band.
        """
        low, high = self.height - self.band + 6, self.height - 8
        step = min(14.0, (high - low) / max(len(heights) - 1, 1))
        wanted = [min(max(height, low), high) for height in heights]
        ends = spread(wanted, [1.0] * len(wanted), [step] * (len(wanted) - 1))
        last = len(ends) - 1
        return [
            min(max(end, low + step * position), high - step * (last - position)) for position, end in enumerate(ends)
        ]


def card(shown: Drawing, vertex: Vertex) -> Card:
    """The card of a node."""
    room = WIDTH - 2 * PADDING
    arriving = {(link.giver, link.label) for link in shown.links if link.reader == vertex.id}
    waits = vertex.waits
    return Card(
        vertex,
        tuple(wrapped(plain(vertex.title), TITLE_SIZE, room, 2, bold=True)),
        tuple(_detail_lines(vertex.details, room)),
        tuple(wrapped(plain(f"{_words(waits.reason)}: {waits.detail}"), SIZE, room, 3)) if waits else (),
        _ports(shown, vertex, room),
        len(arriving),
    )


def _detail_lines(details: Sequence[str], room: float) -> list[str]:
    """As many facts as the card has lines for, long ones on two; the last line says how many are left out."""
    lines: list[str] = []
    for position, fact in enumerate(details):
        broken = wrapped(plain(fact), SIZE, room, 2)
        spare = 0 if position == len(details) - 1 else 1
        if len(lines) + len(broken) + spare > MOST_LINES:
            return [*lines, f"and {len(details) - position} more"]
        lines += broken
    return lines


def _words(name: str) -> str:
    return name.replace("-", " ")


def _ports(shown: Drawing, vertex: Vertex, room: float) -> tuple[Port, ...]:
    """One port for all that goes to the same readers in the same manner, and a last one for what nothing reads."""
    groups: dict[tuple[object, ...], list[tuple[str, str, list[Link]]]] = {}
    artifacts = {artifact.id: artifact for artifact in vertex.gives}
    labels = dict.fromkeys([*artifacts, *(link.label for link in shown.links if link.giver == vertex.id)])
    unread: list[Artifact] = []
    for label in labels:
        links = shown.readers(vertex.id, label)
        if not links:
            unread.append(artifacts[label])
            continue
        kind = _spaced(links[0].type.value) if links[0].type else ""
        name = label.rpartition("/")[2] if label in artifacts or links[0].type else label
        readers = (kind, *((link.reader, link.flow, link.optional) for link in links))
        groups.setdefault(readers, []).append((kind, name, links))
    ports = [_port(members, room) for members in groups.values()]
    if unread:
        kinds = dict.fromkeys(_spaced(artifact.type.value) for artifact in unread)
        ports.append(Port("", fitted(", ".join(kinds), SIZE, room), ()))
    return tuple(ports)


def _port(members: Sequence[tuple[str, str, list[Link]]], room: float) -> Port:
    kind = members[0][0]
    names = ", ".join(plain(name) for _, name, _ in members)
    if names.casefold() in (kind.casefold(), kind.rpartition(" ")[2].casefold()):
        kind = ""
    names = fitted(names, SIZE, room - width(f"{kind} ", SIZE))
    return Port(kind, names, tuple(link for _, _, links in members for link in links))


def _spaced(name: str) -> str:
    """`ModelVersion` as `model version`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
