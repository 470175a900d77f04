"""How a dataset is split, with the language's defaults applied."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fairlead.plan.plan import Dataset
from fairlead.spec.data import Data, Split

SHARE = Decimal("0.2")
"""The share of the test where nothing is said."""
_ROLES = {"hash": "id", "time": "time"}


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How rows are divided into training, validation and test."""

    method: str
    by: str | None
    """The column that decides; None for a random split, or where the dataset has no column for it."""
    test: Decimal
    validation: Decimal
    seed: int


def split_rule(data: Data | None, dataset: Dataset) -> SplitRule:
    """The rule for `dataset`: by hash where it has an id and random otherwise, by the first column of that role."""
    section = (data.split if data else None) or Split(test=float(SHARE))
    method = section.method or ("hash" if dataset.with_role("id") else "random")
    by = str(section.by) if section.by else next(iter(dataset.with_role(_ROLES.get(method, ""))), None)
    return SplitRule(method, by, Decimal(str(section.test)), Decimal(str(section.validation)), section.seed)
