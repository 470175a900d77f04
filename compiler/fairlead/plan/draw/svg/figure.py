"""A drawing as a part of a page: marked with what changed, in the page's own colours, light and dark.

Many figures may stand on one page: ids begin with the figure's name, and the style sheet is the page's own.
"""

from __future__ import annotations

from typing import Final

from fairlead.plan.draw.drawing import Drawing
from fairlead.plan.draw.palette import TONES
from fairlead.plan.draw.svg.document import described
from fairlead.plan.draw.svg.legend import LEGEND_LINE, entries, legend_rows
from fairlead.plan.draw.svg.marks import COLOURS, NOTHING_MARKED, Marks, explained, in_words
from fairlead.plan.draw.svg.paint import LANE_PADDING, OUTER, Page, cards, escaped, lanes, legend, lines, px
from fairlead.plan.draw.svg.places import placed
from fairlead.plan.draw.svg.routes import routes
from fairlead.plan.draw.svg.style import paired

ABOVE: Final = 16
"""Room above and below the drawing."""
CLASS: Final = "life"


def render_figure(shown: Drawing, name: str, marks: Marks = NOTHING_MARKED) -> str:
    """The drawing as an SVG element. `name` begins its ids: letters, digits, `-`, `_` and `.` alone."""
    geometry = placed(shown)
    ways = routes(geometry)
    room = geometry.width + 2 * LANE_PADDING + ways.left + ways.right
    # The legend of a figure says what is drawn how; what kinds of nodes there are is said on the cards.
    rows = legend_rows([*explained(marks), *entries(shown, kinds=False)], room)
    page = Page(OUTER + LANE_PADDING + ways.left, ABOVE, room + 2 * OUTER, marks=marks)
    below = page.y + max(geometry.height, 30) + (46 if ways.loop and len(geometry.rows) == 1 else 0) + 34
    height = below + LEGEND_LINE * len(rows)
    lanes(page, geometry)
    lines(page, geometry, ways)
    cards(page, geometry)
    legend(page, rows, below)
    titles = {vertex.id: vertex.title for vertex in shown.vertices}
    words = ". ".join([*in_words(marks, titles), described(shown)])
    size = f'viewBox="0 0 {px(page.width)} {px(height)}" width="{px(page.width)}" height="{px(height)}"'
    return "\n".join(
        [
            f'<svg class="{CLASS}" {size} role="img" aria-labelledby="{name}-title {name}-words">',
            f'<title id="{name}-title">{escaped(f"The life of {shown.name} in {shown.environment}")}</title>',
            f'<desc id="{name}-words">{escaped(words)}</desc>',
            *page.parts,
            "</svg>",
        ]
    )


def figure_style() -> str:
    """The style sheet of all figures on a page, which sets `color-scheme` to what it shows."""
    marks = "".join(
        f".m-{mark},.w-{mark}{{stroke:light-dark({light},{dark})}}.b-{mark}{{fill:light-dark({light},{dark})}}"
        f".p-{mark}{{fill:light-dark({light},{dark})}}"
        for mark, (light, dark) in COLOURS.items()
    )
    shapes = (
        ".frame{fill:none;stroke-width:2.4}"
        ".m-removed{stroke-dasharray:7 5}"
        ".way.w-added{stroke-width:3;opacity:1}"
        ".way.w-removed{stroke-width:2.4;stroke-dasharray:7 5;opacity:1}"
        ".way.w-changed{stroke-width:2.4;stroke-dasharray:14 3;opacity:1}"
        ".badge-text{font-size:10.5px;font-weight:700;text-anchor:middle;fill:light-dark(#ffffff,#0b0e13)}"
        ".gone .title,.gone .line,.gone .port{text-decoration:line-through}"
    )
    return f".{CLASS}{{{paired(dict.fromkeys(TONES.values()))}{shapes}{marks}}}"
