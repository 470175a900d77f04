"""Retraining that takes longer than its period, or costs more than its budget."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.cost import training_cost
from fairlead.plan.length import training_length
from fairlead.plan.nodes import Retrain
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity

TOO_LONG = Code(
    "FL3143",
    "retraining that may take longer than its period",
    """
    In the worst case every step runs into its time limit in every attempt. Where that takes longer than the time from
    one start to the next, a run is still at work when the next is due, which is then skipped in silence: the model is
    retrained less often than the schedule says, and most seldom when something is wrong.

    The message adds up the longest path: time limits times attempts (`retries: 2` are three attempts), and for a search
    its trials over those that run at once.

    ```yaml
    model: {train: {timeout: 12h, retries: 2}}
    retraining: {schedule: "0 4 * * *"}         # FL3143: 12h x 3 attempts = 36h, and more, within 24h
    ```

    Mended, with a limit that says when training has failed, or a longer period:

    ```yaml
    model: {train: {timeout: 2h, retries: 1}}
    retraining: {schedule: "0 4 * * 1"}
    ```
    """,
)
TOO_EXPENSIVE = Code(
    "FL3144",
    "a run that may cost more than it is allowed to",
    """
    `max_cost_per_run` bounds the worst case: every attempt of every step and trial runs into its time limit, at the
    price of its hardware in fairlead.yaml. The message names what costs most.

    ```yaml
    hardware: {train: gpu-l4}                   # 0.70/h
    model: {train: {timeout: 12h, retries: 2}}  # 36h x 0.70/h = 25.20
    max_cost_per_run: 20                        # FL3144
    ```

    Mended:

    ```yaml
    model: {train: {timeout: 6h, retries: 2}}
    ```
    """,
)
UNKNOWN_PRICE = Code(
    "FL3145",
    "a budget that unknown prices slip past",
    """
    `max_cost_per_run` can only be held against hardware that has a price. The message names the steps whose hardware
    has none; they count as free, which they are not.

    ```yaml
    hardware: {train: {cpu: 4, memory: 8Gi}}    # no price
    max_cost_per_run: 20                        # FL3145
    ```

    Mended:

    ```yaml
    hardware: {train: {cpu: 4, memory: 8Gi, price: 0.19/h}}
    ```
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A run ends before the next one starts, within its budget. Only where training happens."""
    if not plan.trains:
        return
    yield from _length(plan)
    yield from _cost(plan)


def _length(plan: Plan) -> Iterator[Diagnostic]:
    retrain = plan.only(Retrain)
    if retrain is None or retrain.schedule is None:
        return
    length, period = training_length(plan), retrain.schedule.shortest_period()
    if length.total <= period or length.longest is None:
        return
    longest = length.longest
    message = f"a run may take {length}, and the schedule starts one every {period}; `{longest.node}` takes most: "
    message += f"{longest.how} = {longest.length}"
    related = (Related(plan.nodes[longest.node].place, f"`{longest.node}` takes {longest.length}"),)
    help_ = "shorten time limits, lower `retries`, run more trials at once, or retrain less often"
    place = plan.unit.place("retraining", "schedule")
    yield Diagnostic(TOO_LONG, place, message, help_, related=related)


def _cost(plan: Plan) -> Iterator[Diagnostic]:
    limit = plan.unit.pipeline.max_cost_per_run
    if limit is None:
        return
    cost, place = training_cost(plan), plan.unit.place("max_cost_per_run")
    if cost.unpriced:
        named = ", ".join(f"{item.node} ({item.hours.normalize():f}h)" for item in cost.unpriced)
        message = f"the hardware of {named} has no price, so the budget of {limit} is not held against it"
        yield Diagnostic(UNKNOWN_PRICE, place, message, "add `price` to its profile")
    if cost.total <= limit:
        return
    priced = [(item.cost, item) for item in cost.items if item.cost is not None]
    dearest = [item for _, item in sorted(priced, key=lambda pair: pair[0], reverse=True)[:3]]
    parts = " + ".join(f"{item} = {item.cost}" for item in dearest)
    message = f"a run may cost {cost.total}, and `max_cost_per_run` is {limit}; most of it: {parts}"
    # The parts of a search have names of their own, as `tune/score`, and are all of the node `tune`.
    node = plan.nodes.get(dearest[0].node) or plan.nodes.get(dearest[0].node.partition("/")[0])
    related = (Related(node.place, "what costs most"),) if node else ()
    help_ = "shorten time limits, lower `retries`, use cheaper hardware, or allow more"
    yield Diagnostic(TOO_EXPENSIVE, place, message, help_, related=related)
