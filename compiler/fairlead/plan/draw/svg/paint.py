"""What is painted of a drawing: lanes, ways and cards, in the order in which they lie upon each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fairlead.plan.draw.drawing import Flow, Kind, Stage
from fairlead.plan.draw.palette import DATA, JUDGING, RELEASE, SERVING, TRAINING, WATCHING, Tone, tone_of
from fairlead.plan.draw.plain import plain
from fairlead.plan.draw.svg.cards import HEAD, LINE, PADDING, TITLE_LINE, WIDTH, Card, Port
from fairlead.plan.draw.svg.icons import ICONS
from fairlead.plan.draw.svg.legend import LEGEND_LINE, Entry
from fairlead.plan.draw.svg.marks import NOTHING_MARKED, Mark, Marks, badge
from fairlead.plan.draw.svg.measure import fitted
from fairlead.plan.draw.svg.places import BETWEEN_ROWS, Placed, Row
from fairlead.plan.draw.svg.routes import Line, Routes

OUTER: Final = 40
LANE_PADDING: Final = 16
LANES: Final = {
    Stage.DATA: DATA,
    Stage.TRAINING: TRAINING,
    Stage.JUDGING: JUDGING,
    Stage.RELEASE: RELEASE,
    Stage.SERVING: SERVING,
    Stage.WATCHING: WATCHING,
}


@dataclass
class Page:
    """Elements, and where the lanes' (0, 0) is on the page."""

    x: float
    y: float
    width: float
    parts: list[str] = field(default_factory=list)
    marks: Marks = NOTHING_MARKED

    def add(self, text: str) -> None:
        """The next element, above all before."""
        self.parts.append(text)


def escaped(text: str) -> str:
    """`text` as it can stand in an element or between the quotes of an attribute."""
    pairs = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
    text = plain(text)
    for character, entity in pairs:
        text = text.replace(character, entity)
    return text


