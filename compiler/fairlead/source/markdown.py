"""Texts of a specification made fit for Markdown on GitHub: whatever they hold, they are shown and mean nothing.

A preview is posted under a name that people trust, about files that a stranger may have written. So no text may become
a heading, a link, an image or HTML, mention anybody, refer to an issue or close it, or end the block that it stands in.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from fairlead.source.render.sources import printable

_PUNCTUATION: Final = re.compile(
    r"""([\\`*\[\]<&|~$]            # code, emphasis, links, HTML, entities, cells, strikes and formulas
      | (?<![^\W_])_ | _(?![^\W_])  # inside a word it is text
      | :(?=\S)                     # addresses and emoji
      | (?<=www)\.                  # addresses without a scheme
      | ^[-+=>#]                    # at the start: lists, quotes and headings
      | NUMBERS                     # and numbered ones, of at most nine digits
      )""".replace("NUMBERS", "|".join(rf"(?<=^\d{{{count}}})[.)]" for count in range(1, 10))),
    re.VERBOSE | re.IGNORECASE,
)
_SPACE: Final = "\N{ZERO WIDTH SPACE}"
# GitHub looks for these in the text that comes out, where a backslash is gone already.
_REFERENCES: Final = re.compile(r"(@|#|\bGH-)(?=\w)", re.IGNORECASE)
_RUN: Final = re.compile(r"`+")
_COMMENT: Final = re.compile(r"<(?=!--)")
SHORTEST_FENCE: Final = 3


def inline(text: str) -> str:
    """A text on one line of Markdown. What stands between backticks in it becomes code."""
    parts = printable(" ".join(text.split())).split("`")
    if len(parts) % 2 == 0:
        return _text("`".join(parts))
    return "".join(_text(part) if number % 2 == 0 else code(part) or "\\`\\`" for number, part in enumerate(parts))


def _text(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", _REFERENCES.sub(rf"\1{_SPACE}", _COMMENT.sub("<" + _SPACE, text)))


def code(text: str) -> str:
    """A text as code within a line, between more backticks than it has in a row."""
    shown = printable(" ".join(text.split()))
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in _RUN.findall(shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    # A comment might look like our own mark.
    return f"{fence}{pad}{_COMMENT.sub('<' + _SPACE, shown)}{pad}{fence}"


def html(text: str) -> str:
    """A text within an HTML element that stands on one line, as that of a summary."""
    return _REFERENCES.sub(rf"\1{_SPACE}", escape(printable(" ".join(text.split()))))


def fenced(text: str, language: str) -> str:
    """A block of code that nothing in it can end, with the end of its last line."""
    lines = [_COMMENT.sub("<" + _SPACE, printable(line.replace("\t", "    "))) for line in text.split("\n")]
    longest = max((len(run) for line in lines for run in _RUN.findall(line)), default=0)
    fence = "`" * max(SHORTEST_FENCE, longest + 1)
    return "\n".join([f"{fence}{language}", *lines, f"{fence}\n"])
