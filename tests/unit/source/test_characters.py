"""Encodings and characters that no specification may hold."""

from __future__ import annotations

import pytest

from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import plain
from fairlead.source.reader import Document, read


def spots(data: bytes) -> list[tuple[str, int, int]]:
    return [(found.code.id, found.place.line, found.place.column) for found in read("a.yaml", data).diagnostics]


def text(document: Document) -> object:
    assert document.root is not None
    return plain(document.root)


def test_a_byte_that_is_not_utf8_has_a_place_in_characters() -> None:
    assert spots("é: 1\nü: ".encode() + b"caf\xe9\n") == [("FL1003", 2, 7)]


def test_the_message_names_the_byte() -> None:
    found: list[Diagnostic] = read("a.yaml", b"a: \xff").diagnostics
    assert "0xFF at offset 3" in found[0].message


def test_a_file_cut_within_a_character_is_not_utf8() -> None:
    assert spots("a: é".encode()[:-1]) == [("FL1003", 1, 4)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_and_utf32_are_told_apart_from_damage(encoding: str) -> None:
    assert spots("kind: Pipeline\n".encode(encoding)) == [("FL1004", 1, 1)]


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\ufeff", "\ufffe"])
def test_a_character_that_hides_is_refused_at_its_place(character: str) -> None:
    assert spots(f"a: 1\nb: 'x{character}y'\n".encode()) == [("FL1005", 2, 6)]


def test_reading_goes_on_behind_such_a_character() -> None:
    assert spots(b"a: \x1b\nb: no\n") == [("FL1005", 1, 4), ("FL1019", 2, 4)]


def test_a_binary_file_does_not_flood() -> None:
    assert len(spots(b"\0" * 100_000)) <= 21


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_separator_is_refused_and_ends_no_line(character: str) -> None:
    document = read("a.yaml", f"a: x{character}b: 2\nc: no\n".encode())
    found = [(each.code.id, each.place.line, each.place.column) for each in document.diagnostics]
    assert ("FL1006", 1, 5) in found
    assert all(line in {1, 2} for _, line, _ in found)


def test_a_line_separator_stays_in_the_value() -> None:
    document = read("a.yaml", "a: 'x\u2028y'\nb: no\n".encode())
    assert text(document) == {"a": "x\u2028y", "b": "no"}
    assert [(found.code.id, found.place.line) for found in document.diagnostics] == [("FL1006", 1), ("FL1019", 2)]


def test_escapes_may_say_what_the_file_may_not_hold() -> None:
    document = read("a.yaml", rb'a: "\u202e\u2028\e"')
    assert document.diagnostics == []
    assert text(document) == {"a": "\u202e\u2028\x1b"}


def test_nul_is_refused_even_as_an_escape() -> None:
    assert spots(rb'a: "x\0y"') == [("FL1005", 1, 4)]
