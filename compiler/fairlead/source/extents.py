"""Where a node really begins and ends, where libyaml's marks say something else.

libyaml lets a node begin at its anchor or tag, lets a block scalar end where the next token begins, and ends a text
without a final line break on a line that is not there.
"""

from __future__ import annotations

import re
from typing import Any, Final

from fairlead.source.characters import Lines
from fairlead.source.places import Place

# An anchor, a tag, and what may stand between them and the node that they belong to.
_PROPERTIES: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*|!<[^>\s]*>|[&!][^\s,\[\]{}]*)*")
_TAG: Final = re.compile(r"!(?:<[^>\s]*>|[^\s,\[\]{}]*)")


class Extents:
    """Corrects the marks of libyaml's events for one text. Lines and columns that it gives count from 1."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def behind_properties(self, start: Any, end: Any | None) -> tuple[int, int]:
        """Line and column of a node's own text, behind its anchor and its tag; `end` is the mark of a scalar's end."""
        found = _PROPERTIES.match(self._lines.text, start.index)
        offset = found.end() if found else start.index
        if end is not None:
            offset = max(start.index, min(offset, end.index))
        place = self._lines.span(offset, offset)
        return place.line, place.column

    def tag(self, start: Any) -> tuple[Place, str]:
        """The place and the text of the tag of a node that begins at the mark `start`."""
        found = _TAG.search(self._lines.text, start.index)
        assert found, "libyaml saw a tag here"
        return self._lines.span(*found.span()), found.group()

    def end_of_block(self, line: int, end: Any) -> tuple[int, int]:
        """Where the last line with content of a block scalar ends that begins on `line`."""
        last = min(end.line + 1 if end.column else end.line, len(self._lines.lines))
        while last > line and not self._lines.lines[last - 1].strip():
            last -= 1
        return last, len(self._lines.lines[last - 1]) + 1

    def end_of_text(self) -> tuple[int, int]:
        """Behind the last character."""
        return len(self._lines.lines), len(self._lines.lines[-1]) + 1
