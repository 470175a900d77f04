"""From a measurement to the share of requests that broke an objective."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.catalogue.buckets import Matcher
from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Slo
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.expressions import Expression, Selector, aggregate, total


@dataclass(frozen=True, slots=True)
class Indicator:
    """What counts requests, and which of them failed, for one service or one version of it."""

    slug: str
    """The objective's word in the names of metrics: `availability`, `time_to_first_token`."""
    all: tuple[Selector, ...]
    """Counters whose sum is all requests."""
    bad: tuple[Selector, ...] = ()
    """Counters whose sum is the failed ones."""
    good: Selector | None = None
    """The bucket of those that were fast enough; the slow ones are then the rest."""

    def requests(self, window: Duration) -> Expression:
        """All requests a second."""
        return _rate(self.all, window)

    def failures(self, window: Duration, requests: Expression) -> Expression:
        """Those a second that broke the objective, where all `requests` are known.

        A counter of errors often has no series before the first error. That is none of them rather than no answer.
        """
        if self.good is not None:
            return requests - _rate((self.good,), window)
        return _rate(self.bad, window) | (requests * 0)

    @property
    def signs(self) -> tuple[Selector, ...]:
        """What has to exist for the indicator to mean anything."""
        return (self.good,) if self.good is not None else self.all


def _rate(selectors: tuple[Selector, ...], window: Duration) -> Expression:
    return total([aggregate("sum", selector.over("rate", window)) for selector in selectors])


def indicator(node: Slo, measurement: Measurement, matchers: tuple[Matcher, ...]) -> Indicator | None:
    """The indicator of an objective over the series that `matchers` select; None where the measurement can't give it:
    a latency whose bound is no boundary of the histogram, or an availability without a counter of failures.
    """
    everything = tuple(Selector(metric, matchers) for metric in measurement.totals)
    if node.below is None:
        bad = tuple(Selector(metric, matchers).where(*measurement.error_matchers) for metric in measurement.errors)
        return Indicator(node.signal, everything, bad=bad) if everything and bad else None
    bucket = measurement.bucket_at(node.below.seconds)
    if bucket is None or measurement.bucket is None or not everything:
        return None
    return Indicator(node.signal, everything, good=Selector(measurement.bucket, matchers).where(bucket.matcher))
