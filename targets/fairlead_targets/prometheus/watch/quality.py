"""Alerts on quality: one for each expectation that ground truth contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.plan.nodes import Quality
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.expressions import Op, QualityGate
from fairlead_targets.prometheus.cases.case import Case, Firing, RuleSet, silent, steady, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Comparison, Selector
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Group, Message
from fairlead_targets.prometheus.watch.drift import LONGEST_HOLD, retraining
from fairlead_targets.prometheus.watch.stale import stale
from fairlead_targets.prometheus.workflows import LOOKBACK, emitted, latest, series

PURPOSE = "quality"
CONTRARY: Final[dict[Op, Comparison]] = {Op.GE: "<", Op.GT: "<=", Op.LE: ">", Op.LT: ">="}
"""What holds where an expectation doesn't."""


def quality(context: Context) -> RuleSet | None:
    """The rules of quality, where it is measured, not suspended and not waiting."""
    node = context.plan.only(Quality)
    if node is None or node.waits or node.suspended:
        return None
    missed = [
        (expectation, _missed(context, node, at, expectation)) for at, expectation in enumerate(node.expectations)
    ]
    alerts = [alert for _, alert in missed]
    old, tests = stale(context, node, "quality")
    cases = [*_cases(context, node, missed), silent(alerts, node.every, stride(node.every)), *tests]
    return RuleSet(PURPOSE, (Group(context.group(PURPOSE), [*alerts, old]),), tuple(cases))


def _measured(context: Context, expectation: QualityGate) -> Selector:
    return emitted(context, metric_names.QUALITY_METRIC, metric=expectation.metric)


def _missed(context: Context, node: Quality, position: int, expectation: QualityGate) -> Alert:
    measured = _measured(context, expectation)
    window = node.every * LOOKBACK
    expression = latest(measured, window).compare(CONTRARY[expectation.op], expectation.threshold)
    text = Message(
        f"Against the ground truth of the last {node.window.promql}, {expectation.metric} is ",
        "number",
        f"; expected is {expectation}.",
    )
    why = Origin(node.id, context.unit.place(*node.path, "expect", position), f"expected is {expectation}")
    # The expectation tells two bounds on one metric apart; it is text of the specification, and no measured value.
    labels = {"metric": expectation.metric, "expectation": str(expectation), **retraining(context, "quality")}
    summary = f"{expectation.metric} is not what is expected"
    hold = min(node.every, LONGEST_HOLD)
    return context.alert("QualityBelowExpectation", "ticket", expression, hold, summary, text, why, **labels)


def _cases(context: Context, node: Quality, missed: Sequence[tuple[QualityGate, Alert]]) -> list[Case]:
    """A value on either side of each expectation. Another expectation of the same metric may mind it too."""
    cases = []
    step = stride(node.every)
    for expectation, alert in missed:
        at = alert.hold + step * 2
        for value in _around(expectation):
            firing = [
                Firing(found, value)
                for other, found in missed
                if other.metric == expectation.metric and not other.op.holds(value, other.threshold)
            ]
            given = series(_measured(context, expectation), steady(value, at, step))
            name = f"{expectation}: {expectation.metric} is {number(value)}"
            cases.append(Case(name, at, (given,), tuple(found for _, found in missed), tuple(firing), step=step))
    return cases


def _around(expectation: QualityGate) -> tuple[Decimal, Decimal]:
    """A value that contradicts the expectation, and one that meets it."""
    step = abs(expectation.threshold) / 10 or Decimal("0.1")
    lower, higher = expectation.threshold - step, expectation.threshold + step
    return (lower, higher) if expectation.op.wants_more else (higher, lower)
