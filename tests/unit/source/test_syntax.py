"""Syntax errors in plain words, at the place where the writer has to look."""

from __future__ import annotations

import pytest

from fairlead.source.reader import read


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: [1, 2\n", 1, 4, "the `[` that opens here is never closed"),
        ("a: {b: 1", 1, 4, "the `{` that opens here is never closed"),
        ("a: {b: 1\nc: 2}", 2, 2, "`,` or `}` is expected here"),
        ("a: 'x\nb: 1\n", 1, 4, "the quote ' that opens here is never closed"),
        ('a: "x\n---\n"', 1, 4, 'the quote " that opens here is never closed'),
        ("a: b: c", 1, 5, "a colon stands where no key can end"),
        ("a: 1\n  b: 2", 2, 4, "a colon stands where no key can end"),
        ("{a: b:}", 1, 6, "a colon stands where no key can end"),
        ("a: @x", 1, 4, "the character @ can't begin a plain value"),
        ("a: %x", 1, 4, "the character % can't begin a plain value"),
        ('a: "C:\\data"', 1, 7, "`\\d` is no escape that YAML knows"),
        ('a: "\\x4"', 1, 5, "`\\x4` is no escape that YAML knows"),
        ('a: "\\ud83d\\ude00"', 1, 5, "`\\ud83d` is half of a character, as JSON writes it"),
        ("a: 1\nb\nc: 2", 2, 1, "this line is neither a key nor a value"),
        ("a: 1\nbcd\n", 2, 1, "this line is neither a key nor a value"),
        ("a:\n  b: 1\n c: 2", 3, 2, "the indentation fits no mapping above"),
        ("- a\nb: 1", 2, 1, "this line stands at the level of a list's items, but is none"),
        ("a: - b", 1, 4, "a list can't begin on the line of its key"),
        ("{a: 1}\nb: 2", 2, 1, "the document has ended, and this is more text"),
        ('a: "x" y', 1, 8, "`y` is not expected here"),
        ("a: ]", 1, 4, "`]` is not expected here"),
        ("[{", 1, 3, "the file ends where a value is expected"),
        ("a: *", 1, 4, "`*` begins an anchor or an alias, and no name follows"),
        ("%YAML 2.0\n---\na: 1", 1, 1, "YAML can't be read here: found incompatible YAML document"),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 2, 1, "a merge conflict is not resolved here"),
    ],
)
def test_a_mistake_is_named_where_it_is(text: str, line: int, column: int, words: str) -> None:
    document = read("a.yaml", text.encode())
    found = document.diagnostics[-1]
    assert found.code.id == "FL1007"
    assert words in found.message
    assert (found.place.line, found.place.column) == (line, column)
    assert found.help
    assert document.root is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_mistake_at_the_end_of_a_line_stands_before_the_line_ends(end: str) -> None:
    place = read("a.yaml", f"a: !<b{end}c: 1{end}".encode()).diagnostics[0].place
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 7, 1, 7)


def test_an_open_bracket_is_shown_beside_the_place_where_it_should_be_closed() -> None:
    found = read("a.yaml", b"a: {b: 1\nc: 2}").diagnostics[0]
    assert [(each.place.line, each.place.column) for each in found.related] == [(1, 4)]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a:\n\tb: 1", 2, 1),
        ("a:\n  \tb: 1", 2, 3),
        ("a: x\n\tb: 1", 2, 1),
        ("a: |\n\tx\n", 2, 1),
        ("-\ta: 1\n-\tb", 1, 2),
    ],
)
def test_a_tab_in_the_indentation_has_its_own_code(text: str, line: int, column: int) -> None:
    found = read("a.yaml", text.encode()).diagnostics[0]
    assert (found.code.id, found.place.line, found.place.column) == ("FL1008", line, column)


def test_tabs_between_words_are_fine() -> None:
    assert read("a.yaml", b"a:\t1 \t# note\nb: [\n\t1]\n").diagnostics == []


def test_what_was_wrong_before_a_syntax_error_is_still_told() -> None:
    found = read("a.yaml", b"a: no\nb: !x 1\nc: [").diagnostics
    assert [each.code.id for each in found] == ["FL1019", "FL1013", "FL1007"]


def test_a_line_of_equal_signs_in_a_block_of_text_is_no_conflict() -> None:
    assert read("a.yaml", b"a: |\n  title\n  =======\n").diagnostics == []
