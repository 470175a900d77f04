"""Cases for the alerts on an objective: every pair of windows fires where it should, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, Sample, silent, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.numbers import number, rounded
from fairlead_targets.prometheus.rules import Alert
from fairlead_targets.prometheus.slo.alerts import BLIND
from fairlead_targets.prometheus.slo.burns import Burn
from fairlead_targets.prometheus.slo.indicator import Indicator
from fairlead_targets.prometheus.slo.records import left_name, recorded
from fairlead_targets.prometheus.slo.traffic import Stretch, Traffic

HALF_AN_HOUR = 30
"""Minutes after which every alert has held long enough."""
LONG_AGO = 90
"""Minutes of good service before a burst: more than the long window of the first page."""
BURST = 8
"""Minutes of a burst: more than the short window of the first page and the time that it must hold."""


def cases(context: Context, found: Indicator, pairs: Sequence[Burn], alerts: Sequence[Alert]) -> list[Case]:
    """The cases of one objective's burn rates."""
    least = context.options.low_traffic

    def case(name: str, traffic: Traffic, *samples: Sample) -> Case:
        firing = []
        for alert in alerts:
            own = [burn for burn in pairs if burn.pair.severity == alert.labels["severity"]]
            share = traffic.firing(own, least, alert.hold)
            if share is not None:
                firing.append(Firing(alert, share))
        where = f"{found.slug.replace('_', ' ')}: {name}"
        return Case(where, traffic.length, traffic.series(found), tuple(alerts), tuple(firing), samples)

    whole = Sample(str(left := recorded(left_name(found.slug), context.identity).now), str(left), Decimal(1))
    made = [case("every request is fine, and the whole budget is left", _even(Decimal(0)), whole)]
    thresholds = sorted({burn.threshold for burn in pairs})
    for share, name in _levels(thresholds):
        made.append(case(name, _even(share)))
    if pairs:
        made += [
            case("it was bad and is good again", _recovered(thresholds[-1])),
            case("a short burst after good service", _burst(pairs[0])),
        ]
    if least > 1:
        made.append(case(f"{least - 1} failures in half an hour are too few to mean anything", _quiet(least - 1)))
    return made


def blind_cases(alerts: Sequence[Alert], blind: Sequence[Alert]) -> list[Case]:
    """The cases without any series: nothing fires, until an objective has gone unmeasured for long."""
    made = [silent((*alerts, *blind), Duration.of(hours=1))]
    if blind:
        step = stride(BLIND)
        at = blind[0].hold + step * 2
        firing = tuple(Firing(alert, Decimal(1)) for alert in blind)
        made.append(Case("nothing measures anything for a day", at, (), tuple(blind), firing, step=step))
    return made


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
    """Everything failed for an hour and a half, and nothing has for forty minutes."""
    requests = _busy(threshold)
    return Traffic((Stretch(LONG_AGO, requests, requests), Stretch(40, requests)))


def _burst(burn: Burn) -> Traffic:
    """A burst that its short window is full of and its long one hardly sees."""
    requests = _busy(burn.threshold)
    share = min(burn.threshold * 2, Decimal(1))
    return Traffic((Stretch(LONG_AGO, requests), Stretch(BURST, requests, requests * share)))


def _quiet(failures: int) -> Traffic:
    """So few requests that a handful of failures is all of them."""
    return Traffic((Stretch(HALF_AN_HOUR, each := Decimal(failures) / 40, each),))
