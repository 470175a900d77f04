"""From libyaml's events to nodes with places.

Composing is iterative and bounded: by depth, because libyaml takes time with the square of it, and by the number of
nodes with aliases expanded, because a few lines can mean billions. What is wrong with the meaning of a document is
reported and reading goes on; what leaves the rest without a meaning ends it.

This module imports ruamel.yaml, which takes about 30 ms; import it late.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from _ruamel_yaml import CParser
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from fairlead.source import structure
from fairlead.source.characters import CONTROL_CHARACTER, Lines
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.extents import Extents
from fairlead.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from fairlead.source.places import Place
from fairlead.source.scalars import Doubt, Value, resolve
from fairlead.source.substitutes import Substitutes
from fairlead.source.syntax import syntax_error
from fairlead.source.words import nearest_word

_BLOCK: Final = frozenset("|>")
_QUOTES: Final = frozenset("'\"")


class _Stop(Exception):
    """Reading can't go on; the reason is among the diagnostics."""


class _Open:
    """A collection that has begun and not ended."""

    __slots__ = ("anchor", "awaits_key", "before", "end", "entries", "is_mapping", "items", "key", "key_place", "start")

    def __init__(self, is_mapping: bool, anchor: str | None, start: tuple[int, int], before: int) -> None:
        self.is_mapping = is_mapping
        self.anchor = anchor
        self.start = start
        self.before = before
        self.end = start
        self.items: list[Node] = []
        self.entries: dict[str, Entry] = {}
        self.awaits_key = is_mapping
        self.key: str | None = None
        self.key_place: Place | None = None


