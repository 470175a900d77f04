"""Differences as runs of lines."""

from __future__ import annotations

from hypothesis import given, strategies as st

from fairlead.preview.html.diffs import PIECE, SHOWN, difference_of


def kinds(diff: str) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for piece in difference_of(diff).pieces for run in piece.runs]


def test_neighbouring_lines_of_a_kind_are_one_run() -> None:
    diff = "--- a\n+++ b\n@@ -1,3 +1,3 @@\n same\n-one\n-two\n+three\n\\ No newline at end of file"
    assert kinds(diff) == [
        ("head", "--- a\n+++ b\n"),
        ("hunk", "@@ -1,3 +1,3 @@\n"),
        ("same", " same\n"),
        ("removed", "-one\n-two\n"),
        ("added", "+three\n"),
        ("note", "\\ No newline at end of file\n"),
    ]
    assert (difference_of(diff).removed, difference_of(diff).added) == (2, 1)


def test_a_removed_line_that_looks_like_the_head_is_removed() -> None:
    assert kinds("--- a\n+++ b\n@@ -1 +1 @@\n--- x\n+++ y")[2:] == [("removed", "--- x\n"), ("added", "+++ y\n")]


def test_only_a_line_feed_ends_a_line() -> None:
    assert kinds("+a\x1fb\u2028c") == [("added", "+a\x1fb\u2028c\n")]


def test_no_difference_has_no_lines() -> None:
    assert difference_of("").pieces == ()


def test_a_long_difference_is_folded_in_pieces() -> None:
    count = SHOWN + 2 * PIECE + 7
    pieces = difference_of("\n".join(f"+{number}" for number in range(count))).pieces
    spans = [(piece.first, piece.last) for piece in pieces]
    assert spans[:2] == [(1, SHOWN), (SHOWN + 1, SHOWN + PIECE)]
    assert spans[-1] == (count - 6, count)


@given(st.text("+-@ \\a\n\u2028\r", min_size=1, max_size=400))
def test_nothing_is_lost(diff: str) -> None:
    assert "".join(text for _, text in kinds(diff)) == f"{diff}\n"
