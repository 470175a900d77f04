"""Ids that links can name for years."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from fairlead.preview.html.anchors import Anchors


def test_an_id_says_what_it_is_of() -> None:
    assert Anchors().of("resource", "churn", "production", "InferenceService", "ml", "churn") == (
        "resource/churn/production/InferenceService/ml/churn"
    )
    assert (
        Anchors().of("effect", "churn", None, "alert-removed", "slo/latency")
        == "effect/churn/alert-removed/slo.latency"
    )


def test_the_second_of_a_name_is_counted() -> None:
    anchors = Anchors()
    assert [anchors.of("part", "a"), anchors.of("part", "a"), anchors.of("part", "b")] == [
        "part/a",
        "part/a~2",
        "part/b",
    ]


def test_where_names_end_is_part_of_the_id() -> None:
    anchors = Anchors()
    assert anchors.of("part", "a-b", "c") != anchors.of("part", "a", "b-c")


@given(st.lists(st.lists(st.text(), max_size=3), max_size=6))
def test_ids_differ_and_hold_nothing_that_means_something(names: list[list[str]]) -> None:
    anchors = Anchors()
    given_ = [anchors.of("x", *words) for words in names]
    assert len(set(given_)) == len(given_)
    assert all(re.fullmatch(r"[A-Za-z0-9_./~-]+", one) for one in given_)


@given(st.text(min_size=1), st.text(min_size=1))
def test_an_id_does_not_depend_on_what_else_there_is(one: str, other: str) -> None:
    anchors = Anchors()
    anchors.of("part", f"{other}x{one}")
    assert anchors.of("part", one) == Anchors().of("part", one)
