"""95 % confidence intervals of metrics.

Wilson's for shares of rows, and for the rest the percentiles of a bootstrap with a fixed seed, which draws whole
queries where lists are ranked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from fairlead.steps import ranks
from fairlead.steps.metrics import NAN, Scored, is_positive, measure, said_positive, value_of
from fairlead.steps.reports import Estimate

if TYPE_CHECKING:
    import numpy as np

REPLICATES: Final = 200
"""Draws of a bootstrap: enough for two digits of the ends of an interval."""
MOST_ROWS: Final = 4_000_000
"""Rows that a bootstrap scores in all: on many rows the intervals are narrow, and fewer draws place them."""
LEAST_REPLICATES: Final = 40
_Z: Final = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""
_SHARES: Final[Mapping[str, frozenset[str]]] = {
    "binary-classification": frozenset({"accuracy", "recall", "precision"}),
    "multiclass-classification": frozenset({"accuracy"}),
    "regression": frozenset(),
    "forecasting": frozenset(),
    "ranking": frozenset(),
}
"""The metrics that are a share of rows."""


def estimates(scored: Scored, names: Iterable[str], seed: int = 0, *, intervals: bool = True) -> dict[str, Estimate]:
    """The metrics by name, each with its 95 % confidence interval where one can be told. Raises as `measure`."""
    names = list(names)
    values = measure(scored, names)
    if not intervals:
        return {name: Estimate(value=value) for name, value in values.items()}
    ends = {name: _wilson(scored, name, value) for name, value in values.items() if name in _SHARES[scored.task]}
    ends |= _bootstrap(scored, [name for name in names if name not in ends and math.isfinite(values[name])], seed)
    found = {}
    for name, value in values.items():
        low, high = ends.get(name, (NAN, NAN))
        known = math.isfinite(value) and math.isfinite(low) and math.isfinite(high)
        found[name] = (
            Estimate(value=value, low=min(low, value), high=max(high, value)) if known else Estimate(value=value)
        )
    return found


def _wilson(scored: Scored, name: str, share: float) -> tuple[float, float]:
    """Wilson's interval of a share of rows (Wilson 1927), which holds near 0 and 1 as well."""
    trials = len(scored)
    if name == "recall":
        trials = int(is_positive(scored).sum())
    elif name == "precision":
        trials = int(said_positive(scored).sum())
    if trials == 0 or not math.isfinite(share):
        return NAN, NAN
    spread = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    centre, scale = share + _Z**2 / (2 * trials), 1 + _Z**2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _bootstrap(scored: Scored, names: list[str], seed: int) -> dict[str, tuple[float, float]]:
    """The 2.5th and the 97.5th percentile of each metric over rows that are drawn again, with replacement."""
    import numpy as np

    if not names or len(scored) < 2:
        return {}
    random = np.random.default_rng(seed)
    draws = max(LEAST_REPLICATES, min(REPLICATES, MOST_ROWS // len(scored)))
    if scored.task == "ranking":
        return _bootstrapped_queries(scored, names, random, draws)
    drawn: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(draws):
        again = scored.of(random.integers(0, len(scored), len(scored)))
        for name in names:
            drawn[name].append(value_of(again, name))
    return {name: _percentiles(values) for name, values in drawn.items()}


def _bootstrapped_queries(
    scored: Scored, names: list[str], random: np.random.Generator, draws: int
) -> dict[str, tuple[float, float]]:
    """A ranking's metric is a mean over queries, so queries are drawn and nothing is ranked twice."""
    import numpy as np

    assert scored.queries is not None
    found = {}
    for name in names:
        values = np.array(list(ranks.by_query(name, scored.truth, scored.said, scored.queries)))
        values = values[np.isfinite(values)]
        means = [float(values[random.integers(0, len(values), len(values))].mean()) for _ in range(draws)]
        found[name] = _percentiles(means)
    return found


def _percentiles(values: list[float]) -> tuple[float, float]:
    import numpy as np

    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < len(values) / 2:
        return NAN, NAN
    low, high = np.percentile(finite, [2.5, 97.5])
    return float(low), float(high)
