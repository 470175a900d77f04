"""Texts of others, as they stand on the page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.preview.html.texts import between, counted, difference, seen, ticked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größe 診断 👩", "größe 診断 👩"),
        ("a\tb\nc", "a\tb\nc"),
        ("access\u202elevel", "access⟨U+202E⟩level"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\rb", "a⟨U+000D⟩b"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ("\x00\ud800", "⟨U+0000⟩⟨U+D800⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_what_is_unseen_is_shown_by_its_number(text: str, shown: str) -> None:
    assert seen(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_can_be_written_and_nothing_is_left_out(text: str) -> None:
    assert seen(text).encode().decode() == seen(text)
    assert len(seen(text)) >= len(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("run `make <x>` and `y`", "run <code>make &lt;x&gt;</code> and <code>y</code>"),
        ("a ` alone", "a ` alone"),
        ("`a` and ` alone", "<code>a</code> and ` alone"),
        ("<b>", "&lt;b&gt;"),
        ("", ""),
    ],
)
def test_commands_in_backticks_are_code(text: str, html: str) -> None:
    assert ticked(text) == html


def sums(least: str, most: str) -> tuple[Decimal, Decimal]:
    return Decimal(least), Decimal(most)


def test_a_sum_that_is_certain_is_one_number() -> None:
    assert between(sums("1204.5", "1204.50")) == "1,204.50"
    assert between(sums("1", "2")) == "1.00 to 2.00"


def test_a_difference_says_in_which_direction() -> None:
    assert difference(sums("1", "1"), sums("1", "1")) == "no change"
    assert difference(sums("10", "20"), sums("5", "20")) == "−5.00 to 0.00"
    assert difference(sums("0", "0"), sums("5", "5")) == "+5.00"


def test_one_is_not_many() -> None:
    assert [counted(1, "file"), counted(2000, "file")] == ["1 file", "2,000 files"]
    assert counted(2, "graph is", "graphs are") == "2 graphs are"
