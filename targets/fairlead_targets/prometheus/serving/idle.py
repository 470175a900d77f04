"""A server that costs and that nobody calls."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Serve
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus import platform_metrics as platform
from fairlead_targets.prometheus.cases.case import Case, Firing, growing, steady, steps
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Selector, aggregate
from fairlead_targets.prometheus.rules import Message
from fairlead_targets.prometheus.serving.saturation import Tested, series

WINDOW = Duration.parse("1h")
"""How far each look back goes; that there was nothing in it has to hold for `idle`."""


def costs(node: Serve) -> bool:
    """Whether a server that does nothing costs something that is known, and can't scale to zero by itself."""
    return node.replicas.min > 0 and (node.hardware.gpu is not None or node.hardware.price is not None)


def idle(context: Context, node: Serve, measurement: Measurement) -> Tested:
    """Replicas run, and no request has come for a long time."""
    matchers = measurement.matchers(context.service, context.namespace)
    counters = [Selector(metric, matchers) for metric in measurement.totals]
    running = platform.deployments(context.service, context.namespace)
    called = reduce(
        lambda left, right: left | right,
        (aggregate("sum", counter.over("increase", WINDOW)).compare(">", 0) for counter in counters),
    )
    expression = aggregate("sum", running.now).compare(">", 0).unless(called)
    after = context.options.idle
    price = f", each at {node.hardware.price}" if node.hardware.price else ""
    blind = f" The count does not see {measurement.blind_to}." if measurement.blind_to else ""
    message = Message(
        f"No request has been counted for {after.promql}, and this many replicas run{price}: ", "number", f".{blind}"
    )
    why = Origin(node.id, context.unit.place("hardware", "serving"), "a server with a GPU or a price stands idle")
    alert = context.alert("ServerIdle", "ticket", expression, after, "nobody calls the server", message, why)
    at = alert.hold + WINDOW * 2
    replicas = series(running, steady(node.replicas.min, at))
    busy = series(counters[0], growing([(Decimal(1), steps(at))]))
    once = series(counters[0], f"0+0x{steps(at) - 90} 1+0x90")
    fires = (Firing(alert, Decimal(node.replicas.min)),)
    return alert, [
        Case("nobody calls", at, (replicas,), (alert,), fires),
        Case("somebody calls every minute", at, (replicas, busy), (alert,)),
        Case("somebody called an hour and a half ago", at, (replicas, once), (alert,)),
        Case("nobody calls, and nothing runs", at, (series(running, steady(0, at)),), (alert,)),
    ]
