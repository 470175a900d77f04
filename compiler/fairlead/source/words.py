"""The valid word that somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SHORTEST: Final = 3
"""Below this length every word is a neighbour of every other, and a guess says nothing."""
_LONGEST: Final = 64
"""A word longer than this is data, not a typing mistake; it also bounds the time that a guess takes."""


def nearest_word(word: str, candidates: Iterable[str]) -> str | None:
    """The one of `candidates` that `word` most probably stands for, or None where none is near.

    The same letters in another case, or with hyphens, underscores or blanks exchanged or left out, are nearest. Then
    counts the number of typing mistakes between the two (a letter missing, too many, wrong, or exchanged with its
    neighbour): up to one in three letters. Between equals the first in alphabetical order wins, so that the answer does
    not depend on the order of a set. A candidate that equals `word` is never the answer.
    """
    if len(word) > _LONGEST:
        return None
    others = sorted({other for other in candidates if other != word and len(other) <= _LONGEST})
    folded = _fold(word)
    for other in others:
        if folded and _fold(other) == folded:
            return other
    if len(folded) < _SHORTEST:
        return None
    best, least = None, max(1, len(folded) // 3) + 1
    for other in others:
        mistakes = _mistakes(folded, _fold(other), least)
        if mistakes < least and mistakes < len(_fold(other)):
            best, least = other, mistakes
    return best


def _fold(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "").replace(" ", "")


def _mistakes(one: str, two: str, limit: int) -> int:
    """The optimal string alignment distance of two words (Damerau's four mistakes), or `limit` where it is no less."""
    if abs(len(one) - len(two)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
