"""How fast an error budget may burn before somebody is told.

The formula and its four pairs are those of the Site Reliability Workbook (Google, 2018), chapter 5, "Alerting on
SLOs", section 6, multiwindow, multi-burn-rate alerts: a burn rate of 1 spends the budget exactly in its window, so to
spend a share of it within a long window takes

    burn rate = share of the budget * window of the objective / long window

which for 30 days gives 14.4, 6, 3 and 1. The short window is a twelfth of the long one, and ends the alert soon after
the trouble has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.spec.units import Duration, Percentage
from fairlead_targets.prometheus.promql.numbers import product, rounded
from fairlead_targets.prometheus.rules import Severity

RECORDED: Final = tuple(Duration.parse(text) for text in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"))
"""The windows over which the share of failures is recorded."""
SHORTEST: Final = RECORDED[0]


@dataclass(frozen=True, slots=True)
class Pair:
    """A long window that makes an alert matter and a short one that makes it fresh."""

    severity: Severity
    share: Decimal
    """The share of the error budget that may be spent within the long window."""
    long: Duration
    short: Duration


PAIRS: Final = (
    Pair("page", Decimal("0.02"), Duration.parse("1h"), Duration.parse("5m")),
    Pair("page", Decimal("0.05"), Duration.parse("6h"), Duration.parse("30m")),
    Pair("ticket", Decimal("0.1"), Duration.parse("1d"), Duration.parse("2h")),
    Pair("ticket", Decimal("0.1"), Duration.parse("3d"), Duration.parse("6h")),
)


@dataclass(frozen=True, slots=True)
class Burn:
    """A pair of windows with what it means for one objective."""

    pair: Pair
    rate: Decimal
    """The burn rate above which it is too fast; never below 1, which is what the objective allows."""
    scaled: Decimal
    """The rate as the formula gives it, before that floor."""
    threshold: Decimal
    """The share of failures at that rate: rate * budget."""

    @property
    def possible(self) -> bool:
        """Whether so many can fail: nothing fails more often than always."""
        return self.threshold < 1

    def spent(self, window: Duration) -> Decimal:
        """The share of the budget that is gone after the long window at this rate."""
        return rounded(product(self.rate, self.pair.long.milliseconds) / window.milliseconds)


def budget(objective: Percentage) -> Decimal:
    """The share of requests that may fail: 0.001 for 99.9%."""
    return 1 - objective.fraction


def burns(objective: Percentage, window: Duration) -> tuple[Burn, ...]:
    """The four pairs for one objective, less those whose long window is longer than the objective's own."""
    found = []
    for pair in PAIRS:
        if pair.long > window:
            continue
        scaled = rounded(product(pair.share, window.milliseconds) / pair.long.milliseconds)
        rate = max(scaled, Decimal(1))
        found.append(Burn(pair, rate, scaled, product(rate, budget(objective))))
    return tuple(found)
