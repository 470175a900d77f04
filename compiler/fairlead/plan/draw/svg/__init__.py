"""A plan as an SVG for a wall: cards in lanes, one lane for each stage of the model's life.

The way of the drawing: `cards` decides what stands on each node's card and how large it is, `layers` in which column
it stands, `order` which stands above which, `places` gives coordinates, `routes` the lines, and `document` writes it
all. Every step is a function of the one before, so equal plans give equal bytes.
"""

from __future__ import annotations

from fairlead.plan.draw.svg.document import render_svg
from fairlead.plan.draw.svg.figure import figure_style, render_figure
from fairlead.plan.draw.svg.marks import Mark, Marks

__all__ = ["Mark", "Marks", "figure_style", "render_figure", "render_svg"]
