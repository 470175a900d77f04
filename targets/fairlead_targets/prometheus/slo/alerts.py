"""When an error budget burns too fast, and when nothing says whether it burns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

from fairlead.plan.nodes import Serve, Slo
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Expression, absent, aggregate
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import SEVERITIES, Alert, Message, Severity
from fairlead_targets.prometheus.slo.burns import Burn
from fairlead_targets.prometheus.slo.indicator import Indicator
from fairlead_targets.prometheus.slo.records import failures_name, recorded, share_name

NAMES: Final = {
    "availability": "Availability",
    "latency": "Latency",
    "time_to_first_token": "TimeToFirstToken",
    "inter_token_latency": "InterTokenLatency",
}
HOLDS: Final[dict[Severity, Duration]] = {"page": Duration.parse("2m"), "ticket": Duration.parse("15m")}
"""How long both windows must burn. The windows do the waiting, so this only outlives a scrape that failed."""
BLIND: Final = Duration.parse("1d")
"""How long an objective may go unmeasured: a server without a request has no series either."""


def promise(node: Slo) -> str:
    """The objective in words."""
    return f"{node.title} below {node.below}" if node.below else node.title


def counted(node: Slo) -> str:
    """What an objective is a share of."""
    return "tokens" if node.signal == "inter_token_latency" else "requests"


def burning(context: Context, node: Slo, slug: str, pairs: Sequence[Burn]) -> list[Alert]:
    """One alert for each severity, which fires when one of its pairs of windows burns."""
    return [
        _burning(context, node, slug, severity, chosen)
        for severity in SEVERITIES
        if (chosen := [burn for burn in pairs if burn.pair.severity == severity])
    ]


def _burning(context: Context, node: Slo, slug: str, severity: Severity, pairs: Sequence[Burn]) -> Alert:
    expression = reduce(lambda left, right: left | right, (_both(context, slug, burn) for burn in pairs))
    limits = " or ".join(_limit(node, burn) for burn in pairs)
    before = f"The objective is {promise(node)} over {node.window.promql}, and now "
    after = f" of {counted(node)} break it. This fires when more goes of the error budget than {limits}."
    quick = "fast" if severity == "page" else "steadily"
    summary = f"the error budget of {slug.replace('_', ' ')} burns {quick}"
    why = Origin(node.id, context.unit.place(*node.path, "objective"), f"{severity} on the objective {node.title}")
    message = Message(before, "percentage", after)
    name = f"{NAMES[node.signal]}BudgetBurn"
    return context.alert(name, severity, expression, HOLDS[severity], summary, message, why)


def _limit(node: Slo, burn: Burn) -> str:
    share = number(burn.spent(node.window) * 100)
    return f"{share}% within {burn.pair.long.promql} (a burn rate of {number(burn.rate)})"


def _both(context: Context, slug: str, burn: Burn) -> Expression:
    """Both windows burn, and enough requests have failed to mean it."""
    windows = (burn.pair.short, burn.pair.long)
    short, long = (recorded(share_name(slug, window), context.identity).now for window in windows)
    both = short.compare(">", burn.threshold) & long.compare(">", burn.threshold)
    if not context.options.low_traffic:
        return both
    count = recorded(failures_name(slug, burn.pair.long), context.identity).now * burn.pair.long.seconds
    return both & count.compare(">=", context.options.low_traffic)


def unmeasured(context: Context, node: Slo, found: Indicator, serve: Serve | None) -> Alert | None:
    """Nothing measures the objective, which then looks as if it were met. Not for what may scale to zero: there that is
    how things are.
    """
    if serve is None or serve.replicas.min == 0:
        return None
    missing = (aggregate("max", absent(selector)) for selector in found.signs)
    expression = reduce(lambda left, right: left & right, missing)
    slug = node.signal.replace("_", " ")
    text = (
        f"There is no series of {' and '.join(selector.metric for selector in found.signs)} for this service. Either "
        f"nobody has called it for {BLIND.promql}, or it is not scraped; the objective {promise(node)} says nothing "
        "meanwhile."
    )
    why = Origin(node.id, node.place, f"the objective {node.title} means nothing without its metric")
    name, summary = "ObjectiveUnmeasured", f"nothing measures {slug}"
    return context.alert(name, "ticket", expression, BLIND, summary, Message(text), why, objective=slug)