class Composer:
    """Composes the one document of a text. `root` is None where there is none, or where reading could not go on."""

    def __init__(self, lines: Lines, *, printable: bool) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.root: Node | None = None
        self._lines = lines
        self._file = lines.file
        self._line_count = len(lines.lines)
        self._extents = Extents(lines)
        self._substitutes = Substitutes(lines.text, printable=printable)
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int] | _Open] = {}
        self._count = 0
        self._aliased = 0

    def compose(self) -> None:
        """Reads everything; the findings are in `diagnostics`."""
        try:
            self._read()
        except _Stop:
            pass
        except YAMLError as error:
            self.root = None
            self.diagnostics.append(syntax_error(self._lines, error))

    def _read(self) -> None:
        parser = CParser(self._substitutes.text.encode())
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        handler_of, next_event = handlers.get, parser.get_event
        while (event := next_event()) is not None:
            handle = handler_of(type(event))
            if handle is not None:
                handle(event)

    def _document(self, event: Any) -> None:
        if self.root is not None:
            place = self._lines.span(event.start_mark.index, event.end_mark.index)
            message = "a second document starts here, and only one is read"
            self._stop(structure.SEVERAL_DOCUMENTS, place, message, "move it to a file of its own")

    def _scalar(self, event: Any) -> None:
        style, start, end = event.style, event.start_mark, event.end_mark
        text = self._substitutes.restore(event.value)
        anchor, tag = event.anchor, event.tag
        line, column, end_line, end_column = start.line + 1, start.column + 1, end.line + 1, end.column + 1
        if anchor is not None or tag is not None:
            line, column = self._extents.behind_properties(start, end)
        if style in _BLOCK:
            end_line, end_column = self._extents.end_of_block(line, end)
        elif line > self._line_count:
            line, column = end_line, end_column = self._extents.end_of_text()
        place = Place(self._file, line, column, end_line, end_column)
        width = end_column - column if line == end_line else -1
        above = self._open[-1] if self._open else None
        is_key = above is not None and above.awaits_key
        value: Value = text
        if style == "":
            if not is_key and tag is None:
                value = self._resolved(text, place)
            node = Scalar(value, text, place, inline=width == len(text))
        else:
            quoted = style in _QUOTES
            node = Scalar(text, text, place, quoted, quoted and width == len(text) + 2)
            if "\0" in text:
                message = "the text holds the character U+0000 (NUL), which no variable or argument can"
                self._report(CONTROL_CHARACTER, place, message, "remove it")
        if tag is not None:
            self._tag(event)
        if is_key and above is not None:
            self._key(above, node, is_plain=style == "")
            if anchor is not None:
                self._anchors[anchor] = (node, 1)
        else:
            self._add(node, 1, anchor)

    def _resolved(self, text: str, place: Place) -> Value:
        try:
            return resolve(text)
        except Doubt as doubt:
            self._report(doubt.code, place, doubt.message, doubt.help)
            return doubt.value

    def _start(self, event: Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if event.anchor is not None or event.tag is not None:
            line, column = self._extents.behind_properties(mark, None)
            if event.tag is not None:
                self._tag(event)
        if len(self._open) == structure.MAX_DEPTH:
            place = Place(self._file, line, column, line, column)
            message = f"the nesting is deeper than {structure.MAX_DEPTH} levels here"
            self._stop(structure.TOO_DEEP, place, message, "write the document with fewer levels")
        opened = _Open(type(event) is MappingStartEvent, event.anchor, (line, column), self._count)
        self._open.append(opened)
        if event.anchor is not None:
            self._anchors[event.anchor] = opened

    def _end(self, event: Any) -> None:
        closed = self._open.pop()
        start, end = event.start_mark, event.end_mark
        if end.column > start.column:  # a bracket; the end of a block has no width
            closed.end = (end.line + 1, end.column + 1)
        place = Place(self._file, *closed.start, *max(closed.start, closed.end))
        node = Mapping(closed.entries, place) if closed.is_mapping else Sequence(tuple(closed.items), place)
        if closed.anchor is not None and self._anchors[closed.anchor] is closed:
            self._anchors[closed.anchor] = (node, self._count - closed.before + 1)
        self._add(node, 1, None)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        place = self._lines.span(event.start_mark.index, event.end_mark.index)
        node: Node = Scalar(None, "", place, inline=False)
        size, known = 1, self._anchors.get(name)
        if known is None:
            self._unknown_alias(name, place)
        elif isinstance(known, _Open):
            begin = Place(self._file, *known.start, *known.start)
            related = (Related(begin, "what it would stand for begins here"),)
            message = f"`*{name}` stands inside the node that it stands for, which would contain itself for ever"
            self._report(structure.CYCLE, place, message, "write out what is meant", related=related)
        else:
            node, size = known[0], known[1]
            self._aliased += size
            if self._aliased > structure.MAX_ALIASED_NODES:
                message = (
                    f"aliases up to here stand for {self._aliased} values, "
                    f"and at most {structure.MAX_ALIASED_NODES} are allowed"
                )
                self._stop(structure.ALIAS_BOMB, place, message, "write out what is meant, or move it to `defaults`")
        above = self._open[-1] if self._open else None
        if above is not None and above.awaits_key and isinstance(node, Scalar):
            self._key(above, Scalar(node.text, node.text, place, inline=False), is_plain=False)
        else:
            self._add(node, size, None, end=place)

    def _unknown_alias(self, name: str, place: Place) -> None:
        meant = nearest_word(name, self._anchors)
        help_ = "define the anchor above it, or quote the value if it is text that begins with `*`"
        message = f"no anchor `&{name}` stands above the alias `*{name}`"
        self._report(structure.UNKNOWN_ALIAS, place, message, help_, nearest=f"*{meant}" if meant else None)

    def _add(self, node: Node, size: int, anchor: str | None, end: Place | None = None) -> None:
        self._count += size
        if self._count > structure.MAX_NODES:
            message = f"the document holds more than {structure.MAX_NODES} values"
            self._stop(structure.TOO_LARGE, node.place, message, "split it into several files")
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = node
            return
        above = self._open[-1]
        place = end or node.place
        above.end = (place.end_line, place.end_column)
        if not above.is_mapping:
            above.items.append(node)
        elif above.awaits_key:
            self._complex_key(above, node.place, "a list or a mapping stands here as a key")
        else:
            if above.key is not None and above.key_place is not None:
                above.entries[above.key] = Entry(above.key, above.key_place, node)
            above.awaits_key = True

    def _key(self, above: _Open, node: Scalar, *, is_plain: bool) -> None:
        above.awaits_key = False
        above.key, above.key_place = node.text, node.place
        above.end = (node.place.end_line, node.place.end_column)
        if is_plain and node.text == "<<":
            above.key = None
            help_ = "repeat the keys, or put what specifications share into `defaults` of fairlead.yaml"
            self._report(structure.MERGE_KEY, node.place, "the merge key `<<` is not part of YAML 1.2", help_)
        elif is_plain and not node.text:
            self._complex_key(above, node.place, "a key without text stands here")
        elif node.text in above.entries:
            above.key = None
            first = Related(above.entries[node.text].key_place, "it stands here first")
            message = f"the key `{node.text}` stands twice in the same mapping"
            help_ = "remove one of them, or put the second under the section that it belongs to"
            self._report(structure.DUPLICATE_KEY, node.place, message, help_, related=(first,))

    def _complex_key(self, above: _Open, place: Place, message: str) -> None:
        above.awaits_key, above.key = False, None
        self._report(structure.COMPLEX_KEY, place, message, "use text as the key")

    def _tag(self, event: Any) -> None:
        place, shown = self._extents.tag(event.start_mark)
        message = f"the tag `{shown}` is not allowed, because a value's type follows from how it is written"
        self._report(structure.TAG, place, message, "remove the tag, and quote the value where text is meant")

    def _report(
        self,
        code: Code,
        place: Place,
        message: str,
        help_: str,
        *,
        related: tuple[Related, ...] = (),
        nearest: str | None = None,
    ) -> None:
        self.diagnostics.append(Diagnostic(code, place, message, help_, nearest, related))

    def _stop(self, code: Code, place: Place, message: str, help_: str) -> NoReturn:
        self._report(code, place, message, help_)
        raise _Stop
