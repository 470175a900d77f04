"""Alerts on drift: one for each feature that is watched, one for the prediction."""

from __future__ import annotations

from decimal import Decimal

from fairlead.plan.nodes import Drift, DriftScore
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, RuleSet, silent, steady, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Group, Message
from fairlead_targets.prometheus.watch.stale import stale
from fairlead_targets.prometheus.workflows import LOOKBACK, emitted, latest, series

PURPOSE = "drift"
LONGEST_HOLD = Duration.parse("1h")
"""How long a score must stay over its threshold at the most: it already sums up a whole window of requests."""
PREDICTION = "prediction"
"""What the prediction is called among the features."""


def drift(context: Context) -> RuleSet | None:
    """The rules of drift, where it is measured, not suspended and not waiting."""
    node = context.plan.only(Drift)
    if node is None or node.waits or node.suspended:
        return None
    alerts: list[Alert] = []
    cases: list[Case] = []
    for score in context.plan.of(DriftScore):
        alert, tests = _drifted(context, score)
        alerts.append(alert)
        cases += tests
    cases.append(silent(alerts, node.every * LOOKBACK))
    old, tests = stale(context, node, "drift")
    return RuleSet(PURPOSE, (Group(context.group(PURPOSE), [*alerts, old]),), (*cases, *tests))


def retraining(context: Context, trigger: str) -> dict[str, str]:
    """The label of an alert that may start a training, where `retraining.on` has it."""
    section = context.unit.pipeline.retraining
    return {metric_names.RETRAIN_LABEL: trigger} if section and trigger in section.on else {}


def _drifted(context: Context, node: DriftScore) -> tuple[Alert, list[Case]]:
    labels = {metric_names.FEATURE: node.feature, metric_names.METHOD: node.method}
    score = emitted(context, metric_names.DRIFT_SCORE, **labels)
    window = node.every * LOOKBACK
    expression = latest(score, window).compare(">", node.threshold)
    prediction = node.feature == PREDICTION
    what = "the prediction" if prediction else f"the feature {node.feature}"
    text = Message(
        f"The drift of {what} from the training reference, by {node.method}, is ",
        "number",
        f", above its threshold of {number(node.threshold)}.",
    )
    place = context.unit.place(*node.path, "threshold")
    why = Origin(node.id, place, f"drift of {what} counts from {number(node.threshold)} ({node.method})")
    name, more = ("PredictionDrift", {}) if prediction else ("FeatureDrift", {metric_names.FEATURE: node.feature})
    hold = min(node.every, LONGEST_HOLD)
    labels = {**more, **retraining(context, "drift")}
    alert = context.alert(name, "ticket", expression, hold, f"{what} has drifted", text, why, **labels)
    at = alert.hold + Duration.parse("30m")
    high = node.threshold * 2
    gone = at + window + Duration.parse("10m")

    def case(how: str, value: Decimal, *, fires: bool = False) -> Case:
        firing = (Firing(alert, value),) if fires else ()
        return Case(f"{what}: {how}", at, (series(score, steady(value, at)),), (alert,), firing)

    step = stride(node.every)
    ended = series(score, f"{number(high)} _x{gone.milliseconds // step.milliseconds}")
    return alert, [
        case(f"a score of {number(high)}", high, fires=True),
        case(f"a score of {number(node.threshold)}, which is not above the threshold", node.threshold),
        Case(f"{what}: a score that ended long ago", gone + step, (ended,), (alert,), step=step),
    ]