def px(value: float) -> str:
    """A coordinate with at most one decimal, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def lanes(page: Page, geometry: Placed) -> None:
    """The stages, each as a lane with its name."""
    for stage, row, left, right in geometry.lanes():
        x, y = page.x + left - LANE_PADDING, page.y + row.top
        tone = LANES[stage]
        page.add(
            f'<rect class="lane" x="{px(x)}" y="{px(y)}" width="{px(right - left + 2 * LANE_PADDING)}"'
            f' height="{px(row.height)}" rx="14"/>'
        )
        at = f'x="{px(x + LANE_PADDING)}" y="{px(y + 26)}"'
        page.add(f'<text class="lane-name a-{tone.name}" {at}>{stage.value.upper()}</text>')
    _border(page, geometry)


def _border(page: Page, geometry: Placed) -> None:
    """The line between what a cluster proposes and what Git says."""
    commit = next((link for link in geometry.shown.links if link.flow is Flow.COMMIT), None)
    if commit is None:
        return
    row = geometry.row_of(commit.reader)
    x = page.x + (geometry.x(commit.giver) + geometry.x(commit.reader) + WIDTH) / 2
    top = page.y + row.top
    page.add(f'<path class="border l-{RELEASE.name}" d="M{px(x)} {px(top + 34)}V{px(top + row.height - 8)}"/>')
    page.add(
        f'<text class="kind middle a-{RELEASE.name}" x="{px(x)}" y="{px(top + 26)}">COMMIT'
        f"<title>{escaped(commit.why)}</title></text>"
    )


def lines(page: Page, geometry: Placed, ways: Routes) -> None:
    """The ways between cards."""
    page.add(f'<g transform="translate({px(page.x)} {px(page.y)})">')
    # The most important ones last, so that they lie on top.
    for line in sorted(ways.lines, key=lambda line: line.port.flow is Flow.COMMIT):
        _line(page, geometry, line)
    if ways.loop:
        _line(page, geometry, ways.loop)
        reason = ways.loop.port.links[0].why
        first: Row = geometry.rows[0]
        x, y = (-14.0, first.height + BETWEEN_ROWS / 2 + 4) if len(geometry.rows) > 1 else (0.0, geometry.height + 24)
        page.add(f'<text class="note" x="{px(x)}" y="{px(y)}">{escaped(fitted(reason, 12.5, geometry.width))}</text>')
    page.add("</g>")


def _line(page: Page, geometry: Placed, line: Line) -> None:
    flow = line.port.flow
    tone = RELEASE if flow is Flow.COMMIT else tone_of(geometry.layers.cards[line.giver].vertex.kind)
    manner = " optional" if line.optional else f" {flow.value}" if flow in (Flow.COMMIT, Flow.LOOP) else ""
    link = line.port.links[0]
    says = f"{line.giver} gives {', '.join(dict.fromkeys(each.label for each in line.port.links))}"
    if link.why:
        says = f"{says}: {link.why}"
    mark = page.marks.of(line)
    ink = f"w-{mark}" if mark else f"l-{tone.name}{manner}"
    says = f"{mark}: {says}" if mark else says
    page.add(f'<path class="way {ink}" d="{line.path}"><title>{escaped(says)}</title></path>')
    if line.arrow:
        x, y, points = line.arrow
        long, half = (11, 6) if flow in (Flow.COMMIT, Flow.LOOP) else (8, 4.5)
        tip = f"p-{mark}" if mark else f"a-{tone.name}"
        page.add(f'<path class="{tip}" d="M{px(x)} {px(y)}l{px(-points * long)} {px(-half)}v{px(2 * half)}z"/>')


def cards(page: Page, geometry: Placed) -> None:
    """The cards, above everything else."""
    for item in geometry.column_of:
        card = geometry.card(item)
        if card:
            _card(page, card, geometry.x(item), geometry.y[item], backwards=geometry.row_of(item).backwards)


def _card(page: Page, card: Card, x: float, y: float, *, backwards: bool) -> None:
    vertex, tone = card.vertex, tone_of(card.vertex.kind)
    mark = page.marks.nodes.get(vertex.id)
    gone = ' class="gone"' if mark is Mark.REMOVED else ""
    page.add(f'<g{gone} transform="translate({px(page.x + x)} {px(page.y + y)})">')
    says = "; ".join(
        (
            *((mark,) if mark else ()),
            vertex.id,
            vertex.title,
            *vertex.details,
            *((vertex.waits.detail,) if vertex.waits else ()),
        )
    )
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
        page.add(f'<text class="title t-{tone.name}" x="{PADDING}" y="{px(top - 1)}">{escaped(text)}</text>')
    top += 2
    for text, ink in (*((t, f"t-{tone.name}") for t in card.details), *((t, "amber") for t in card.waiting)):
        top += LINE
        page.add(f'<text class="line {ink}" x="{PADDING}" y="{px(top - 1)}">{escaped(text)}</text>')
    for position, port in enumerate(card.ports):
        _port(page, port, tone, card.port_offset(position), backwards=backwards)
    for part in badge(mark, card.height) if mark else ():
        page.add(part)
    page.add("</g>")


def _port(page: Page, port: Port, tone: Tone, y: float, *, backwards: bool) -> None:
    edge, x, side = (0, PADDING, " left") if backwards else (WIDTH, WIDTH - PADDING, "")
    kind = f"{escaped(port.type)} " if port.type else ""
    words = f'{kind}<tspan font-weight="650">{escaped(port.names)}</tspan>' if port.links else escaped(port.names)
    faded = "" if port.links else ' opacity=".7"'
    page.add(f'<text class="port t-{tone.name}{side}" x="{x}" y="{px(y + 4)}"{faded}>{words}</text>')
    dot = f"a-{tone.name}" if port.links else f"f-{tone.name}"
    page.add(f'<circle class="{dot}" cx="{edge}" cy="{px(y)}" r="{3.2 if port.links else 2.6}"/>')


def _outline(kind: Kind, height: float) -> str:
    """A gate has cut corners, what holds data the round ends of a drum, and everything else round corners."""
    w, h = WIDTH, height
    if kind is Kind.GATE:
        c = 12
        return f"M{c} 0H{w - c}L{w} {c}V{px(h - c)}L{w - c} {px(h)}H{c}L0 {px(h - c)}V{c}Z"
    if kind in (Kind.SNAPSHOT, Kind.LOCK):
        return f"M0 7C0-3 {w}-3 {w} 7V{px(h - 7)}C{w} {px(h + 3)} 0 {px(h + 3)} 0 {px(h - 7)}Z"
    r = 16 if kind in (Kind.SERVE, Kind.GRAPH, Kind.MEMBER, Kind.ENVIRONMENT, Kind.RETRAIN) else 7
    right = f"H{w - r}Q{w} 0 {w} {r}V{px(h - r)}Q{w} {px(h)} {w - r} {px(h)}"
    return f"M{r} 0{right}H{r}Q0 {px(h)} 0 {px(h - r)}V{r}Q0 0 {r} 0Z"


def legend(page: Page, rows: list[list[tuple[Entry, float]]], top: float) -> None:
    """What signs mean, below the lanes."""
    for index, row in enumerate(rows):
        y = top + index * LEGEND_LINE
        for entry, x in row:
            page.add(f'<g transform="translate({px(OUTER + x)} {px(y)})">{entry.sign}')
            page.add(f'<text class="legend" x="{entry.indent}" y="4">{escaped(entry.text)}</text></g>')
