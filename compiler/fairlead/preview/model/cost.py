"""What a pipeline costs a month, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """What something costs a month, in the project's currency."""

    least: Decimal
    """With as few replicas and runs as there can be."""
    most: Decimal
    """With as many replicas as there may be, and every run into its time limits."""
    how: str
    """The arithmetic: `2 to 10 replicas x 0.09/h x 730 h`."""


@dataclass(frozen=True, slots=True)
class CostItem:
    """What one thing costs a month, before and after."""

    name: str
    """What it is: `serving`, `training`, `drift`, `quality`, `batch`."""
    before: Estimate | None
    """In base; None where it was not there or has no price."""
    after: Estimate | None
    """In head; None where it is gone or has no price."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a pipeline costs a month in one environment, before and after; only what Fairlead can know."""

    items: tuple[CostItem, ...]
    unknown: tuple[str, ...]
    """What is in no sum, one sentence each: hardware without a price, runs that nobody can count."""

    @property
    def before(self) -> tuple[Decimal, Decimal]:
        """The least and the most of base."""
        return _sum([item.before for item in self.items])

    @property
    def after(self) -> tuple[Decimal, Decimal]:
        """The least and the most of head."""
        return _sum([item.after for item in self.items])

    @property
    def changes(self) -> bool:
        """Whether it costs something else than before."""
        return self.before != self.after


def _sum(estimates: list[Estimate | None]) -> tuple[Decimal, Decimal]:
    known = [each for each in estimates if each is not None]
    return sum((each.least for each in known), Decimal(0)), sum((each.most for each in known), Decimal(0))
