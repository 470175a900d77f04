"""Cases for the alerts on an objective: every pair of windows fires where it should, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, Sample, Series, silent, stride
from fairlead_targets.prometheus.cases.samples import but_not, described, labels_for
from fairlead_targets.prometheus.context import SCRAPES, Context
from fairlead_targets.prometheus.promql.expressions import Selector
from fairlead_targets.prometheus.rules import Alert
from fairlead_targets.prometheus.slo.alerts import BLIND
from fairlead_targets.prometheus.slo.burns import Burn
from fairlead_targets.prometheus.slo.indicator import Indicator
from fairlead_targets.prometheus.slo.records import left_name, recorded
from fairlead_targets.prometheus.slo.scenarios import PACE, scenarios


def cases(context: Context, found: Indicator, pairs: tuple[Burn, ...], alerts: Sequence[Alert]) -> list[Case]:
    """The cases of one objective's burn rates."""
    left = str(recorded(left_name(found.slug), context.identity).now)
    whole = Sample(left, left, Decimal(1))
    by_severity = {alert.labels["severity"]: alert for alert in alerts}
    names = _names(found)
    words = found.slug.replace("_", " ")
    made = []
    for scenario in scenarios(pairs, context.options.low_traffic, context.options.scrape_interval * SCRAPES):
        values = (scenario.requests, scenario.fine) if found.good else (scenario.fine, scenario.failed)
        series = tuple(Series(name, samples) for name, samples in zip(names, values, strict=True) if samples)
        firing = tuple(Firing(by_severity[severity], share) for severity, share in scenario.firing)
        samples = () if scenario.failed else (whole,)
        made.append(
            Case(f"{words}: {scenario.name}", scenario.length, series, tuple(alerts), firing, samples, pace=PACE)
        )
    return made


def blind_cases(alerts: Sequence[Alert], blind: Sequence[Alert]) -> list[Case]:
    """The cases without any series: nothing fires, until an objective has gone unmeasured for long."""
    made = [silent((*alerts, *blind), Duration.of(hours=1), PACE)]
    if blind:
        step = stride(BLIND)
        at = blind[0].hold + step * 2
        firing = tuple(Firing(alert, Decimal(1)) for alert in blind)
        made.append(Case("nothing measures anything for a day", at, (), tuple(blind), firing, step=step))
    return made


def _names(found: Indicator) -> tuple[str, str]:
    """The two series that an indicator is fed.

    All requests and those that were fast enough, where it has a bucket; else those that were answered and those that
    failed.
    """
    if found.good is not None:
        return _described(found.all[0]), _described(found.good)
    return _answered(found), _described(found.bad[0])


def _described(selector: Selector) -> str:
    return described(selector.metric, labels_for(selector.matchers))


def _answered(found: Indicator) -> str:
    """The series of requests that were answered: of a counter of its own, or of the same with another status."""
    failing = {selector.metric for selector in found.bad}
    own = next((selector for selector in found.all if selector.metric not in failing), None)
    if own is not None:
        return _described(own)
    everything, failed = found.all[0], found.bad[0]
    status = failed.matchers[len(everything.matchers) :]
    return described(everything.metric, but_not(labels_for(failed.matchers), status))
