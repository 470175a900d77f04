"""What holds for every file: it is read or refused, never a crash, and what is read stands where it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given, strategies as st

from fairlead.source.nodes import Mapping, Node, Scalar, plain
from fairlead.source.places import Place
from fairlead.source.reader import Document, read
from fairlead.source.render import Format, render

# Characters that mean something to YAML, so that random text is more than one long word.
FRAGMENTS = [
    "a", "b: ", "- ", "? ", ": ", ":", "?", "{", "}", "[", "]", ", ", ",", "\n", "\n  ", "\n    ", "\r\n", "\r", "\t",
    " ", "'", '"', "\\", "\\x", "|\n", ">-\n", "#", " # c", "&x ", "*x", "*x ", "!t ", "!!str ", "---\n", "...\n",
    "%YAML 1.1\n", "<<: ", "no", "012", "1e3", "12:30:45", "~", "null", "é", "日本", "😀", "\u0301", "\x85", "\u2028",
    "\ufeff", "\x00", "\x1b", "\ue000", "s3://a/b?c", "@", "`", "=======\n",
]  # fmt: skip
documents = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
)

# JSON leaves open what no specification may hold: NUL and numbers beyond 64 bits.
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
floats = st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda number: "e" not in repr(number))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | floats | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def as_json(value: Any, indent: int | None) -> str:
    """JSON in which what YAML does not allow as it stands is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    refused = r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
    return re.sub(refused, lambda found: f"\\u{ord(found.group()):04x}", text)


def nodes(root: Node) -> Iterator[Node]:
    yield root
    children: Any = () if isinstance(root, Scalar) else root
    if isinstance(root, Mapping):
        children = [entry.value for entry in root]
    elif not isinstance(root, Scalar):
        children = root.items
    for below in children:
        yield from nodes(below)


def places(document: Document) -> Iterator[Place]:
    for found in document.diagnostics:
        yield found.place
        yield from (related.place for related in found.related)
    for node in nodes(document.root) if document.root is not None else ():
        yield node.place
        if isinstance(node, Mapping):
            yield from (entry.key_place for entry in node)


def assert_inside(place: Place, document: Document) -> None:
    assert place.file == document.file
    assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)
    assert place.end_line <= len(document.lines)
    assert place.column <= len(document.lines[place.line - 1]) + 1
    assert place.end_column <= len(document.lines[place.end_line - 1]) + 1


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"\x00\x00\x00\x00")
def test_any_bytes_give_a_document(data: bytes) -> None:
    document = read("a.yaml", data)
    assert document.root is not None or document.diagnostics


@given(documents)
@example("a:")
@example("? a")
@example("a: |\n\n\n")
@example("a: |")
@example("&a")
@example("[&a , *a]")
@example("a: &x\n\n")
@example("\ufeff\ufeffa: 1")
@example("a: >-\n  x\n\n  # c")
@example("\r\n\ra: 'b\r\n  c'\r")
def test_places_lie_inside_the_file(text: str) -> None:
    document = read("a.yaml", text.encode())
    for place in places(document):
        assert_inside(place, document)


@given(documents)
def test_inline_text_stands_in_the_file_character_for_character(text: str) -> None:
    document = read("a.yaml", text.encode())
    if any(found.code.id == "FL1005" for found in document.diagnostics):
        return  # what may not stand in a file is replaced in its values
    for node in nodes(document.root) if document.root is not None else ():
        if isinstance(node, Scalar) and node.inline:
            place = node.text_place
            assert document.lines[place.line - 1][place.column - 1 : place.end_column - 1] == node.text


@given(documents)
def test_keys_stand_where_they_say(text: str) -> None:
    document = read("a.yaml", text.encode())
    for node in nodes(document.root) if document.root is not None else ():
        for entry in node if isinstance(node, Mapping) else ():
            line = document.lines[entry.key_place.line - 1]
            written = line[entry.key_place.column - 1 :][:1]
            assert written in {*"'\"*|>", entry.key[:1]} or "\ufffd" in entry.key


@given(values, st.sampled_from([None, 0, 2]))
@example({"": "a:b?c", "a:b": ["{}", "s3://x?y"]}, None)
@example({"\u2028": "\x7f"}, None)
def test_json_is_read_as_what_it_says(value: Any, indent: int | None) -> None:
    document = read("a.yaml", as_json(value, indent).encode())
    assert document.diagnostics == []
    assert document.root is not None
    assert plain(document.root) == value


@given(documents)
def test_reading_twice_finds_the_same(text: str) -> None:
    once, twice = read("a.yaml", text.encode()), read("a.yaml", text.encode())
    assert (once.root, once.diagnostics) == (twice.root, twice.diagnostics)


@given(documents, st.sampled_from(Format))
def test_every_finding_can_be_rendered_and_nothing_escapes_to_a_terminal(text: str, output: Format) -> None:
    document = read("a\x1b\n::.yaml", text.encode())
    rendered = render(document.diagnostics, {document.file: document.text}.get, output)
    assert all(letter == "\n" or letter.isprintable() for letter in rendered)
