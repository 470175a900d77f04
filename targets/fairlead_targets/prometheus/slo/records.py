"""What is recorded for an objective: requests, failures and their ratio over every window, and what is left of the
budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Serve, Slo
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Selector, aggregate, as_expression, ratio
from fairlead_targets.prometheus.rules import Record
from fairlead_targets.prometheus.slo.burns import RECORDED, SHORTEST, budget
from fairlead_targets.prometheus.slo.indicator import Indicator, indicator

Level = Literal["pipeline", "version"]
"""What the series of a record are one of."""
COMPARED = tuple(Duration.parse(text) for text in ("5m", "30m", "1h"))
"""The windows over which a candidate is compared with the stable version: those of the pages that come first."""


def requests_name(slug: str, window: Duration, level: Level = "pipeline") -> str:
    """The record of requests a second."""
    return f"{level}:{slug}_requests:rate{window.promql}"


def failures_name(slug: str, window: Duration, level: Level = "pipeline") -> str:
    """The record of requests a second that broke the objective."""
    return f"{level}:{slug}_failures:rate{window.promql}"


def share_name(slug: str, window: Duration, level: Level = "pipeline") -> str:
    """The record of their share of all requests."""
    return f"{level}:{slug}_failures:ratio_rate{window.promql}"


def whole_name(slug: str, window: Duration) -> str:
    """The record of their share over the objective's own window."""
    return f"pipeline:{slug}_failures:ratio{window.promql}"


def left_name(slug: str) -> str:
    """The record of what is left of the error budget: 1 is all of it, and below 0 it is overspent."""
    return f"pipeline:{slug}_error_budget:remaining"


def recorded(name: str, labels: Mapping[str, str]) -> Selector:
    """The series that a record with these labels makes."""
    return Selector(name, tuple((label, "=", value) for label, value in labels.items()))


def records(context: Context, node: Slo, found: Indicator) -> list[Record]:
    """The records of one objective, each before those that read it."""
    slug, labels = found.slug, context.identity
    why = Origin(node.id, node.place, f"recorded for the objective {node.title}")
    windows = [window for window in RECORDED if window <= node.window]
    # Sums of both, and not a mean of ratios: a quiet night then weighs no more than its requests.
    whole = ratio(
        recorded(failures_name(slug, SHORTEST), labels).over("sum_over_time", node.window),
        recorded(requests_name(slug, SHORTEST), labels).over("sum_over_time", node.window),
    )
    spent = recorded(whole_name(slug, node.window), labels).now / budget(node.objective)
    return [
        *_shares(found, windows, labels, why, "pipeline"),
        Record(whole_name(slug, node.window), whole, labels, why),
        Record(left_name(slug), as_expression(Decimal(1)) - spent, labels, why),
    ]


def versions(context: Context, node: Slo, measurement: Measurement, serve: Serve | None) -> list[Record]:
    """Records for the stable version and the candidate while a canary runs, where its exporter can tell them apart."""
    if serve is None or serve.canary is None or serve.version is None or not measurement.per_version:
        return []
    rules: list[Record] = []
    why = Origin(node.id, context.unit.place("serving", "rollout"), "compares the candidate with the stable version")
    for track, model in (("stable", serve.version), ("candidate", serve.canary.canary)):
        matchers = measurement.matchers(context.service, context.namespace, model.version)
        found = indicator(node, measurement, matchers)
        if found is not None:
            labels = {**context.identity, "track": track, "model_version": str(model.version)}
            rules += _shares(found, COMPARED, labels, why, "version")
    return rules


def _shares(
    found: Indicator, windows: Sequence[Duration], labels: Mapping[str, str], why: Origin, level: Level
) -> list[Record]:
    """Requests, failures and their ratio. What was counted once is read again from its record, without its labels."""
    rules = []
    for window in windows:
        requests = recorded(requests_name(found.slug, window, level), labels)
        failures = recorded(failures_name(found.slug, window, level), labels)
        counted = found.failures(window, aggregate("sum", requests.now))
        rules += [
            Record(requests.metric, found.requests(window), labels, why),
            Record(failures.metric, counted, labels, why),
            Record(share_name(found.slug, window, level), ratio(failures.now, requests.now), labels, why),
        ]
    return rules
