"""All rules of a pipeline's objectives."""

from __future__ import annotations

from decimal import Decimal

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Serve, Slo
from fairlead.source.diagnostics import Diagnostic
from fairlead_targets.prometheus import codes
from fairlead_targets.prometheus.cases.case import Case, RuleSet
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Group, Record
from fairlead_targets.prometheus.slo.alerts import burning, promise, unmeasured
from fairlead_targets.prometheus.slo.burns import Burn, budget, burns
from fairlead_targets.prometheus.slo.cases import blind_cases, cases
from fairlead_targets.prometheus.slo.indicator import Indicator, indicator
from fairlead_targets.prometheus.slo.records import records, versions

PURPOSE = "slo"


def objectives(context: Context) -> tuple[RuleSet | None, list[Diagnostic]]:
    """The rules of all objectives that don't wait, and what was wrong with them."""
    groups: list[Group] = []
    all_alerts: list[Alert] = []
    all_blind: list[Alert] = []
    tests: list[Case] = []
    found: list[Diagnostic] = []
    serve = context.plan.only(Serve)
    for node in context.plan.of(Slo):
        if node.waits:
            continue
        measured = _indicator(context, node, found)
        if measured is None:
            continue
        measurement, seen = measured
        pairs = _possible(context, node, found)
        alerts = burning(context, node, seen.slug, pairs)
        blind = [alert] if (alert := unmeasured(context, node, seen, serve)) else []
        rules: list[Record | Alert] = [*records(context, node, seen), *alerts, *blind]
        rules += versions(context, node, measurement, serve)
        groups.append(Group(context.group(f"slo-{node.signal.replace('_', '-')}"), rules))
        tests += cases(context, seen, pairs, alerts)
        all_alerts += alerts
        all_blind += blind
    tests += blind_cases(all_alerts, all_blind)
    return (RuleSet(PURPOSE, tuple(groups), tuple(tests)) if groups else None), found


def _indicator(context: Context, node: Slo, found: list[Diagnostic]) -> tuple[Measurement, Indicator] | None:
    """What measures the objective; where nothing does, or there is no budget to burn, a finding."""
    if budget(node.objective) == 0:
        place = context.unit.place(*node.path, "objective")
        message = f"an objective of {node.objective} leaves an error budget of 100% - {node.objective} = 0%"
        help_ = "promise less than everything, such as 99.9%: the first failure would end the budget for ever"
        found.append(Diagnostic(codes.NO_BUDGET, place, message, help_))
        return None
    if isinstance(node.measurement, Measurement):
        matchers = node.measurement.matchers(context.service, context.namespace)
        seen = indicator(node, node.measurement, matchers)
        if seen is not None:
            return node.measurement, seen
        reason, help_ = _no_bucket(node, node.measurement)
    else:
        reason, help_ = node.measurement.reason, node.measurement.help
    message = f"no rule can be built for {promise(node)}: {reason}"
    found.append(Diagnostic(codes.UNMEASURED, node.place, message, help_))
    return None


def _no_bucket(node: Slo, measurement: Measurement) -> tuple[str, str]:
    if node.below is None:
        return f"{measurement.source} counts no failures", "measure at the edge"
    below, above = measurement.around(node.below.seconds)
    nearest = " or ".join(f"{number(bucket.seconds * 1000)}ms" for bucket in (below, above) if bucket)
    reason = f"{node.below} is no bucket boundary of {measurement.bucket or measurement.source}"
    return reason, f"write {nearest}" if nearest else "measure at the edge"


def _possible(context: Context, node: Slo, found: list[Diagnostic]) -> tuple[Burn, ...]:
    """The pairs of windows that can fire and mean something; a finding for the others."""
    pairs = burns(node.objective, node.window)
    place = context.unit.place(*node.path, "objective")
    for burn in pairs:
        if burn.possible:
            continue
        message = (
            f"the {burn.pair.severity} on {burn.pair.long} can't fire and is left out: {number(burn.rate)} times the "
            f"error budget of {number(budget(node.objective) * 100)}% is {number(burn.threshold * 100)}% of requests"
        )
        found.append(Diagnostic(codes.CANNOT_FIRE, place, message, "alerts on the longer windows remain"))
    slow = [burn for burn in pairs if burn.pair.severity == "page" and burn.scaled < Decimal(1)]
    if slow:
        first = slow[0]
        message = (
            f"in a window of {node.window}, {number(first.pair.share * 100)}% of the error budget within "
            f"{first.pair.long} is a burn rate of {number(first.scaled)}, which is slower than the objective allows"
        )
        window = context.unit.place("monitoring", "slos", "window")
        found.append(Diagnostic(codes.SHORT_WINDOW, window, message, "use a window of at least 5d; 30d is usual"))
    return tuple(burn for burn in pairs if burn.possible)
