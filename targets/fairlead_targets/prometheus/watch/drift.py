"""Alerts on drift: one for all features that count as drifted from the same score, and one for the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.plan.nodes import Drift, DriftScore
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, RuleSet, Series, silent, steady, steps, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Selector
from fairlead_targets.prometheus.promql.matchers import exactly
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Found, Group, Message, Text
from fairlead_targets.prometheus.watch.stale import stale
from fairlead_targets.prometheus.workflows import LOOKBACK, emitted, latest, series

PURPOSE = "drift"
LONGEST_HOLD = Duration.parse("1h")
"""How long a score must stay over its threshold at the most: it already sums up a whole window of requests."""
PREDICTION = "prediction"
"""What the prediction is called among the features."""
FEATURE: Final = Found(metric_names.FEATURE)


@dataclass(frozen=True, slots=True)
class Watch:
    """Scores that one rule watches, because the same value of the same method counts as drifted."""

    scores: tuple[DriftScore, ...]
    alert: Alert

    @property
    def threshold(self) -> Decimal:
        """What the scores must not exceed."""
        return self.scores[0].threshold

    def fires(self, score: DriftScore) -> Firing:
        """The alert for one of the scores, at twice its threshold."""
        kept = {} if score.feature == PREDICTION else {metric_names.FEATURE: score.feature}
        return Firing(self.alert, self.threshold * 2, kept)


def drift(context: Context) -> RuleSet | None:
    """The rules of drift, where it is measured, not suspended and not waiting."""
    node = context.plan.only(Drift)
    if node is None or node.waits or node.suspended:
        return None
    alike: dict[tuple[bool, str, Decimal], list[DriftScore]] = {}
    for score in context.plan.of(DriftScore):
        alike.setdefault((score.feature == PREDICTION, score.method, score.threshold), []).append(score)
    watched = [Watch(tuple(scores), _alert(context, node, scores)) for scores in alike.values()]
    alerts = [watch.alert for watch in watched]
    old, tests = stale(context, node, "drift")
    group = Group(context.group(PURPOSE), [*alerts, old])
    return RuleSet(PURPOSE, (group,), (*_cases(context, node, watched), *tests))


def retraining(context: Context, trigger: str) -> dict[str, str]:
    """The label of an alert that may start a training, where `retraining.on` has it."""
    section = context.unit.pipeline.retraining
    return {metric_names.RETRAIN_LABEL: trigger} if section and trigger in section.on else {}


def _alert(context: Context, node: Drift, scores: Sequence[DriftScore]) -> Alert:
    first = scores[0]
    prediction = first.feature == PREDICTION
    what: tuple[str | Found, ...] = ("the prediction",) if prediction else ("the feature ", FEATURE)
    selector = emitted(context, metric_names.DRIFT_SCORE, method=first.method).where(_features(scores))
    by = () if prediction else (metric_names.FEATURE,)
    expression = latest(selector, node.every * LOOKBACK, by=by).compare(">", first.threshold)
    text = Message(
        ("The drift of ", *what, f" from the training reference, by {first.method}, is "),
        "number",
        f", above its threshold of {number(first.threshold)}.",
    )
    summary: Text = (*what, " has drifted")
    return context.alert(
        "PredictionDrift" if prediction else "FeatureDrift",
        "ticket",
        expression,
        min(node.every, LONGEST_HOLD),
        summary,
        text,
        _why(context, node, scores),
        **retraining(context, "drift"),
    )


def _features(scores: Sequence[DriftScore]) -> tuple[str, str, str]:
    """What selects the scores: exactly these, since one that is no longer watched is still there for two periods."""
    if len(scores) == 1:
        return metric_names.FEATURE, "=", scores[0].feature
    return metric_names.FEATURE, "=~", "|".join(exactly(score.feature) for score in scores)


def _why(context: Context, node: Drift, scores: Sequence[DriftScore]) -> Origin:
    first = scores[0]
    counts = f"counts from {number(first.threshold)} ({first.method})"
    if len(scores) == 1:
        what = "the prediction" if first.feature == PREDICTION else f"the feature {first.feature}"
        return Origin(first.id, context.unit.place(*first.path, "threshold"), f"drift of {what} {counts}")
    return Origin(node.id, context.unit.place(*node.path, "threshold"), f"drift of {len(scores)} features {counts}")


def _cases(context: Context, node: Drift, watched: Sequence[Watch]) -> list[Case]:
    """Every second score is twice its threshold while the others stand on theirs, and then the other way round: each is
    seen firing and not firing, in as many cases for two hundred features as for one.
    """
    every = [(watch, score) for watch in watched for score in watch.scores]
    if not every:
        return []
    alerts = tuple(watch.alert for watch in watched)
    step = stride(node.every)
    at = alerts[0].hold + step * 2
    window = node.every * LOOKBACK

    def named(high: int) -> str:
        of = [score.feature for position, (_, score) in enumerate(every) if position % 2 == high]
        shown = ", ".join(of[:3]) + (f" and {len(of) - 3} more" if len(of) > 3 else "")
        return f"twice the threshold: {shown}" if of else "a score on its threshold, which is not above it"

    def half(high: int) -> Case:
        given, firing = [], []
        for position, (watch, score) in enumerate(every):
            over = position % 2 == high
            value = watch.threshold * 2 if over else watch.threshold
            given.append(_series(context, score, steady(value, at, step)))
            firing += [watch.fires(score)] if over else []
        return Case(named(high), at, tuple(given), alerts, tuple(firing), step=step)

    gone = at + window + step
    blank = steps(gone, step)
    ended = tuple(_series(context, score, f"{number(watch.threshold * 2)} _x{blank}") for watch, score in every)
    return [
        half(0),
        half(1),
        Case("scores that ended long ago", gone + step, ended, alerts, step=step),
        silent(alerts, window, step),
    ]


def _series(context: Context, score: DriftScore, values: str) -> Series:
    labels = {metric_names.FEATURE: score.feature, metric_names.METHOD: score.method}
    selector: Selector = emitted(context, metric_names.DRIFT_SCORE, **labels)
    return series(selector, values)
