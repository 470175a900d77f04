"""The nearest valid word: near enough to help, never a wild guess."""

from __future__ import annotations

from itertools import permutations

import pytest

from fairlead.source.words import nearest_word

KEYS = [
    "metadata",
    "data",
    "model",
    "hardware",
    "serving",
    "monitoring",
    "retraining",
    "service_account",
    "renamed_from",
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("servng", "serving"),
        ("sevring", "serving"),
        ("servingg", "serving"),
        ("sarving", "serving"),
        ("Serving", "serving"),
        ("SERVING", "serving"),
        ("service-account", "service_account"),
        ("serviceAccount", "service_account"),
        ("service account", "service_account"),
        ("metdata", "metadata"),
        ("hardwear", "hardware"),
        ("dta", "data"),
    ],
)
def test_a_typing_mistake_is_understood(word: str, meant: str) -> None:
    assert nearest_word(word, KEYS) == meant


@pytest.mark.parametrize("word", ["", "x", "da", "frobnicate", "kubernetes", "zzzz", "serving"[::-1], "m" * 10_000])
def test_a_word_near_to_nothing_has_no_nearest(word: str) -> None:
    assert nearest_word(word, KEYS) is None


def test_a_candidate_is_not_nearest_to_itself() -> None:
    assert nearest_word("data", ["data"]) is None


def test_another_case_beats_another_letter() -> None:
    assert nearest_word("Recall", ["recalls", "recall", "Recalk"]) == "recall"


def test_the_order_of_the_candidates_does_not_matter() -> None:
    for candidates in permutations(["abcx", "abcy", "abcz", "abc"]):
        assert nearest_word("abcd", candidates) == "abc"


def test_there_may_be_no_candidates() -> None:
    assert nearest_word("serving", []) is None
