"""Where a file's comments are, and which lines belong to a text and not to the structure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from fairlead.source.format.outline import Block, Flow, Node, Scalar, last_line


class Comments:
    """The comments of a document, line by line."""

    def __init__(self, text: str, lines: list[str], root: Node | None) -> None:
        self._lines = lines
        self._offsets = [0, *accumulate(len(line) + 1 for line in lines)]
        scalars = sorted((one.span.start, one.span.end) for one in _scalars(root)) if root else []
        self._starts = [start for start, _ in scalars]
        self._ends = [end for _, end in scalars]
        self._inside = set(_inside(lines, root)) if root else set[int]()
        self._columns = [self._find(index) for index in range(len(lines))]

    def offset(self, line: int) -> int:
        """The offset of a line's first character."""
        return self._offsets[line]

    def is_inside(self, line: int) -> bool:
        """Whether the end of a line is part of a text, so that its blanks may mean something."""
        return line in self._inside

    def column(self, line: int) -> int | None:
        """Where a line's comment starts."""
        return self._columns[line]

    def behind(self, line: int) -> tuple[str, int | None]:
        """The comment behind something, and its column."""
        column = self._columns[line]
        return ("", None) if column is None else (self._lines[line][column:].rstrip(), column)

    def is_own(self, line: int) -> bool:
        """Whether a line has nothing but a comment, or nothing at all."""
        column = self._columns[line]
        return not self._lines[line][:column].strip()

    def follows(self, line: int) -> bool:
        """Whether a comment goes on with one behind something on the line above, in the same column."""
        column = self._columns[line]
        if column is None or line == 0 or not self.is_own(line) or self._columns[line - 1] != column:
            return False
        return not self.is_own(line - 1) or self.follows(line - 1)

    def _find(self, line: int) -> int | None:
        if line in self._inside:
            return None
        text = self._lines[line]
        at = text.find("#")
        while at >= 0:
            if (at == 0 or text[at - 1] in " \t") and not self._in_scalar(self._offsets[line] + at):
                return at
            at = text.find("#", at + 1)
        return None

    def _in_scalar(self, offset: int) -> bool:
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._ends[at]


def _scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Flow):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Block):
        yield from node.keys
        for value in node.values:
            yield from _scalars(value)


def _inside(lines: list[str], root: Node | None) -> Iterator[int]:
    for scalar in _scalars(root):
        span = scalar.span
        if scalar.style in ("|", ">"):
            yield from range(span.line + 1, last_line(lines, scalar, span.line) + 1)
        else:
            yield from range(span.line, span.end_line)
