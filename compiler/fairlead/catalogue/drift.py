"""The measures of drift: their ranges, the columns that they are taken of, and the thresholds that practice supports.

Every measure is a score of which more is worse, so that one kind of rule serves all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

NUMERIC: frozenset[str] = frozenset({"integer", "float"})
"""The column types that have an order and a distance."""
CATEGORICAL: frozenset[str] = frozenset({"category", "boolean"})
"""The column types with few values and no order."""


@dataclass(frozen=True, slots=True)
class DriftFact:
    """What is known about one measure of drift."""

    method: str
    threshold: Decimal
    """The score from which a column counts as drifted, where nothing is said."""
    warn: Decimal | None
    """The score that practice calls a moderate shift; None where practice knows no such thing."""
    lower: Decimal
    upper: Decimal | None
    """The greatest score that there can be; a threshold at or above it can never be exceeded."""
    columns: frozenset[str]
    """The column types that it can be taken of."""
    formula: str
    source: str
    """Who defined it, and where the threshold comes from."""


_FACTS = (
    DriftFact(
        method="psi",
        threshold=Decimal("0.25"),
        warn=Decimal("0.1"),
        lower=Decimal("0"),
        upper=None,
        columns=NUMERIC | CATEGORICAL,
        formula="sum over bins of (p - q) ln(p / q)",
        source="Siddiqi, Credit Risk Scorecards (2006): below 0.1 no shift, to 0.25 a minor one, above it a major one; "
        "the symmetrised Kullback-Leibler divergence. Numbers are binned by the reference's deciles.",
    ),
    DriftFact(
        method="ks",
        threshold=Decimal("0.1"),
        warn=None,
        lower=Decimal("0"),
        upper=Decimal("1"),
        columns=NUMERIC,
        formula="sup over x of |F(x) - G(x)|",
        source="The two-sample statistic of Kolmogorov and Smirnov, not its p-value: on a window of many rows every "
        "difference is significant, so the effect's size is what is compared.",
    ),
    DriftFact(
        method="wasserstein",
        threshold=Decimal("0.1"),
        warn=None,
        lower=Decimal("0"),
        upper=None,
        columns=NUMERIC,
        formula="integral of |F(x) - G(x)| dx, divided by the reference's standard deviation",
        source="The first Wasserstein distance, as scipy.stats.wasserstein_distance, in standard deviations of the "
        "reference; 0.1 is the default of Evidently's normed distance.",
    ),
    DriftFact(
        method="jensen-shannon",
        threshold=Decimal("0.1"),
        warn=None,
        lower=Decimal("0"),
        upper=Decimal("1"),
        columns=NUMERIC | CATEGORICAL,
        formula="sqrt((KL(p, m) + KL(q, m)) / 2) with m = (p + q) / 2 and logarithms to base 2",
        source="Endres and Schindelin (2003); scipy.spatial.distance.jensenshannon with base=2; 0.1 is Evidently's "
        "default.",
    ),
    DriftFact(
        method="chi2",
        threshold=Decimal("0.95"),
        warn=None,
        lower=Decimal("0"),
        upper=Decimal("1"),
        columns=CATEGORICAL,
        formula="1 - p of Pearson's chi-squared test of homogeneity",
        source="Pearson (1900); scipy.stats.chi2_contingency. One minus the p-value, so that more is worse here too.",
    ),
)
DRIFT: Mapping[str, DriftFact] = MappingProxyType({fact.method: fact for fact in _FACTS})
"""Every measure by its name in the language."""


def default_threshold(method: str) -> Decimal:
    """The threshold of a method where nothing is said. Raises KeyError for an unknown method."""
    return DRIFT[method].threshold


def takes(method: str, column_type: str) -> bool:
    """Whether a method can be taken of columns of this type. Text, images, vectors and times have no measure here."""
    return column_type in DRIFT[method].columns


def methods_for(column_type: str) -> tuple[str, ...]:
    """The methods that can be taken of columns of this type, in the order of the language."""
    return tuple(fact.method for fact in _FACTS if column_type in fact.columns)
