"""How many examples of random projects are looked at, and examples of which each is drawn by itself.

Hypothesis makes many of its examples from those before, to find failures. What a strategy reaches is better seen in
examples that have nothing to do with each other; and this way is a few times faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TypeVar

from hypothesis import Phase, settings, strategies as st
from hypothesis.control import BuildContext
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

T = TypeVar("T")


def bounded(examples: int) -> settings:
    """So many examples in a run of all tests, and a failure is shown as it was found, because making it small takes
    minutes; all that the profile says where HYPOTHESIS_PROFILE is `search`.
    """
    searches = settings.get_current_profile_name() == "search"
    return settings() if searches else settings(max_examples=examples, phases=set(Phase) - {Phase.shrink})


def sampled(strategy: st.SearchStrategy[T], count: int, start: int = 0) -> Iterator[T]:
    """The examples with the numbers from `start` on, the same each time; those that grow too large are left out."""
    for number in range(start, start + count):
        data = ConjectureData(random=Random(number))
        with BuildContext(data, is_final=False, wrapped_test=sampled):
            try:
                yield data.draw(strategy)
            except StopTest:
                continue
