"""The SVG itself: header, lanes, lines, cards and legend, in the order in which they are painted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Stage, drawing
from fairlead.plan.draw.palette import DATA, JUDGING, RELEASE, SERVING, TRAINING, WATCHING, Tone, tone_of
from fairlead.plan.draw.plain import plain
from fairlead.plan.draw.svg.cards import (
    HEAD,
    LINE,
    PADDING,
    TITLE_LINE,
    WIDTH,
    Card,
    Port,
)
from fairlead.plan.draw.svg.icons import ICONS
from fairlead.plan.draw.svg.legend import LEGEND_LINE, Entry, entries, legend_rows
from fairlead.plan.draw.svg.measure import fitted, width, wrapped
from fairlead.plan.draw.svg.places import BETWEEN_ROWS, Placed, Row, placed
from fairlead.plan.draw.svg.routes import Line, Routes, routes
from fairlead.plan.draw.svg.style import style
from fairlead.plan.plan import Plan

OUTER: Final = 40
LANE_PADDING: Final = 16
HEADER: Final = 92
LEAST_WIDTH: Final = 760
LANES: Final = {
    Stage.DATA: DATA,
    Stage.TRAINING: TRAINING,
    Stage.JUDGING: JUDGING,
    Stage.RELEASE: RELEASE,
    Stage.SERVING: SERVING,
    Stage.WATCHING: WATCHING,
}
NOTHING: Final = "Nothing happens here: training is in another environment, and nothing is served."


@dataclass
class _Page:
    """Elements, and where the lanes' (0, 0) is on the page."""

    x: float
    y: float
    width: float
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)


def render_svg(plan: Plan) -> str:
    """The drawing of a plan as a whole SVG document."""
    shown = drawing(plan)
    geometry = placed(shown)
    ways = routes(geometry)
    inner = max(geometry.width + 2 * LANE_PADDING + ways.left + ways.right, LEAST_WIDTH)
    spare = inner - geometry.width - 2 * LANE_PADDING - ways.left - ways.right
    page = _Page(OUTER + LANE_PADDING + ways.left + spare / 2, HEADER + OUTER, inner + 2 * OUTER)
    below = 46 if ways.loop and len(geometry.rows) == 1 else 0
    rows = legend_rows(entries(shown), inner)
    height = page.y + max(geometry.height, 30) + below + 34 + LEGEND_LINE * len(rows) + OUTER - 14
    tones = dict.fromkeys([*LANES.values(), *(tone_of(vertex.kind) for vertex in shown.vertices)])
    _header(page, shown)
    _lanes(page, geometry)
    _lines(page, geometry, ways)
    for item in geometry.column_of:
        card = geometry.card(item)
        if card:
            _card(page, card, geometry.x(item), geometry.y[item], backwards=geometry.row_of(item).backwards)
    _legend(page, rows, page.y + max(geometry.height, 30) + below + 34)
    size = f'width="{_n(page.width)}" height="{_n(height)}" viewBox="0 0 {_n(page.width)} {_n(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
            f'<title id="title">{escaped(f"The life of {shown.name} in {shown.environment}")}</title>',
            f'<desc id="description">{escaped(_described(shown))}</desc>',
            f"<style>{style(tones)}</style>",
            f'<rect class="ground" width="{_n(page.width)}" height="{_n(height)}"/>',
            *page.parts,
            "</svg>",
            "",
        ]
    )


def escaped(text: str) -> str:
    """`text` as it can stand in an element or between the quotes of an attribute."""
    pairs = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
    text = plain(text)
    for character, entity in pairs:
        text = text.replace(character, entity)
    return text


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _described(shown: Drawing) -> str:
    """The drawing in words, for who can't see it."""
    names = {vertex.id: vertex.title for vertex in shown.vertices}
    parts = [f"{stage.value}: {', '.join(vertex.title for vertex in inside)}" for stage, inside in shown.stages()]
    waits = [f"{v.title} waits: {v.waits.detail}" for v in shown.vertices if v.waits]
    special = [
        f"from {names[link.giver]} to {names[link.reader]}: {link.why}"
        for link in shown.links
        if link.flow in (Flow.COMMIT, Flow.LOOP)
    ]
    return ". ".join([*parts, *waits, *special] or [NOTHING])


