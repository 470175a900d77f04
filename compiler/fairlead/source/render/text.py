"""Diagnostics as text for a terminal, in the form that rustc and Ruff have made familiar."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from fairlead.source.diagnostics import Diagnostic, Severity
from fairlead.source.places import Place
from fairlead.source.render.sources import Sources, advice, counts, printable

_WIDTH: Final = 110
"""Columns of a source line that are shown; of a longer one, the part around the place."""
_BEFORE: Final = 40
"""Columns of a long line that are shown before the place."""
_TAB: Final = 4
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_COMMANDS: Final = ("::", "##[", "##vso[")
"""What begins a line that GitHub Actions or Azure Pipelines obey."""
_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_GUTTER: Final = "\x1b[1;34m"
_HELP: Final = "\x1b[1;32m"
_LEVELS: Final = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}


def render_text(diagnostics: list[Diagnostic], sources: Sources, *, color: bool) -> str:
    """Every finding with its source line, then one line that counts them."""
    writer = _Writer(sources, diagnostics, color=color)
    blocks = [writer.block(found) for found in diagnostics]
    return "\n".join([*blocks, summary(diagnostics) + "\n"])


def summary(diagnostics: list[Diagnostic]) -> str:
    """The closing line: `3 errors and 1 warning in 2 files`."""
    found = counts(diagnostics)
    parts = [_number(found[level], level.value) for level in Severity if found[level]]
    if not parts:
        return "no findings"
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed} in {_number(len({each.place.file for each in diagnostics}), 'file')}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


class _Writer:
    """Writes findings, and keeps each file's lines while it does."""

    def __init__(self, sources: Sources, diagnostics: list[Diagnostic], *, color: bool) -> None:
        self._sources = sources
        self._hidden = {
            (found.place.file, line)
            for found in diagnostics
            if not found.code.shows_source
            for line in range(found.place.line, found.place.end_line + 1)
        }
        self._color = color
        self._lines: dict[str, list[str]] = {}

    def block(self, found: Diagnostic) -> str:
        places = [found.place, *(related.place for related in found.related)]
        margin = " " * max(len(str(place.line)) for place in places)
        level = _LEVELS[found.level]
        head = self._painted(f"{found.level}[{found.code.id}]", level)
        rows = [head + self._painted(f": {printable(found.message)}", _BOLD)]
        rows += self._snippet(found.place, "-->", "^", "", margin, level)
        for related in found.related:
            rows += self._snippet(related.place, ":::", "-", printable(related.message), margin, _GUTTER)
        if found.help or found.nearest is not None:
            rows.append(self._gutter(margin, "|"))
        for sentence in advice(found):
            rows += self._advice(margin, sentence)
        return "\n".join(rows) + "\n"

    def _snippet(self, place: Place, arrow: str, mark: str, label: str, margin: str, paint: str) -> list[str]:
        rows = [f"{margin}{self._painted(arrow, _GUTTER)} {printable(str(place))}"]
        line = self._line(place)
        if line is None:
            return [*rows, *([self._gutter(margin, f"= {label}")] if label else [])]
        shown, blanks, width = _window(line, place)
        number = self._painted(f"{place.line:>{len(margin)}} |", _GUTTER)
        under = self._painted(" ".join([mark * width, *([label] if label else [])]), paint)
        rows.append(self._gutter(margin, "|"))
        rows.append(f"{number} {shown}".rstrip())
        rows.append(f"{self._gutter(margin, '|')} {' ' * blanks}{under}")
        return rows

    def _advice(self, margin: str, sentence: str) -> list[str]:
        """A sentence, and below it the lines to copy that it may bring, without a margin that would be copied too.

        Only where a line looks like a command to a CI system is each behind a margin: what is to be copied may hold
        text of a file that a stranger has changed.
        """
        first, *more = (printable(line) for line in sentence.split("\n"))
        if any(line.lstrip().startswith(_COMMANDS) for line in more):
            more = [f"{self._gutter(margin, '|')} {line}" for line in more]
        return [f"{self._gutter(margin, '=')} {self._painted('help', _HELP)}: {first}", *more]

    def _gutter(self, margin: str, sign: str) -> str:
        return f"{margin} {self._painted(sign, _GUTTER)}"

    def _painted(self, text: str, paint: str) -> str:
        return f"{paint}{text}{_RESET}" if self._color else text

    def _line(self, place: Place) -> str | None:
        """The line that a place is on, or None where its file is not known or is shorter, or a secret stands in it."""
        if (place.file, place.line) in self._hidden:
            return None
        if place.file not in self._lines:
            text = self._sources(place.file)
            self._lines[place.file] = _LINE_END.split(text) if text else []
        lines = self._lines[place.file]
        return lines[place.line - 1] if place.line <= len(lines) else None


def _window(line: str, place: Place) -> tuple[str, int, int]:
    """The part of `line` to show, the blanks before the marks, and the number of marks; all in terminal columns."""
    start = min(place.column - 1, len(line))
    stop = min(place.end_column - 1, len(line)) if place.line == place.end_line else len(line)
    # No character is narrower than a column except those that combine, so this much is enough to choose from.
    first = max(0, start - 4 * _WIDTH)
    cells = _cells(line[first : start + 4 * _WIDTH], at=first)
    start, stop = start - first, min(max(start, stop) - first, len(cells))
    begin, end = 0, len(cells)
    cut_before, cut_after = first > 0, start + first + 4 * _WIDTH < len(line)
    if cut_before or cut_after or sum(width for _, width in cells) > _WIDTH:
        begin = start
        while begin > 0 and sum(width for _, width in cells[begin - 1 : start]) <= _BEFORE:
            begin -= 1
        end, room = begin, _WIDTH
        while end < len(cells) and cells[end][1] <= room:
            room -= cells[end][1]
            end += 1
        cut_before, cut_after = cut_before or begin > 0, cut_after or end < len(cells)
    ellipsis_before, ellipsis_after = "…" * cut_before, "…" * cut_after
    shown = ellipsis_before + "".join(cell for cell, _ in cells[begin:end]) + ellipsis_after
    blanks = len(ellipsis_before) + sum(width for _, width in cells[begin:start])
    return shown, blanks, max(1, sum(width for _, width in cells[start : min(stop, end)]))


def _cells(text: str, *, at: int) -> list[tuple[str, int]]:
    """Each character as it is shown, and how many columns it takes. `at` is the column that the first stands in."""
    cells, column = [], at
    for letter in text:
        if letter == "\t":
            cell = " " * (_TAB - column % _TAB)
            width = len(cell)
        elif letter.isprintable():
            cell, width = letter, _columns(letter)
        else:
            cell = printable(letter)
            width = len(cell)
        cells.append((cell, width))
        column += width
    return cells


def _columns(letter: str) -> int:
    """Terminal columns of a printable character, by its East Asian width (UAX 11); a combining one takes none."""
    if letter.isascii():
        return 1
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
