"""The structure of a YAML file with the position of every part, from the events of a parser.

The parser is ruamel.yaml's own in Python: it follows YAML 1.2 in what libyaml does not, see
`fairlead.source.substitutes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """From a character to another, as offsets, and as lines and columns that count from 0. The end is exclusive."""

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value or an alias. `style` is its quote, `|` or `>`, or empty."""

    span: Span
    style: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A collection in brackets; of a mapping, keys and values take turns in `items`."""

    span: Span
    mapping: bool
    items: tuple[Inline, ...]


Inline: TypeAlias = Scalar | Flow


@dataclass(slots=True)
class Block:
    """A collection without brackets. A list has the places of its dashes instead of keys."""

    span: Span
    mapping: bool
    keys: list[Scalar] = field(default_factory=list)
    dashes: list[tuple[int, int]] = field(default_factory=list)
    """Line and column of each item's dash."""
    values: list[Node] = field(default_factory=list)

    @property
    def column(self) -> int:
        """The column of its keys or dashes."""
        return self.keys[0].span.column if self.mapping else self.dashes[0][1]

    @property
    def first_line(self) -> int:
        """The line of its first key or dash."""
        return self.keys[0].span.line if self.mapping else self.dashes[0][0]

    def starts(self) -> list[int]:
        """The line of each key or dash."""
        return [key.span.line for key in self.keys] if self.mapping else [line for line, _ in self.dashes]


Node: TypeAlias = Scalar | Flow | Block


class Unsupported(Exception):
    """Raised for a notation that is valid but not rearranged, as `? key`; the file's lines then keep their order."""


def outline(text: str) -> Node:
    """The structure of the document in `text`, which is known to be valid. Raises Unsupported."""
    from ruamel.yaml import YAML

    tokens = YAML(typ="safe", pure=True).scan(text)
    marks = [token.start_mark for token in tokens if type(token).__name__ == "BlockEntryToken"]
    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if type(event).__name__ == "DocumentStartEvent":
            break
    return _Builder(text, marks).node(next(events), events)


class _Builder:
    def __init__(self, text: str, dashes: list[Any]) -> None:
        self._text = text
        self._dashes = dashes

    def node(self, event: Any, events: Iterator[Any]) -> Node:
        name = type(event).__name__
        if name in ("ScalarEvent", "AliasEvent"):
            return Scalar(_span(event, event), getattr(event, "style", None) or "")
        mapping = name == "MappingStartEvent"
        children, last = [], event
        for child in events:
            last = child
            if type(child).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
                break
            children.append(self.node(child, events))
        span = _span(event, last)
        return self._flow(span, mapping, children) if event.flow_style else self._block(span, mapping, children)

    def _flow(self, span: Span, mapping: bool, children: list[Node]) -> Flow:
        inline = tuple(child for child in children if not isinstance(child, Block))
        return Flow(span, mapping, inline)

    def _block(self, span: Span, mapping: bool, children: list[Node]) -> Block:
        block = Block(span, mapping)
        if not mapping:
            block.values = children
            block.dashes = self._dashes_of(span, len(children))
            return block
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar) or not self._is_plain_key(key):
                raise Unsupported
            block.keys.append(key)
            block.values.append(value)
        if len({key.span.column for key in block.keys}) != 1:
            raise Unsupported
        return block

    def _dashes_of(self, span: Span, count: int) -> list[tuple[int, int]]:
        """The places of a list's dashes: its first, and all in the same column up to its end."""
        inside = [mark for mark in self._dashes if span.start <= mark.index < span.end]
        own = [(mark.line, mark.column) for mark in inside if mark.column == inside[0].column]
        if len(own) != count:
            raise Unsupported
        return own

    def _is_plain_key(self, key: Scalar) -> bool:
        """Whether a key stands on one line, alone before its colon, without `?`, anchor or tag."""
        after = self._text[key.span.end :]
        return key.span.line == key.span.end_line and after.startswith(":") and self._text[key.span.start] not in "?&!*"


def _span(first: Any, last: Any) -> Span:
    start, end = first.start_mark, last.end_mark
    return Span(start.index, end.index, start.line, start.column, end.line, end.column)


def last_line(lines: list[str], node: Node, opened: int) -> int:
    """The last line that a node has a part of; for a value that is not written, `opened`: that of its key or dash."""
    if isinstance(node, Block):
        return last_line(lines, node.values[-1], node.starts()[-1])
    span = node.span
    if span.start == span.end:
        return opened
    if not isinstance(node, Scalar) or node.style not in ("|", ">"):
        return span.end_line
    # The end of a block text is where the next thing begins, or the end of the file. Empty lines before it belong to
    # the text only where its header says so; lines of blanks may always.
    last = span.end_line - (1 if span.end_column == 0 or span.end_line >= len(lines) else 0)
    while last > span.line and not lines[last] and not keeps_blanks(node, lines):
        last -= 1
    return last


def keeps_blanks(node: Node, lines: list[str]) -> bool:
    """Whether a node is a block text whose header says that empty lines at its end count."""
    if not isinstance(node, Scalar) or node.style not in ("|", ">"):
        return False
    return re.search(r"[|>]\d*\+", lines[node.span.line][node.span.column :]) is not None