def _header(page: _Page, shown: Drawing) -> None:
    left, room = OUTER, page.width - 2 * OUTER
    about = f"{shown.environment} · {shown.owner}"
    end = width(plain(about), 14)
    name = fitted(plain(shown.name), 30, room - end - 30, bold=True)
    page.add(f'<text class="name" x="{left}" y="{OUTER + 26}">{escaped(name)}</text>')
    page.add(
        f'<text class="about" x="{_n(page.width - OUTER)}" y="{OUTER + 26}" text-anchor="end">{escaped(about)}</text>'
    )
    text = shown.description if shown.vertices else NOTHING
    for line in wrapped(plain(text), 14, room, 1) if text else []:
        page.add(f'<text class="about" x="{left}" y="{OUTER + 54}">{escaped(line)}</text>')


def _lanes(page: _Page, geometry: Placed) -> None:
    for stage, row, left, right in geometry.lanes():
        x, y = page.x + left - LANE_PADDING, page.y + row.top
        tone = LANES[stage]
        page.add(
            f'<rect class="lane" x="{_n(x)}" y="{_n(y)}" width="{_n(right - left + 2 * LANE_PADDING)}"'
            f' height="{_n(row.height)}" rx="14"/>'
        )
        at = f'x="{_n(x + LANE_PADDING)}" y="{_n(y + 26)}"'
        page.add(f'<text class="lane-name a-{tone.name}" {at}>{stage.value.upper()}</text>')
    _border(page, geometry)


def _border(page: _Page, geometry: Placed) -> None:
    """The line between what a cluster proposes and what Git says."""
    commit = next((link for link in geometry.shown.links if link.flow is Flow.COMMIT), None)
    if commit is None:
        return
    row = geometry.row_of(commit.reader)
    x = page.x + (geometry.x(commit.giver) + geometry.x(commit.reader) + WIDTH) / 2
    top = page.y + row.top
    page.add(f'<path class="border l-{RELEASE.name}" d="M{_n(x)} {_n(top + 34)}V{_n(top + row.height - 8)}"/>')
    page.add(
        f'<text class="kind middle a-{RELEASE.name}" x="{_n(x)}" y="{_n(top + 26)}">COMMIT'
        f"<title>{escaped(commit.why)}</title></text>"
    )


def _lines(page: _Page, geometry: Placed, ways: Routes) -> None:
    page.add(f'<g transform="translate({_n(page.x)} {_n(page.y)})">')
    # The most important ones last, so that they lie on top.
    for line in sorted(ways.lines, key=lambda line: line.port.flow is Flow.COMMIT):
        _line(page, geometry, line)
    if ways.loop:
        _line(page, geometry, ways.loop)
        reason = ways.loop.port.links[0].why
        first: Row = geometry.rows[0]
        x, y = (-14.0, first.height + BETWEEN_ROWS / 2 + 4) if len(geometry.rows) > 1 else (0.0, geometry.height + 24)
        page.add(f'<text class="note" x="{_n(x)}" y="{_n(y)}">{escaped(fitted(reason, 12.5, geometry.width))}</text>')
    page.add("</g>")


def _line(page: _Page, geometry: Placed, line: Line) -> None:
    flow = line.port.flow
    tone = RELEASE if flow is Flow.COMMIT else tone_of(geometry.layers.cards[line.giver].vertex.kind)
    manner = " optional" if line.optional else f" {flow.value}" if flow in (Flow.COMMIT, Flow.LOOP) else ""
    link = line.port.links[0]
    says = f"{line.giver} gives {', '.join(dict.fromkeys(each.label for each in line.port.links))}"
    if link.why:
        says = f"{says}: {link.why}"
    page.add(f'<path class="way l-{tone.name}{manner}" d="{line.path}"><title>{escaped(says)}</title></path>')
    if line.arrow:
        x, y, points = line.arrow
        long, half = (11, 6) if flow in (Flow.COMMIT, Flow.LOOP) else (8, 4.5)
        page.add(f'<path class="a-{tone.name}" d="M{_n(x)} {_n(y)}l{_n(-points * long)} {_n(-half)}v{_n(2 * half)}z"/>')


