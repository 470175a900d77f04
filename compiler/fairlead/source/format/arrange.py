"""Putting lines in order: indentation by two, keys in their canonical order, comments with what they belong to.

A comment on a line of its own belongs to what follows, unless it goes on with the comment of the line above, in the
same column, or is indented deeper than what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from fairlead.source.format.comments import Comments
from fairlead.source.format.flow import written
from fairlead.source.format.line import Line
from fairlead.source.format.outline import Block, Node, Scalar, keeps_blanks, last_line
from fairlead.source.nodes import Path

STEP: Final = 2
Order: TypeAlias = Callable[[Path], Sequence[str]]
"""The canonical keys of the section at a path; none where its order is the writer's."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What opens an entry in the source: a key and its colon, or a dash."""

    text: str
    line: int
    column: int
    after: int
    """The offset behind it."""


@dataclass(frozen=True, slots=True)
class _To:
    """Where an entry goes."""

    until: int
    """The line at which the next one begins."""
    indent: int
    path: Path
    gap: str
    """The blanks between a key and its value."""


class Arranger:
    """Arranges the lines of one document."""

    def __init__(self, text: str, order: Order) -> None:
        self._text = text
        self._lines = text.split("\n")
        self._order = order
        self._comments = Comments(text, self._lines, None)

    def arranged(self, root: Node) -> list[Line]:
        """All lines of the document."""
        self._comments = Comments(self._text, self._lines, root)
        if not isinstance(root, Block):
            return self._as_they_are(0, len(self._lines))
        marks = ("...", "---")
        after = range(last_line(self._lines, root, root.first_line) + 1, len(self._lines))
        end = next((index for index in after if self._lines[index].startswith(marks)), len(self._lines))
        body = end
        while not self._lines[body - 1].strip() and not self._comments.is_inside(body - 1):
            body -= 1
        head = self._end_of_head(root.first_line)
        return [
            *self._as_they_are(0, head),
            *self._block(root, head, body, 0, ()),
            *self._as_they_are(body, len(self._lines)),
        ]

    def _end_of_head(self, first: int) -> int:
        """Where what stands above the first key ends to be about the file: at a blank line, or at that key."""
        inner = (index + 1 for index in range(first - 1, -1, -1) if not self._lines[index].lstrip().startswith("#"))
        return next(inner, first)

    def _as_they_are(self, first: int, end: int) -> list[Line]:
        return [self._shifted(index, 0) for index in range(first, end)]

    def _shifted(self, index: int, by: int) -> Line:
        """A line of which only the indent changes; a blank line stays one where it belongs to no text."""
        line = self._lines[index]
        if not self._comments.is_inside(index):
            line = line.rstrip()
            if not line:
                return Line(0, "")
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        at = self._comments.column(index)
        return Line(max(indent + by, 0) if line else 0, body, column=None if at is None else at + by, raw=True)

    def _block(self, block: Block, start: int, end: int, indent: int, path: Path) -> list[Line]:
        """The lines of a collection, which are those from `start` to `end`, its comments included."""
        starts = block.starts()
        chunks: list[list[Line]] = []
        before = start
        steps: Sequence[str | int] = self._names(block) if block.mapping else range(len(starts))
        order = self._sequence(steps, path)
        gaps = self._gaps(block, order)
        for position, (line, step) in enumerate(zip(starts, steps, strict=True)):
            value = block.values[position]
            last = last_line(self._lines, value, line)
            following = starts[position + 1] if position + 1 < len(starts) else None
            until = end if following is None else self._end_of_tail(last + 1, following, block.column)
            lead = list(self._own_lines(before, line, indent))
            body, rest = self._entry(block, position, _To(until, indent, (*path, step), gaps.get(position, " ")))
            # Behind a block text, a comment that hangs could become part of it.
            deeper = None if body[-1].ends_text else block.column
            chunks.append([*lead, *body, *self._own_lines(rest, until, indent, deeper)])
            before = until
        if (
            order != list(range(len(chunks)))
            and start == starts[0]
            and indent
            and _opens_with_comment(chunks[order[0]])
        ):
            # The first line of an item stands beside its dash, where a comment can't.
            order = list(range(len(chunks)))
        return [line for position in order for line in chunks[position]]

    def _names(self, block: Block) -> list[str]:
        texts = [self._text[key.span.start : key.span.end] for key in block.keys]
        return [text[1:-1] if text[:1] in "'\"" else text for text in texts]

    def _sequence(self, steps: Sequence[str | int], path: Path) -> list[int]:
        """The positions of a collection's entries in their canonical order."""
        known = {name: rank for rank, name in enumerate(self._order(path))}
        positions = range(len(steps))
        return (
            sorted(positions, key=lambda position: known.get(str(steps[position]), len(known)))
            if known
            else [*positions]
        )

    def _gaps(self, block: Block, order: list[int]) -> dict[int, str]:
        """The blanks between key and value where a writer aligned them with a neighbour's; one blank otherwise."""
        columns: list[int | None] = []
        for position in order if block.mapping else ():
            key, value = block.keys[position], block.values[position]
            columns.append(value.span.column if self._fits_line(value, key.span.line) else None)
        gaps = {}
        for index, column in enumerate(columns):
            near = [columns[other] for other in (index - 1, index + 1) if 0 <= other < len(columns)]
            if column is not None and column in near:
                gaps[order[index]] = " " * (column - block.keys[order[index]].span.end_column - 1)
        return gaps

    def _fits_line(self, value: Node, line: int) -> bool:
        span = value.span
        return not isinstance(value, Block) and span.start != span.end and (span.line, span.end_line) == (line, line)

    def _entry(self, block: Block, position: int, to: _To) -> tuple[list[Line], int]:
        """A key or a dash with its value, and the first line after them."""
        value = block.values[position]
        if block.mapping:
            key = block.keys[position]
            opening = _Opening(f"{written(self._text, key)}:", key.span.line, block.column, key.span.end + 1)
        else:
            line, column = block.dashes[position]
            opening = _Opening("-", line, column, self._comments.offset(line) + column + 1)
            if isinstance(value, Block) and value.first_line == line and self._text[value.span.start] not in "&!":
                end = self._inner_end(value, to.until)
                return _beside_dash(self._block(value, line, end, to.indent + STEP, to.path), to.indent), end
        return self._with_value(opening, value, to)

    def _with_value(self, opening: _Opening, value: Node, to: _To) -> tuple[list[Line], int]:
        """What opens an entry, and its value: beside it, below it, or none."""
        line = opening.line
        comment, at = self._comments.behind(line)
        if self._fits_line(value, line):
            assert not isinstance(value, Block)
            return [Line(to.indent, f"{opening.text}{to.gap}{written(self._text, value)}", comment, at)], line + 1
        if isinstance(value, Scalar) and value.span.start == value.span.end:
            return [Line(to.indent, opening.text, comment, at)], line + 1
        if isinstance(value, Block) and self._is_below(value, opening):
            end = self._inner_end(value, to.until)
            below = self._block(value, line + 1, end, to.indent + STEP, to.path)
            if opening.text == "-" and not comment and _first(below).text:
                return _beside_dash(below, to.indent), end
            return [Line(to.indent, opening.text, comment, at), *below], end
        last = last_line(self._lines, value, line)
        return self._moved(value, range(line, last + 1), to.indent, opening.column), last + 1

    def _moved(self, value: Node, lines: range, indent: int, column: int) -> list[Line]:
        """Lines as they are, moved as a whole from a column to an indent."""
        first, last = lines.start, lines.stop - 1
        text = self._lines[first][column:]
        opening = Line(indent, text if self._comments.is_inside(first) else text.rstrip(), raw=True)
        moved = [opening, *(self._shifted(index, indent - column) for index in range(first + 1, last + 1))]
        return [
            *moved[:-1],
            replace(moved[-1], ends_text=_is_block_text(value), takes_blanks=keeps_blanks(value, self._lines)),
        ]

    def _is_below(self, value: Block, opening: _Opening) -> bool:
        """Whether a collection begins on a later line, with nothing but comments between."""
        line = opening.line
        comment, at = self._comments.behind(line)
        end = self._comments.offset(line) + (at if comment and at is not None else len(self._lines[line]))
        if self._text[opening.after : end].strip() or value.first_line == line:
            return False
        return all(self._comments.is_own(index) for index in range(line + 1, value.first_line))

    def _own_lines(self, first: int, end: int, indent: int, deeper: int | None = None) -> Iterator[Line]:
        """Blank lines and comments on lines of their own; one that hangs further right than `deeper` stays there."""
        for index in range(first, end):
            text, at = self._lines[index].strip(), self._comments.column(index)
            hanging = deeper is not None and at is not None and at > deeper
            follows = self._comments.follows(index)
            yield Line(max(indent, at or 0) if hanging else indent, "", text, follows=follows) if text else Line(0, "")

    def _end_of_tail(self, first: int, following: int, column: int) -> int:
        """Where the comments end that belong to an entry and not to the one that follows."""
        end = first
        for index in range(first, following):
            at = self._comments.column(index)
            if at is not None and (at > column or self._comments.follows(index)):
                end = index + 1
        return end

    def _inner_end(self, value: Block, until: int) -> int:
        """Where the comments end that belong to a collection and not to what holds it."""
        end = last_line(self._lines, value, value.first_line) + 1
        for index in range(end, until):
            at = self._comments.column(index)
            if at is not None and at < value.column and not self._comments.follows(index):
                break
            end = index + 1 if at is not None else end
        return end


def _is_block_text(value: Node) -> bool:
    return isinstance(value, Scalar) and value.style in ("|", ">")


def _opens_with_comment(chunk: list[Line]) -> bool:
    return not (chunk[0].text or chunk[0].raw)


def _first(lines: list[Line]) -> Line:
    """The first line that is not blank."""
    return next(line for line in lines if not line.is_blank)


def _beside_dash(lines: list[Line], indent: int) -> list[Line]:
    """An item whose first line stands beside its dash."""
    first = _first(lines)
    return [replace(first, indent=indent, text=f"- {first.text}"), *lines[lines.index(first) + 1 :]]
