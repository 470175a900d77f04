"""Traffic of a test: the samples that go in, and by plain arithmetic the shares that must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import MINUTE, growing, steps
from fairlead_targets.prometheus.slo.burns import Burn


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

    def firing(self, pairs: Sequence[Burn], least: int, hold: Duration, pace: Duration = MINUTE) -> Decimal | None:
        """The share that an alert over these pairs shows at the end, or None where it has not held for long enough.

        Evaluations are `pace` apart, and the last is at the end: it must have burnt in all of them within `hold`.
        """
        minutes = steps(pace)
        evaluations = range(0, steps(hold, pace) * minutes + 1, minutes)
        shares = [self.less(before).burning(pairs, least) for before in evaluations]
        return shares[0] if None not in shares else None

    def burning(self, pairs: Sequence[Burn], least: int) -> Decimal | None:
        """The share that an alert over these pairs shows, or None where none of them burns."""
        for burn in pairs:
            short, long = self.share(burn.pair.short), self.share(burn.pair.long)
            if min(short, long) > burn.threshold and self.failures(burn.pair.long) >= least:
                return short
        return None

    @property
    def requests(self) -> str:
        """The samples of a counter of all requests."""
        return growing([(stretch.requests, stretch.minutes) for stretch in self.stretches])

    @property
    def failed(self) -> str:
        """The samples of a counter of those that broke the objective; nothing where none did."""
        if not any(stretch.failures for stretch in self.stretches):
            return ""
        return growing([(stretch.failures, stretch.minutes) for stretch in self.stretches])

    @property
    def fine(self) -> str:
        """The samples of a counter of the others."""
        return growing([(stretch.requests - stretch.failures, stretch.minutes) for stretch in self.stretches])
