"""A preview as one HTML page that needs nothing else: no network, no clock, no random name.

`page` fills the template, `entries` says what stands where and under which id, `anchors` makes the ids, `diffs` breaks
differences into runs of lines, `pictures` draws the graphs, and `texts` makes seen what would be unseen. Style sheet
and script lie beside the template and are written into the page, which allows itself these two and nothing else.
"""

from __future__ import annotations

from fairlead.preview.html.page import render_html

__all__ = ["render_html"]
