"""How far the values of a window are from those that a model learned from: the measures of `fairlead.catalogue.drift`.

Each takes two distributions as the reference keeps them, so that what was reduced is reduced alike on both sides. More
is worse. Missing values are a bin of their own for `psi`, `jensen-shannon` and `chi2`, since a feature that is no
longer sent has drifted; `ks` and `wasserstein` are taken of the values that are there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from fairlead.steps.reference import OTHERS, Categories, Numbers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

FLOOR: Final = 1e-4
"""The least share of a bin in `psi`, whose logarithm has no value for an empty one."""
DECILES: Final = tuple(position / 10 for position in range(1, 10))
MISSING: Final = "\x00missing"
"""The bin of missing values."""


class Incomparable(Exception):
    """A measure that can't be taken of these distributions; the text says why."""


def distance(method: str, reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """The score of a method. Raises Incomparable where it can't be taken."""
    if isinstance(reference, Numbers) != isinstance(window, Numbers):
        raise Incomparable("the model learned from other kinds of values")
    if reference.total + reference.missing == 0 or window.total + window.missing == 0:
        raise Incomparable("there are no values")
    return _METHODS[method](reference, window)


def psi(reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """The population stability index, sum of (p - q) ln(p / q) over bins (Siddiqi, Credit Risk Scorecards, 2006).

    Numbers are binned by the reference's deciles, and a share below `FLOOR` counts as `FLOOR`.
    """
    import numpy as np

    p, q = (np.maximum(shares, FLOOR) for shares in _shares(reference, window))
    return float(np.sum((p - q) * np.log(p / q)))


def jensen_shannon(reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """The Jensen-Shannon distance to base 2, from 0 to 1 (Endres and Schindelin, 2003), as scipy computes it.

    Numbers are binned by the reference's deciles.
    """
    from scipy.spatial.distance import jensenshannon

    p, q = _shares(reference, window)
    found = float(jensenshannon(p, q, base=2))
    # Equal distributions can differ in the last bit, of which scipy then takes the root of a negative number.
    return 0.0 if math.isnan(found) else found


def chi2(reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """1 - p of Pearson's chi-squared test of homogeneity (1900), without Yates's correction, as scipy computes it."""
    from scipy.stats import chi2_contingency

    if isinstance(reference, Numbers) or isinstance(window, Numbers):
        raise Incomparable("chi2 is taken of categories, and these are numbers")
    p, q = _counts(reference, window)
    if len(p) < 2:
        return 0.0
    return 1 - float(chi2_contingency([p, q], correction=False).pvalue)


def ks(reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """The statistic of Kolmogorov and Smirnov: the greatest distance between the two distribution functions."""
    import numpy as np

    one, other = _both_numbers("ks", reference, window)
    support = np.union1d(one.values, other.values)
    return float(np.max(np.abs(_cumulated(one, support) - _cumulated(other, support))))


def wasserstein(reference: Numbers | Categories, window: Numbers | Categories) -> float:
    """The first Wasserstein distance, as scipy computes it, in standard deviations of the reference.

    Where the reference has no spread, any distance is infinitely many of them.
    """
    import numpy as np
    from scipy.stats import wasserstein_distance

    one, other = _both_numbers("wasserstein", reference, window)
    apart = float(wasserstein_distance(one.values, other.values, one.counts, other.counts))
    mean = np.average(one.values, weights=one.counts)
    spread = math.sqrt(float(np.average((np.asarray(one.values) - mean) ** 2, weights=one.counts)))
    if spread == 0:
        return math.inf if apart else 0.0
    return apart / spread


def _both_numbers(method: str, one: Numbers | Categories, other: Numbers | Categories) -> tuple[Numbers, Numbers]:
    if not isinstance(one, Numbers) or not isinstance(other, Numbers):
        raise Incomparable(f"{method} is taken of numbers, and these are categories")
    if not one.values or not other.values:
        raise Incomparable("all values are missing")
    return one, other


def _cumulated(sample: Numbers, support: Array) -> Array:
    """The distribution function of a sample at some points."""
    import numpy as np

    upto = np.concatenate([[0.0], np.cumsum(sample.counts, dtype=np.float64)])
    places = np.searchsorted(np.asarray(sample.values), support, side="right")
    return np.asarray(upto[places] / upto[-1], dtype=np.float64)


def _shares(reference: Numbers | Categories, window: Numbers | Categories) -> tuple[Array, Array]:
    """The shares of all values that lie in each bin."""
    p, q = _counts(reference, window)
    return p / p.sum(), q / q.sum()


def _counts(reference: Numbers | Categories, window: Numbers | Categories) -> tuple[Array, Array]:
    """How many values lie in each bin, of the bins that are not empty on both sides."""
    import numpy as np

    if isinstance(reference, Numbers) and isinstance(window, Numbers):
        edges = deciles(reference)
        sides: list[Mapping[Any, int]] = [_binned(reference, edges), _binned(window, edges)]
    elif isinstance(reference, Categories) and isinstance(window, Categories):
        known = reference.counts
        sides = [{**each.counts, MISSING: each.missing} for each in (reference, window)]
        if OTHERS in known:
            # What the reference does not tell apart is not told apart here.
            told: dict[str, int] = {}
            for name, count in sides[1].items():
                place = name if name in known or name == MISSING else OTHERS
                told[place] = told.get(place, 0) + count
            sides[1] = told
    else:
        raise Incomparable("the model learned from other kinds of values")
    bins = sorted({name for side in sides for name, count in side.items() if count}, key=str)
    p, q = (np.array([side.get(name, 0) for name in bins], dtype=np.float64) for side in sides)
    return p, q


def deciles(reference: Numbers) -> Array:
    """The values below which, or at which, each tenth of the reference lies; fewer than nine where they coincide."""
    import numpy as np

    if not reference.values:
        return np.array([], dtype=np.float64)
    upto = np.cumsum(reference.counts, dtype=np.float64)
    # A little less than the share, because 0.3 * 10 is more than 3.
    places = np.searchsorted(upto, np.array(DECILES) * upto[-1] * (1 - 1e-12))
    return np.unique(np.asarray(reference.values, dtype=np.float64)[places])


def _binned(sample: Numbers, edges: Array) -> dict[str, int]:
    """How many values lie in each bin; the first reaches to the first edge, which belongs to it."""
    import numpy as np

    places = np.searchsorted(edges, np.asarray(sample.values, dtype=np.float64), side="left")
    counts = np.zeros(len(edges) + 1)
    np.add.at(counts, places, sample.counts)
    return {**{f"{position:02}": int(count) for position, count in enumerate(counts)}, MISSING: sample.missing}


_METHODS: Final[Mapping[str, Callable[[Numbers | Categories, Numbers | Categories], float]]] = {
    "psi": psi,
    "ks": ks,
    "wasserstein": wasserstein,
    "jensen-shannon": jensen_shannon,
    "chi2": chi2,
}
