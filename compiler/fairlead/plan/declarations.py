"""Where a dataset is declared, and what its declaration promises."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fairlead.plan.plan import Dataset, Plan
from fairlead.plan.pointing import key_place, span_place
from fairlead.source.places import Place
from fairlead.spec.data import AddedColumns, Source
from fairlead.spec.expressions import Expectation, Function, Op
from fairlead.spec.units import Name


def declaration_of(plan: Plan, dataset: Dataset) -> Source | AddedColumns | None:
    """The section that declares a dataset: a source, or an output of a step."""
    data = plan.unit.pipeline.data
    if data is None:
        return None
    if dataset.path[1] == "sources":
        return data.sources.get(Name(dataset.name))
    step = data.prepare.get(Name(dataset.path[2]))
    return step.outputs.get(Name(dataset.name)) if step else None


def lineage_of(plan: Plan, dataset: Dataset) -> Iterator[tuple[Dataset, Source | AddedColumns]]:
    """A dataset, and those before it that it is `like`, each with its declaration."""
    seen: set[str] = set()
    current: Dataset | None = dataset
    while current is not None and current.name not in seen:
        seen.add(current.name)
        section = declaration_of(plan, current)
        if section is None:
            return
        yield current, section
        like = section.like if isinstance(section, AddedColumns) else None
        current = plan.datasets.get(str(like)) if like else None


def column_place(plan: Plan, dataset: Dataset, name: str) -> Place:
    """Where a column of a dataset is declared: with it, or with the dataset that it takes its columns from."""
    for current, _ in lineage_of(plan, dataset):
        for key in ("add", "columns"):
            path = (*current.path, key, name)
            if plan.unit.has(path):
                return key_place(plan.unit, *path)
    return key_place(plan.unit, *dataset.path)


def promised_rows(plan: Plan, dataset: Dataset) -> tuple[Decimal, Place] | None:
    """The rows that a dataset has at least, and where that is said: of itself, or of the dataset that it is like.

    A step may drop rows of what its output is like, so this is what is expected, and no promise of the step's.
    """
    for current, section in lineage_of(plan, dataset):
        for position, expectation in enumerate(section.expect):
            least = _least_rows(expectation)
            if least is not None:
                path = (*current.path, "expect", position)
                return least, span_place(plan.unit, path, expectation.value_span)
    return None


def _least_rows(expectation: Expectation) -> Decimal | None:
    if expectation.function is not Function.ROWS or not isinstance(expectation.value, Decimal):
        return None
    if expectation.op in (Op.GE, Op.EQ):
        return expectation.value
    return expectation.value + 1 if expectation.op is Op.GT else None
