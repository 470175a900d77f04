"""A comparison that has stopped: its last result stays where it is and looks as good as new."""

from __future__ import annotations

from fairlead.plan.nodes import Drift, Quality
from fairlead.resources import metric_names
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, Firing, steady, steps, stride
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import age
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Message
from fairlead_targets.prometheus.workflows import LOOKBACK, emitted, latest, series


def stale(context: Context, node: Drift | Quality, purpose: metric_names.Purpose) -> tuple[Alert, list[Case]]:
    """No run has succeeded for two periods, or nothing is known of any. Holds for one period more, in which the first
    run after a deployment, or after a restart of the workflow controller, comes.
    """
    window = node.every * LOOKBACK
    success = emitted(context, metric_names.LAST_SUCCESS, purpose=purpose)
    late = age(latest(success, window)).compare(">", window.seconds)
    expression = late | latest(success, window, "absent_over_time")
    text = Message(
        f"No measurement of {purpose} has succeeded for more than {window.promql}, although one is due every "
        f"{node.every.promql}. What its rules read is old or missing, so their silence means nothing."
    )
    where = context.unit.place(*node.path, "every")
    why = Origin(node.id, where, f"{purpose} is measured every {node.every}")
    name = "DriftStale" if purpose == "drift" else "QualityStale"
    alert = context.alert(name, "ticket", expression, node.every, f"{purpose} is no longer measured", text, why)
    step = stride(node.every)
    at = window + alert.hold + step * 3

    def case(what: str, when: Duration, values: str = "", *, fires: bool = False) -> Case:
        given = (series(success, values),) if values else ()
        return Case(f"{purpose} {what}", when, given, (alert,), (Firing(alert),) if fires else (), step=step)

    return alert, [
        case("was measured once, long ago", at, steady(0, at, step), fires=True),
        case("is measured all the time", at, f"0+{number(step.seconds)}x{steps(at, step)}"),
        case("was measured once, a period ago", node.every, steady(0, node.every, step)),
        case("has no data for a long time", at, fires=True),
        case("has no data yet", Duration(node.every.milliseconds // 2)),
    ]
