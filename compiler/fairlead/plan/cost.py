"""What a training run may cost at the most, by the prices that the project gives its hardware.

The worst case is the length's: every command of every trial runs into its time limit in every attempt. Here trials
count each, because running side by side makes them faster and not cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fairlead.plan.length import attempts_of, training_nodes
from fairlead.plan.nodes import Run, Train, Tune
from fairlead.plan.plan import Plan
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Money

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """What one command costs, over all trials, attempts and nodes."""

    node: str
    hours: Decimal
    """Hours of one container, times the containers."""
    profile: Profile

    @property
    def cost(self) -> Money | None:
        """The amount, to the cent; None where the hardware has no price."""
        if self.profile.price is None:
            return None
        return Money((self.hours * self.profile.price.per_hour).quantize(CENT))

    def __str__(self) -> str:
        if self.profile.price is None:
            return f"{self.node} {self.hours.normalize():f}h x unknown"
        return f"{self.node} {self.hours.normalize():f}h x {self.profile.price}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What everything costs."""

    items: tuple[Item, ...]

    @property
    def total(self) -> Money:
        """The sum of what has a price."""
        return sum((item.cost for item in self.items if item.cost is not None), Money(Decimal(0)))

    @property
    def unpriced(self) -> tuple[Item, ...]:
        """What has no price."""
        return tuple(item for item in self.items if item.cost is None)


def training_cost(plan: Plan) -> Cost:
    """The worst-case cost of a training run in this plan; nothing where no training happens."""
    return Cost(tuple(_items(plan)))


def _items(plan: Plan) -> Iterator[Item]:
    for node in training_nodes(plan):
        if node.run is None:
            continue
        if isinstance(node, Tune):
            yield _item("tune", node.run, len(node.trials))
            yield _item("tune/score", node.score, len(node.trials))
            yield _item("tune/choose", node.choose)
        elif isinstance(node, Train) and node.distributed is not None:
            yield _item(node.id, node.run, node.distributed.nodes)
        else:
            yield _item(node.id, node.run)


def _item(name: str, run: Run, times: int = 1) -> Item:
    hours = Decimal(attempts_of(run).milliseconds * times) / Decimal(3_600_000)
    return Item(name, hours.quantize(Decimal("0.0001")), run.hardware)
