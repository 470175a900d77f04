"""The text for terminals: carets under the right characters, and nothing that a terminal would obey."""

from __future__ import annotations

import unicodedata

import pytest

from fairlead.source.diagnostics import Diagnostic, Severity
from fairlead.source.places import Place
from fairlead.source.render import render
from fairlead.source.structure import DUPLICATE_KEY

NO_FILES: dict[str, str] = {}


def finding(line: int, column: int, width: int = 1, **more: object) -> Diagnostic:
    place = Place("a.yaml", line, column, line, column + width)
    return Diagnostic(DUPLICATE_KEY, place, "it is wrong", **more)  # type: ignore[arg-type]


def rows(text: str, found: Diagnostic) -> tuple[str, str]:
    """The source line and the line of carets below it, without the gutter."""
    shown = render([found], {"a.yaml": text}.get).splitlines()
    return shown[3].partition("| ")[2], shown[4].partition("| ")[2]


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_carets_stand_under_the_span() -> None:
    assert rows("abc def\n", finding(1, 5, 3)) == ("abc def", "    ^^^")


def test_a_span_without_width_gets_one_caret() -> None:
    assert rows("abc:\n", finding(1, 5, 0)) == ("abc:", "    ^")


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert rows("日本: x\n", finding(1, 5)) == ("日本: x", "      ^")
    assert rows("日本: x\n", finding(1, 1, 2)) == ("日本: x", "^^^^")
    assert rows("e\u0301: x\n", finding(1, 5)) == ("e\u0301: x", "   ^")


def test_tabs_reach_the_next_tab_stop() -> None:
    assert rows("a:\tx\n", finding(1, 4)) == ("a:  x", "    ^")


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    found = Diagnostic(DUPLICATE_KEY, Place("a.yaml", 1, 3, 2, 2), "it is wrong")
    assert rows("abcdef\ngh\n", found) == ("abcdef", "  ^^^^")


@pytest.mark.parametrize("column", [1, 2, 100, 5_000, 9_990, 10_000])
def test_a_long_line_is_shown_around_the_place(column: int) -> None:
    text = "".join(str(number % 10) for number in range(10_000))
    shown, carets = rows(text, finding(1, column))
    assert len(shown) <= 112
    assert shown[carets.index("^")] == text[column - 1]
    assert shown.startswith("…") == (column > 41)
    assert shown.endswith("…") == (column < 9_900)


def test_a_long_line_of_wide_characters_is_cut_by_columns() -> None:
    shown, carets = rows("日" * 5_000 + "x" + "本" * 5_000, finding(1, 5_001))
    assert columns(shown) <= 114
    assert columns(shown[: shown.index("x")]) == carets.index("^")


def test_control_characters_are_shown_and_not_obeyed() -> None:
    text = "a: \x1b]0;title\x07 x\u202ey\n"
    found = Diagnostic(DUPLICATE_KEY, Place("a.yaml", 1, 4, 1, 5), "bad \x1b[2J\n::error::x", help="do \r this")
    shown = render([found], {"a.yaml": text}.get)
    assert all(letter.isprintable() for letter in shown.replace("\n", ""))
    assert "a: <U+001B>]0;title<U+0007> x<U+202E>y" in shown
    assert "bad <U+001B>[2J<U+000A>::error::x" in shown


def test_carets_count_what_a_control_character_is_shown_as() -> None:
    assert rows("a: \x1bx\n", finding(1, 5)) == ("a: <U+001B>x", "           ^")


def test_a_file_that_is_not_known_is_named_without_a_line() -> None:
    assert render([finding(3, 5)], NO_FILES.get) == "error[FL1012]: it is wrong\n --> a.yaml:3:5\n\n1 error in 1 file\n"


def test_a_place_below_the_end_is_named_without_a_line() -> None:
    assert "9 |" not in render([finding(9, 5)], {"a.yaml": "a\n"}.get)


def test_the_nearest_word_is_offered() -> None:
    assert "= help: did you mean `serving`?\n" in render([finding(1, 1, nearest="serving")], NO_FILES.get)


def test_colour_comes_only_when_asked_for_and_changes_no_text() -> None:
    found, sources = finding(1, 1, help="mend it"), {"a.yaml": "abc\n"}.get
    colored = render([found], sources, color=True)
    assert "\x1b[1;31merror[FL1012]\x1b[0m" in colored
    plain = render([found], sources)
    assert "\x1b" not in plain
    for paint in ("\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;34m", "\x1b[1;32m"):
        colored = colored.replace(paint, "")
    assert colored == plain


def test_the_summary_counts_by_severity_and_file() -> None:
    warning = finding(2, 1, severity=Severity.WARNING)
    note = Diagnostic(DUPLICATE_KEY, Place.start_of("b.yaml"), "a note", severity=Severity.NOTE)
    assert render([finding(1, 1), warning, note], NO_FILES.get).endswith("\n1 error, 1 warning and 1 note in 2 files\n")
    assert render([finding(1, 1), finding(2, 1), warning], NO_FILES.get).endswith(
        "\n2 errors and 1 warning in 1 file\n"
    )
    assert render([], NO_FILES.get) == "no findings\n"


def test_findings_come_in_order_and_each_once() -> None:
    shown = render([finding(2, 1), finding(1, 1), finding(2, 1)], NO_FILES.get)
    assert [line for line in shown.splitlines() if "-->" in line] == [" --> a.yaml:1:1", " --> a.yaml:2:1"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="xml"):
        render([], NO_FILES.get, "xml")


def test_lines_to_copy_stand_below_the_help_without_a_margin() -> None:
    found = finding(1, 1, help="write this:\n\npatches:\n- why: a\x07b")
    text = render([found], {"a.yaml": "abc\n"}.get)
    assert "  = help: write this:\n\npatches:\n- why: a<U+0007>b\n" in text


@pytest.mark.parametrize("command", ["::error::forged", "  ::error::forged", "##[error]forged", "##vso[task]forged"])
def test_lines_to_copy_begin_no_command_of_a_ci_system(command: str) -> None:
    found = finding(1, 1, help=f"write this:\n\n- |\n{command}")
    text = render([found], {"a.yaml": "abc\n"}.get)
    assert f"  | {command}\n" in text
    assert not any(line.lstrip().startswith(("::", "##")) for line in text.splitlines())
