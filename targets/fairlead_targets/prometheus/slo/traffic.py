"""Traffic of a test: the samples that go in, and by plain arithmetic the shares that must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Series, growing, steps
from fairlead_targets.prometheus.cases.samples import but_not, described, labels_for
from fairlead_targets.prometheus.promql.expressions import Selector
from fairlead_targets.prometheus.slo.burns import Burn
from fairlead_targets.prometheus.slo.indicator import Indicator


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some minutes of even traffic."""

    minutes: int
    requests: Decimal
    """Requests a minute."""
    failures: Decimal = Decimal(0)
    """Those of them that break the objective."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Stretches one after the other, from the beginning of time."""

    stretches: tuple[Stretch, ...]

    @property
    def length(self) -> Duration:
        """How long it goes on."""
        return Duration.of(minutes=sum(stretch.minutes for stretch in self.stretches))

    def share(self, window: Duration) -> Decimal:
        """The share of failures within a window up to the end; 0 where there were no requests."""
        requests, failures = self._counted(window)
        return failures / requests if requests else Decimal(0)

    def failures(self, window: Duration) -> Decimal:
        """The number of failures within a window up to the end."""
        return self._counted(window)[1]

    def _counted(self, window: Duration) -> tuple[Decimal, Decimal]:
        left, requests, failures = steps(window), Decimal(0), Decimal(0)
        for stretch in reversed(self.stretches):
            minutes = min(left, stretch.minutes)
            requests, failures, left = (
                requests + stretch.requests * minutes,
                failures + stretch.failures * minutes,
                left - minutes,
            )
        return requests, failures

    def less(self, minutes: int) -> Traffic:
        """The same some minutes before its end."""
        kept: list[Stretch] = []
        left = steps(self.length) - minutes
        for stretch in self.stretches:
            if left > 0:
                kept.append(replace(stretch, minutes=min(left, stretch.minutes)))
            left -= stretch.minutes
        return Traffic(tuple(kept))

    def firing(self, pairs: Sequence[Burn], least: int, hold: Duration) -> Decimal | None:
        """The share that an alert over these pairs shows at the end, or None where it has not held for long enough."""
        shares = [self.less(minutes).burning(pairs, least) for minutes in range(steps(hold) + 1)]
        return shares[0] if None not in shares else None

    def burning(self, pairs: Sequence[Burn], least: int) -> Decimal | None:
        """The share that an alert over these pairs shows, or None where none of them burns."""
        for burn in pairs:
            short, long = self.share(burn.pair.short), self.share(burn.pair.long)
            if min(short, long) > burn.threshold and self.failures(burn.pair.long) >= least:
                return short
        return None

    def series(self, found: Indicator) -> tuple[Series, ...]:
        """The counters that make an indicator see this traffic."""
        requests = growing([(stretch.requests, stretch.minutes) for stretch in self.stretches])
        failures = growing([(stretch.failures, stretch.minutes) for stretch in self.stretches])
        rest = growing([(stretch.requests - stretch.failures, stretch.minutes) for stretch in self.stretches])
        if found.good is not None:
            return (_series(found.all[0], requests), _series(found.good, rest))
        failed = any(stretch.failures for stretch in self.stretches)
        return (_healthy(found, rest), *((_series(found.bad[0], failures),) if failed else ()))


def _series(selector: Selector, values: str) -> Series:
    return Series(described(selector.metric, labels_for(selector.matchers)), values)


def _healthy(found: Indicator, values: str) -> Series:
    """The series of requests that were answered: of a counter of its own, or of the same with another status."""
    failing = {selector.metric for selector in found.bad}
    own = next((selector for selector in found.all if selector.metric not in failing), None)
    if own is not None:
        return _series(own, values)
    everything, failed = found.all[0], found.bad[0]
    status = failed.matchers[len(everything.matchers) :]
    labels = but_not(labels_for(failed.matchers), status)
    return Series(described(everything.metric, labels), values)
