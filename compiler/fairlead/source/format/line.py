"""Lines on their way through the formatter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

COMMENT: Final = re.compile(r"[ \t]*(#.*)?\Z", re.DOTALL)
GAP: Final = 2
"""Blanks before a comment that follows something on its line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the result. `raw` is a line of a text or of brackets over several lines: only its indent changes."""

    indent: int
    text: str
    comment: str = ""
    column: int | None = None
    """Where the comment stood in the source. It stays there where it can, so that aligned comments stay aligned."""
    follows: bool = False
    """Whether this is a comment of its own that goes on with the one above, in the same column."""
    raw: bool = False
    ends_text: bool = False
    """Whether it ends a block text, of which a comment below would become part if it stood too far right."""
    takes_blanks: bool = False
    """Whether blank lines below would become part of it: the end of a text whose header says so."""

    @property
    def is_blank(self) -> bool:
        """Whether the line has nothing, not even a comment."""
        return not self.raw and not self.text and not self.comment


def rendered(lines: list[Line]) -> str:
    """The lines as text: at most one blank line in a row, none at either end, and a newline after the last."""
    result: list[str] = []
    blank, column, before = False, 0, Line(0, "", takes_blanks=True)
    for line in lines:
        if line.is_blank:
            blank = not before.takes_blanks
            continue
        before = line
        if blank:
            result.append("")
            blank = False
        text, column = _one(line, column)
        result.append(text)
    return "\n".join(result) + "\n" if result else ""


def _one(line: Line, above: int) -> tuple[str, int]:
    """A line, and the column of its comment."""
    if line.raw:
        return " " * line.indent + line.text, above if line.column is None else line.column
    if not line.text:
        column = above if line.follows else line.indent
        return " " * column + line.comment, column
    text = " " * line.indent + line.text
    if not line.comment:
        return text, above
    column = max(line.column or 0, len(text) + GAP)
    return f"{text}{' ' * (column - len(text))}{line.comment}", column
