"""The trials of a search, drawn when the plan is built.

Trials are part of the plan and not of a run: the same seed gives the same trials on this machine and in a cluster, a
reviewer can read them, and no step has to make them up.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from random import Random
from typing import Any

from fairlead.spec.model import Range, Tune

MOST_TRIALS = 1000
"""The most trials of a search: each is a node of the workflow."""
SIGNIFICANT_DIGITS = 12
"""Digits that a drawn number keeps: enough for any parameter, and few enough that libm's last bit can't show."""


def trials(tune: Tune, fixed: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The parameters of every trial: the searched ones over the step's `fixed` ones.

    A grid lists every combination, the last parameter changing fastest, cut at `trials` where that is less. A random
    search draws each parameter independently. There are none where a range makes no sense, which is a cross-check's
    finding.
    """
    if not all(is_sound(space) for space in tune.over.values()):
        return ()
    drawn = _grid(tune) if tune.search == "grid" else _random(tune)
    return tuple({**fixed, **point} for point in drawn)


def points(tune: Tune) -> int | None:
    """How many different combinations there are, or None where a range makes them uncountable."""
    sizes = [_size(space, grid=tune.search == "grid") for space in tune.over.values()]
    return math.prod(size for size in sizes if size is not None) if None not in sizes else None


def is_sound(space: Range) -> bool:
    """Whether values can be drawn: a list, or a range with room between its ends, above zero for a logarithm."""
    if (space.choices is None) == (space.between is None) or (space.steps or 0) > MOST_TRIALS:
        return False
    if space.between is None:
        return True
    low, high = space.between
    return low < high and (space.scale == "linear" or low > 0)


def _size(space: Range, *, grid: bool) -> int | None:
    """The number of values that a parameter can take: a grid takes the steps of a range, a random search any."""
    if space.choices is not None:
        return len(space.choices)
    return space.steps if grid else None


def _grid(tune: Tune) -> list[dict[str, Any]]:
    axes = [_values(space) for space in tune.over.values()]
    names = [str(name) for name in tune.over]
    combinations = itertools.islice(itertools.product(*axes), tune.trials or MOST_TRIALS)
    return [dict(zip(names, point, strict=True)) for point in combinations]


def _random(tune: Tune) -> list[dict[str, Any]]:
    # Only `Random.random` is documented to give the same numbers in every version of Python; the rest is built on it.
    draw = Random(tune.seed).random  # noqa: S311 - a search, not a secret
    return [{str(name): _at(space, draw()) for name, space in tune.over.items()} for _ in range(tune.trials or 0)]


def _values(space: Range) -> list[Any]:
    if space.choices is not None:
        return list(space.choices)
    steps = space.steps or 2
    return [_at(space, index / (steps - 1)) for index in range(steps)]


def _at(space: Range, share: float) -> Any:
    """The value `share` (0 to 1) of the way through a range or a list."""
    if space.choices is not None:
        return space.choices[min(int(share * len(space.choices)), len(space.choices) - 1)]
    low, high = space.between or (0.0, 1.0)
    if space.scale == "log":
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        value = low + share * (high - low)
    value = min(max(value, low), high)
    return round(value) if space.integer else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
