"""Alerts on quality: one for each expectation that ground truth contradicts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fairlead.plan.nodes import Quality
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.expressions import Op, QualityGate
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, RuleSet, silent, steady
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Comparison
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
    alerts: list[Alert] = []
    cases: list[Case] = []
    for position, expectation in enumerate(node.expectations):
        alert, tests = _missed(context, node, position, expectation)
        alerts.append(alert)
        cases += tests
    cases.append(silent(alerts, node.every))
    old, tests = stale(context, node, "quality")
    return RuleSet(PURPOSE, (Group(context.group(PURPOSE), [*alerts, old]),), (*cases, *tests))


def _missed(context: Context, node: Quality, position: int, expectation: QualityGate) -> tuple[Alert, list[Case]]:
    measured = emitted(context, metric_names.QUALITY_METRIC, metric=expectation.metric)
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
    alert = context.alert("QualityBelowExpectation", "ticket", expression, hold, summary, text, why, **labels)
    at = alert.hold + Duration.parse("30m")
    bad, good = _around(expectation)

    def case(value: Decimal, *, fires: bool = False) -> Case:
        firing = (Firing(alert, value),) if fires else ()
        name = f"{expectation}: {expectation.metric} is {number(value)}"
        return Case(name, at, (series(measured, steady(value, at)),), (alert,), firing)

    return alert, [case(bad, fires=True), case(good)]


def _around(expectation: QualityGate) -> tuple[Decimal, Decimal]:
    """A value that contradicts the expectation, and one that meets it."""
    step = abs(expectation.threshold) / 10 or Decimal("0.1")
    lower, higher = expectation.threshold - step, expectation.threshold + step
    return (lower, higher) if expectation.op in {Op.GE, Op.GT} else (higher, lower)