def _card(page: _Page, card: Card, x: float, y: float, *, backwards: bool) -> None:
    vertex, tone = card.vertex, tone_of(card.vertex.kind)
    page.add(f'<g transform="translate({_n(page.x + x)} {_n(page.y + y)})">')
    says = "; ".join((vertex.id, vertex.title, *vertex.details, *((vertex.waits.detail,) if vertex.waits else ())))
    page.add(f"<title>{escaped(says)}</title>")
    waits = " waits" if vertex.waits or vertex.kind in (Kind.ENVIRONMENT, Kind.MEMBER) else ""
    page.add(f'<path class="card f-{tone.name}{waits}" d="{_outline(vertex.kind, card.height)}"/>')
    page.add(f'<path class="icon l-{tone.name}" transform="translate({PADDING} 9)" d="{ICONS[vertex.kind]}"/>')
    page.add(
        f'<text class="kind a-{tone.name}" x="{PADDING + 21}" y="19.5">{escaped(vertex.kind.value.upper())}</text>'
    )
    top: float = HEAD
    for text in card.title:
        top += TITLE_LINE
        page.add(f'<text class="title t-{tone.name}" x="{PADDING}" y="{_n(top - 1)}">{escaped(text)}</text>')
    top += 2
    for text, ink in (*((t, f"t-{tone.name}") for t in card.details), *((t, "amber") for t in card.waiting)):
        top += LINE
        page.add(f'<text class="line {ink}" x="{PADDING}" y="{_n(top - 1)}">{escaped(text)}</text>')
    for position, port in enumerate(card.ports):
        _port(page, port, tone, card.port_offset(position), backwards=backwards)
    page.add("</g>")


def _port(page: _Page, port: Port, tone: Tone, y: float, *, backwards: bool) -> None:
    edge, x, side = (0, PADDING, " left") if backwards else (WIDTH, WIDTH - PADDING, "")
    kind = f"{escaped(port.type)} " if port.type else ""
    words = f'{kind}<tspan font-weight="650">{escaped(port.names)}</tspan>' if port.links else escaped(port.names)
    faded = "" if port.links else ' opacity=".7"'
    page.add(f'<text class="port t-{tone.name}{side}" x="{x}" y="{_n(y + 4)}"{faded}>{words}</text>')
    dot = f"a-{tone.name}" if port.links else f"f-{tone.name}"
    page.add(f'<circle class="{dot}" cx="{edge}" cy="{_n(y)}" r="{3.2 if port.links else 2.6}"/>')


def _outline(kind: Kind, height: float) -> str:
    """A gate has cut corners, what holds data the round ends of a drum, and everything else round corners."""
    w, h = WIDTH, height
    if kind is Kind.GATE:
        c = 12
        return f"M{c} 0H{w - c}L{w} {c}V{_n(h - c)}L{w - c} {_n(h)}H{c}L0 {_n(h - c)}V{c}Z"
    if kind in (Kind.SNAPSHOT, Kind.LOCK):
        return f"M0 7C0-3 {w}-3 {w} 7V{_n(h - 7)}C{w} {_n(h + 3)} 0 {_n(h + 3)} 0 {_n(h - 7)}Z"
    r = 16 if kind in (Kind.SERVE, Kind.GRAPH, Kind.MEMBER, Kind.ENVIRONMENT, Kind.RETRAIN) else 7
    right = f"H{w - r}Q{w} 0 {w} {r}V{_n(h - r)}Q{w} {_n(h)} {w - r} {_n(h)}"
    return f"M{r} 0{right}H{r}Q0 {_n(h)} 0 {_n(h - r)}V{r}Q0 0 {r} 0Z"


def _legend(page: _Page, rows: list[list[tuple[Entry, float]]], top: float) -> None:
    for index, row in enumerate(rows):
        y = top + index * LEGEND_LINE
        for entry, x in row:
            page.add(f'<g transform="translate({_n(OUTER + x)} {_n(y)})">{entry.sign}')
            page.add(f'<text class="legend" x="{entry.indent}" y="4">{escaped(entry.text)}</text></g>')
