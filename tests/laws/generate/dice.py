"""Choices, as a specification's author makes them: some keys often, others seldom, and values for those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Tree = dict[str, Any]
"""A file, or a section of one, as plain data."""


@cache
def whole(low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers. A strategy that is made once is checked once, which is most of what drawing a number costs."""
    return st.integers(low, high)


class Dice:
    """A source of choices. Its zero is the plainest choice, so that what hypothesis shrinks becomes plain."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def chance(self, percent: int) -> bool:
        """True in about so many of a hundred cases."""
        return self.number(0, 99) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """One of several, the plainest first."""
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int = 0, most: int = 3) -> list[T]:
        """Different ones of several, in any order."""
        left, taken = list(options), list[T]()
        for _ in range(self.number(min(least, len(left)), min(max(least, most), len(left)))):
            taken.append(left.pop(self.number(0, len(left) - 1)))
        return taken

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.draw(whole(low, high))

    def maybe(self, percent: int, strategy: st.SearchStrategy[T]) -> T | None:
        """A value in so many of a hundred cases."""
        return self.draw(strategy) if self.chance(percent) else None

    def mapping(self, keys: st.SearchStrategy[str], values: st.SearchStrategy[T], most: int = 2) -> dict[str, T]:
        """A small mapping; half of them are empty."""
        return self.draw(st.dictionaries(keys, values, max_size=most)) if self.chance(50) else {}


def given(**items: Any) -> Tree:
    """A section of what is not None; the underscore behind `from_` and the like goes."""
    return {key.removesuffix("_"): value for key, value in items.items() if value is not None}


def filled(section: Mapping[str, Any]) -> Tree:
    """A section without its empty parts, which say nothing."""
    return {key: value for key, value in section.items() if value not in (None, {}, [])}
