"""What happens in the tests of an objective, and which alerts it must set off.

All of it follows from the burn rates alone, so pipelines with the same objective share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.numbers import number, rounded
from fairlead_targets.prometheus.rules import SEVERITIES, Severity
from fairlead_targets.prometheus.slo.alerts import HOLDS
from fairlead_targets.prometheus.slo.burns import Burn
from fairlead_targets.prometheus.slo.traffic import Stretch, Traffic

PACE = Duration.parse("5m")
"""How far apart evaluations are: an objective has some fifty rules, and promtool evaluates all of them each time."""
HALF_AN_HOUR = 30
"""Minutes after which every alert has held long enough."""
LONG_AGO = 90
"""Minutes of good or bad service before it changes: more than the long window of the first page."""
BURST = 10
"""Minutes of a burst: more than the short window of the first page and the time that it must hold."""
SINCE = 40
"""Minutes since all is well again: more than the short windows of both pages."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Traffic, and the alerts that it sets off with the share of failures that each shows."""

    name: str
    length: Duration
    requests: str
    """Samples of a counter of all requests; `failed` and `fine` are its parts."""
    failed: str
    fine: str
    firing: tuple[tuple[Severity, Decimal], ...]


@lru_cache(maxsize=256)
def scenarios(pairs: tuple[Burn, ...], least: int, longest: Duration) -> tuple[Scenario, ...]:
    """A scenario for every pair of windows, above and below it, and for what must not wake anybody.

    `least` is the number of failures below which nothing fires, `longest` how long the slowest alert must hold.
    """
    happened = [("every request is fine, and the whole budget is left", _even(Decimal(0)))]
    thresholds = sorted({burn.threshold for burn in pairs})
    happened += [(name, _even(share)) for share, name in _levels(thresholds)]
    if pairs:
        happened.append(("it was bad and is good again", _recovered(thresholds[-1])))
        happened.append(("a short burst after good service", _burst(pairs[0])))
        happened.append(("a bad hour after good hours", _bad_hour(pairs[0])))
    if least > 1:
        what = f"{least - 1} failures in half an hour are too few to mean anything"
        happened.append((what, _quiet(least - 1)))
    return tuple(_scenario(name, traffic, pairs, least, longest) for name, traffic in happened)


def _scenario(name: str, traffic: Traffic, pairs: Sequence[Burn], least: int, longest: Duration) -> Scenario:
    firing = []
    for severity in SEVERITIES:
        own = [burn for burn in pairs if burn.pair.severity == severity]
        share = traffic.firing(own, least, max(HOLDS[severity], longest), PACE)
        if share is not None:
            firing.append((severity, share))
    return Scenario(name, traffic.length, traffic.requests, traffic.failed, traffic.fine, tuple(firing))


def _levels(thresholds: Sequence[Decimal]) -> list[tuple[Decimal, str]]:
    """A share of failures below the least threshold, one between each two, and one above the greatest."""
    if not thresholds:
        return []
    levels = [(thresholds[0] / 2, f"half of {_percent(thresholds[0])} fail")]
    for low, high in zip(thresholds, (*thresholds[1:], Decimal(1)), strict=True):
        share = min(rounded((low + high) / 2), Decimal(1))
        levels.append((share, f"{_percent(share)} fail, which is over {_percent(low)}"))
    return levels


def _percent(share: Decimal) -> str:
    return f"{number(rounded(share * 100))}%"


def _busy(share: Decimal) -> Decimal:
    """Requests a minute, so many that a hundred a minute fail."""
    requests = Decimal(1000)
    while share and requests * share < 100:
        requests *= 10
    return requests


def _even(share: Decimal) -> Traffic:
    requests = _busy(share)
    return Traffic((Stretch(HALF_AN_HOUR, requests, requests * share),))


def _recovered(threshold: Decimal) -> Traffic:
    """Everything failed for long, and nothing has since."""
    requests = _busy(threshold)
    return Traffic((Stretch(LONG_AGO, requests, requests), Stretch(SINCE, requests)))


def _burst(burn: Burn) -> Traffic:
    """A burst that its short window is full of and its long one hardly sees."""
    requests = _busy(burn.threshold)
    share = min(burn.threshold * 2, Decimal(1))
    return Traffic((Stretch(LONG_AGO, requests), Stretch(BURST, requests, requests * share)))


def _bad_hour(burn: Burn) -> Traffic:
    """An hour at a burn rate of 25, where the window is 30 days: enough for the quickest pair and not for six hours."""
    requests = _busy(burn.threshold)
    share = min(burn.threshold * Decimal("1.75"), Decimal(1))
    return Traffic((Stretch(4 * 60, requests), Stretch(60, requests, requests * share)))


def _quiet(failures: int) -> Traffic:
    """So few requests that a handful of failures is all of them."""
    each = Decimal(failures) / 40
    return Traffic((Stretch(HALF_AN_HOUR, each, each),))
