"""Whether scheduled workflows run, and end well: training, batch scoring, drift and quality."""

from __future__ import annotations

from typing import Final

from fairlead.plan.nodes import Node
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, RuleSet, silent, steady, steps, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import age
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Group, Message
from fairlead_targets.prometheus.workflows import LOOKBACK, emitted, latest, series

SETTLE: Final = Duration.parse("5m")
"""How long a failure must stand, so that a retry that has just succeeded is not reported as one."""
RECENT: Final = Duration.parse("1d")
"""How far back the last failure and the last success are looked for after a controller's restart."""
GRACE: Final = Duration.parse("1d")
"""How late a run may be at the most before it counts as overdue."""
_WORDS: Final = {"train": ("Training", "training"), "batch": ("Batch", "batch scoring")}


def failed(context: Context, node: Node, purpose: metric_names.Purpose) -> tuple[Alert, list[Case]]:
    """The last run did not succeed, and none has since."""
    title, words = _WORDS[purpose]
    failure = emitted(context, metric_names.LAST_FAILURE, purpose=purpose)
    success = emitted(context, metric_names.LAST_SUCCESS, purpose=purpose)
    last = latest(failure, RECENT)
    expression = last.unless(latest(success, RECENT).compare(">=", last))
    text = Message(
        f"The last run of {words} did not succeed: a step failed, or the data or the model was refused. What is served "
        "stays as it is."
    )
    why = Origin(node.id, node.place, f"{words} happens in {context.unit.environment}")
    alert = context.alert(f"{title}Failed", "ticket", expression, SETTLE, f"{words} failed", text, why)
    at = alert.hold + Duration.parse("10m")
    no, yes = series(failure, steady(120, at)), series(success, steady(60, at))
    later = series(success, steady(180, at))
    return alert, [
        Case(f"{words} failed after it had succeeded", at, (no, yes), (alert,), (Firing(alert),)),
        Case(f"{words} failed and never succeeded", at, (no,), (alert,), (Firing(alert),)),
        Case(f"{words} succeeded after it had failed", at, (no, later), (alert,)),
        Case(f"{words} has only succeeded", at, (yes,), (alert,)),
    ]


def overdue(
    context: Context, purpose: metric_names.Purpose, period: Duration, why: Origin
) -> tuple[list[Alert], list[Case]]:
    """A schedule whose runs don't come, or don't succeed: since the last success, or from the beginning."""
    title, words = _WORDS[purpose]
    late = period + min(period, GRACE)
    lookback = period * LOOKBACK
    success = emitted(context, metric_names.LAST_SUCCESS, purpose=purpose)
    text = Message(
        f"No run of {words} has succeeded for longer than {late.promql}; the schedule's longest period is "
        f"{period.promql}."
    )
    expression = age(latest(success, lookback)).compare(">", late.seconds)
    old = context.alert(f"{title}Overdue", "ticket", expression, SETTLE, f"{words} is overdue", text, why)
    text = Message(
        f"Nothing is known of any run of {words} that succeeded, for longer than {late.promql} and since the rule "
        "came. The schedule may be suspended, or the workflow controller's metrics may not be scraped."
    )
    expression = latest(success, lookback, "absent_over_time")
    never = context.alert(f"{title}Unseen", "ticket", expression, late, f"{words} was never seen", text, why)
    step, watched = stride(period), (old, never)
    too_long = late + old.hold + step * 2
    first, regular = steady(0, too_long, step), f"0+{number(step.seconds)}x{steps(too_long, step)}"

    def case(what: str, at: Duration, values: str = "", *firing: Alert) -> Case:
        given = (series(success, values),) if values else ()
        return Case(f"{words} {what}", at, given, watched, tuple(Firing(alert) for alert in firing), step=step)

    return [old, never], [
        case("succeeded once, too long ago", too_long, first, old),
        case("succeeded once, not too long ago", late, first),
        case("succeeds all the time", too_long, regular),
        case("has never been seen, for a short time", period),
        case("has never been seen, for a long time", late + step * 2, "", never),
    ]


def runs(
    context: Context, node: Node, purpose: metric_names.Purpose, name: str, period: Duration | None, why: Origin
) -> RuleSet:
    """The rules of one kind of run; `period` is the longest of its schedule, None where it has none."""
    alert, cases = failed(context, node, purpose)
    alerts = [alert]
    cases.append(silent(alerts, alert.hold + Duration.parse("10m")))
    if period is not None:
        more, tests = overdue(context, purpose, period, why)
        alerts, cases = [*alerts, *more], [*cases, *tests]
    return RuleSet(name, (Group(context.group(name), alerts),), tuple(cases))
