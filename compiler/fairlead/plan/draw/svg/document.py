"""The SVG itself: header, lanes, lines, cards and legend, in the order in which they are painted."""

from __future__ import annotations

from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, drawing
from fairlead.plan.draw.palette import tone_of
from fairlead.plan.draw.plain import plain
from fairlead.plan.draw.svg.legend import LEGEND_LINE, entries, legend_rows
from fairlead.plan.draw.svg.measure import fitted, width, wrapped
from fairlead.plan.draw.svg.paint import LANE_PADDING, LANES, OUTER, Page, cards, escaped, lanes, legend, lines, px
from fairlead.plan.draw.svg.places import placed
from fairlead.plan.draw.svg.routes import routes
from fairlead.plan.draw.svg.style import style
from fairlead.plan.plan import Plan

HEADER: Final = 92
LEAST_WIDTH: Final = 760
NOTHING: Final = "Nothing happens here: training is in another environment, and nothing is served."


def render_svg(plan: Plan) -> str:
    """The drawing of a plan as a whole SVG document."""
    shown = drawing(plan)
    geometry = placed(shown)
    ways = routes(geometry)
    inner = max(geometry.width + 2 * LANE_PADDING + ways.left + ways.right, LEAST_WIDTH)
    spare = inner - geometry.width - 2 * LANE_PADDING - ways.left - ways.right
    page = Page(OUTER + LANE_PADDING + ways.left + spare / 2, HEADER + OUTER, inner + 2 * OUTER)
    below = 46 if ways.loop and len(geometry.rows) == 1 else 0
    rows = legend_rows(entries(shown), inner)
    height = page.y + max(geometry.height, 30) + below + 34 + LEGEND_LINE * len(rows) + OUTER - 14
    tones = dict.fromkeys([*LANES.values(), *(tone_of(vertex.kind) for vertex in shown.vertices)])
    _header(page, shown)
    lanes(page, geometry)
    lines(page, geometry, ways)
    cards(page, geometry)
    legend(page, rows, page.y + max(geometry.height, 30) + below + 34)
    size = f'width="{px(page.width)}" height="{px(height)}" viewBox="0 0 {px(page.width)} {px(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
            f'<title id="title">{escaped(f"The life of {shown.name} in {shown.environment}")}</title>',
            f'<desc id="description">{escaped(described(shown))}</desc>',
            f"<style>{style(tones)}</style>",
            f'<rect class="ground" width="{px(page.width)}" height="{px(height)}"/>',
            *page.parts,
            "</svg>",
            "",
        ]
    )


def described(shown: Drawing) -> str:
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


def _header(page: Page, shown: Drawing) -> None:
    left, room = OUTER, page.width - 2 * OUTER
    about = f"{shown.environment} · {shown.owner}"
    end = width(plain(about), 14)
    name = fitted(plain(shown.name), 30, room - end - 30, bold=True)
    page.add(f'<text class="name" x="{left}" y="{OUTER + 26}">{escaped(name)}</text>')
    page.add(
        f'<text class="about" x="{px(page.width - OUTER)}" y="{OUTER + 26}" text-anchor="end">{escaped(about)}</text>'
    )
    text = shown.description if shown.vertices else NOTHING
    for line in wrapped(plain(text), 14, room, 1) if text else []:
        page.add(f'<text class="about" x="{left}" y="{OUTER + 54}">{escaped(line)}</text>')
