"""When a server has no more to give."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Serve
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus import platform_metrics as platform
from fairlead_targets.prometheus.cases.case import Case, Firing, Series, growing, steady, steps
from fairlead_targets.prometheus.cases.samples import described, labels_for
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Selector, aggregate, ratio
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Message

WINDOW: Final = Duration.parse("5m")
HOLD: Final = Duration.parse("15m")
LONG: Final = Duration.parse("40m")
"""How long a case lasts."""
THROTTLING: Final = Decimal("0.25")
"""The share of scheduling periods, as in `CPUThrottlingHigh` of the kubernetes-mixin."""
FULL: Final = Decimal("0.95")
"""The use of the key-value cache from which vLLM starts to preempt requests that are under way."""
AT_MOST: Final = Duration.parse("30m")
"""How long an autoscaler may stand at its maximum: scaling up to a peak is what it is for."""

Tested = tuple[Alert, list[Case]]


def series(selector: Selector, values: str) -> Series:
    """A series that the selector selects."""
    return Series(described(selector.metric, labels_for(selector.matchers)), values)


def autoscaler_at_maximum(context: Context, node: Serve) -> Tested:
    """The autoscaler wants more than it may have, or is about to."""
    now = platform.autoscaler(platform.AUTOSCALER_NOW, context.service, context.namespace)
    most = platform.autoscaler(platform.AUTOSCALER_MOST, context.service, context.namespace)
    expression = aggregate("max", now.now.compare(">=", most.now))
    limit = node.replicas.most
    message = Message(
        f"All {limit} replicas that `serving.replicas.max` allows have run for {AT_MOST.promql}. More load will be "
        "answered late or not at all."
    )
    why = Origin(node.id, context.unit.place("serving", "replicas", "max"), f"replicas stop at {limit}")
    alert = context.alert(
        "AutoscalerAtMaximum", "ticket", expression, AT_MOST, "no more replicas can be added", message, why
    )
    at = alert.hold + LONG
    high = (series(now, steady(limit, at)), series(most, steady(limit, at)))
    low = (series(now, steady(limit - 1, at)), series(most, steady(limit, at)))
    return alert, [
        Case("all replicas run", at, high, (alert,), (Firing(alert, Decimal(limit)),)),
        Case("one replica is left to add", at, low, (alert,)),
    ]


def throttled(context: Context, node: Serve) -> Tested:
    """The server's CPU limit holds it back."""
    part = platform.server(platform.THROTTLED, context.service, context.namespace)
    whole = platform.server(platform.PERIODS, context.service, context.namespace)
    share = ratio(aggregate("sum", part.over("rate", WINDOW)), aggregate("sum", whole.over("rate", WINDOW)))
    expression = share.compare(">", THROTTLING)
    message = Message(
        "The server was held back at its CPU limit in ",
        "percentage",
        f" of scheduling periods, more than {number(THROTTLING * 100)}%. Requests take longer than they need to.",
    )
    why = Origin(node.id, context.unit.place("hardware", "serving"), f"the server's limit is {node.hardware.cpu} CPUs")
    alert = context.alert("CpuThrottled", "ticket", expression, HOLD, "the server is short of CPU", message, why)
    minutes = steps(LONG)

    def throttling(share: Decimal) -> tuple[Series, ...]:
        periods = Decimal(600)
        return (
            series(part, growing([(periods * share, minutes)])),
            series(whole, growing([(periods, minutes)])),
        )

    much, little = THROTTLING * 2, THROTTLING / 2
    return alert, [
        Case(
            f"{number(much * 100)}% of periods are throttled", LONG, throttling(much), (alert,), (Firing(alert, much),)
        ),
        Case(f"{number(little * 100)}% of periods are throttled", LONG, throttling(little), (alert,)),
    ]


def engine(context: Context, node: Serve, measurement: Measurement) -> list[Tested]:
    """A language model's server: requests wait in every replica, or the key-value cache is full."""
    matchers = measurement.matchers(context.service, context.namespace)
    waiting, cache = (Selector(gauge, matchers) for gauge in measurement.gauges)
    why = Origin(node.id, node.place, f"the engine of {node.runtime.name} says when it is full")
    queue = aggregate("min", waiting.over("min_over_time", WINDOW)).compare(">", 0)
    text = Message("In every replica requests wait for their turn, ", "number", " of them in the shortest queue.")
    queued = context.alert("RequestsWaiting", "ticket", queue, HOLD, "every replica has a queue", text, why)
    use = aggregate("max", cache.over("avg_over_time", WINDOW)).compare(">", FULL)
    text = Message(
        "The key-value cache of a replica is ",
        "percentage",
        " full. The engine preempts requests and computes them again.",
    )
    full = context.alert("CacheFull", "ticket", use, HOLD, "the key-value cache is full", text, why)
    two = _replica(waiting, "a", 3), _replica(waiting, "b", 5)
    idle = _replica(waiting, "a", 3), _replica(waiting, "b", 0)
    return [
        (
            queued,
            [
                Case("two replicas have queues of 3 and 5", LONG, two, (queued,), (Firing(queued, Decimal(3)),)),
                Case("one replica is free", LONG, idle, (queued,)),
            ],
        ),
        (
            full,
            [
                Case("the cache is full", LONG, (_replica(cache, "a", 1),), (full,), (Firing(full, Decimal(1)),)),
                Case("the cache is half full", LONG, (_replica(cache, "a", Decimal("0.5")),), (full,)),
            ],
        ),
    ]


def _replica(selector: Selector, pod: str, value: Decimal | int) -> Series:
    labels = {**labels_for(selector.matchers), "pod": pod}
    return Series(described(selector.metric, labels), steady(value, LONG))
