"""What a pipeline costs a month in an environment: prices of fairlead.yaml times replicas, and times runs and lengths.

A month has 730 hours (365 days x 24 / 12). The least is with as few replicas as there may be and no run that takes any
time; the most is with as many as there may be, and every run into its time limits in every attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Final

from fairlead.plan.cost import training_cost
from fairlead.plan.length import attempts_of
from fairlead.plan.nodes import Drift, Node, Quality, Retrain, Score, Serve
from fairlead.plan.plan import Plan
from fairlead.preview.model import Cost, CostItem, Estimate
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Duration

HOURS: Final = Decimal(730)
CENT: Final = Decimal("0.01")


def cost_of(before: Plan | None, after: Plan | None) -> Cost | None:
    """What a pipeline costs before and after; None where neither side runs anything that could have a price."""
    was, unknown_before = _estimates(before)
    now, unknown = _estimates(after)
    names = list(dict.fromkeys([*now, *was]))
    notes = tuple(unknown if after is not None else unknown_before)
    if not names and not notes:
        return None
    return Cost(tuple(CostItem(name, was.get(name), now.get(name)) for name in names), notes)


def _estimates(plan: Plan | None) -> tuple[dict[str, Estimate], list[str]]:
    if plan is None:
        return {}, []
    found: dict[str, Estimate] = {}
    unknown: list[str] = []
    for rule in (_serving, _training, _scheduled):
        for name, estimate in rule(plan):
            if isinstance(estimate, Estimate):
                found[name] = estimate
            else:
                unknown.append(f"{name}: {estimate}")
    return found, unknown


def _serving(plan: Plan) -> Iterator[tuple[str, Estimate | str]]:
    node = plan.only(Serve)
    if node is None or node.waits:
        return
    price = node.hardware.price
    if price is None:
        yield "serving", "its hardware has no price"
        return
    least, most = _replicas(node)
    replicas = str(least) if least == most else f"{least} to {most}"
    how = f"{replicas} replica{'' if replicas == '1' else 's'} x {price} x {HOURS} h"
    how += f", the canary's at {node.canary.weight} among them" if node.canary is not None else ""
    hour = price.per_hour * HOURS
    yield "serving", Estimate((hour * least).quantize(CENT), (hour * most).quantize(CENT), how)


def _replicas(node: Serve) -> tuple[int, int]:
    """The least and the most replicas. While a canary runs, it and the stable version each carry their share of the
    peak: in Knative mode as two that scale alike, otherwise as `max` replicas divided by the weight, rounded up.
    """
    least, most = node.replicas.min, node.replicas.most
    if node.canary is None:
        return least, most
    if node.mode == "knative":
        return 2 * least, 2 * most
    share = node.canary.weight.fraction
    canary, stable = max(1, _ceiling(most * share)), max(1, least, _ceiling(most * (1 - share)))
    return stable + canary, max(most, stable + canary) + canary


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_CEILING))


def _training(plan: Plan) -> Iterator[tuple[str, Estimate | str]]:
    retrain = plan.only(Retrain)
    if not plan.trains:
        return
    worst = training_cost(plan)
    if worst.unpriced:
        names = ", ".join(dict.fromkeys(item.node for item in worst.unpriced))
        yield "training", f"the hardware of {names} has no price"
    if retrain is not None and retrain.on and not retrain.suspended:
        yield "training", f"nobody can count the runs that {', '.join(retrain.on)} would start"
    if retrain is None or retrain.schedule is None or retrain.suspended or not worst.items:
        yield "training", "runs that are started by hand are in no sum"
        return
    runs = _rounded(retrain.schedule.runs_a_month())
    most = (worst.total.amount * runs).quantize(CENT)
    how = f"{_shown(runs)} scheduled runs x at most {worst.total}"
    yield "training", Estimate(Decimal(0), most, how)


def _scheduled(plan: Plan) -> Iterator[tuple[str, Estimate | str]]:
    for name, node in (("drift", plan.only(Drift)), ("quality", plan.only(Quality))):
        if node is not None and not node.suspended and not node.waits:
            yield name, _runs(node, _rounded(_per_month(node.every)))
    batch = plan.only(Score)
    if batch is not None and not batch.suspended and not batch.waits:
        yield "batch", _runs(batch, _rounded(batch.schedule.runs_a_month()))


def _runs(node: Node, runs: Decimal) -> Estimate | str:
    if node.run is None:
        return "nothing is known of how it runs"
    profile: Profile = node.run.hardware
    if profile.price is None:
        return "its hardware has no price"
    hours = Decimal(attempts_of(node.run).milliseconds) / 3_600_000
    most = (hours * runs * profile.price.per_hour).quantize(CENT)
    how = f"{_shown(runs)} runs x at most {_shown(hours.quantize(CENT))} h x {profile.price}"
    return Estimate(Decimal(0), most, how)


def _per_month(every: Duration) -> float:
    return float(HOURS) * 3_600_000 / every.milliseconds


def _rounded(runs: float) -> Decimal:
    return Decimal(str(runs)).quantize(CENT)


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"
