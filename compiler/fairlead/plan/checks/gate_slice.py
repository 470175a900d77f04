"""Gates on slices that are none, or too small to mean anything."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fairlead.catalogue.tasks import find_metric
from fairlead.plan.declarations import column_place, promised_rows
from fairlead.plan.judging import evaluation
from fairlead.plan.plan import Dataset, Plan
from fairlead.plan.pointing import span_place
from fairlead.plan.splitting import split_rule
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.source.words import nearest_word
from fairlead.spec.data import Column
from fairlead.spec.expressions import Gate
from fairlead.spec.model import Evaluate
from fairlead.spec.units.base import decimal_text

UNKNOWN_SLICE = Code(
    "FL3113",
    "a slice by a column that is not declared",
    """
    `metric[column]` is judged for every value of the column. Only declared columns can be named, and they must be in
    the dataset that is split, because the test rows come from it.

    ```yaml
    gates: [recall[age_bnd] >= 0.85]        # FL3113: did you mean `age_band`?
    ```

    Mended:

    ```yaml
    gates: [recall[age_band] >= 0.85]
    ```
    """,
)
NOT_A_SLICE = Code(
    "FL3114",
    "a slice by a column that is no slice",
    """
    A slice has a few values that are known beforehand, and a column says in its roles that it is one: so a reader of
    `data` sees which groups the model answers to.

    ```yaml
    columns:
      mean_radius: {type: float}
    gates: [recall[mean_radius] >= 0.85]        # FL3114: every row would be a slice of its own
    ```

    Mended, with a column that has few values:

    ```yaml
    columns:
      age_band: {type: category, values: [under-40, 40-60, over-60], roles: [feature, slice]}
    gates: [recall[age_band] >= 0.85]
    ```
    """,
)
THIN_SLICE = Code(
    "FL3115",
    "a gated slice whose expected support makes it noise",
    """
    A metric of a handful of rows says more about those rows than about the model: of ten positives, one decides about a
    tenth of recall. `min_support` is how many rows a slice needs; this gate can't expect as many. The message has the
    arithmetic: the rows that the data is expected to have, the share of the test, over the values of the slice.

    ```yaml
    expect: [rows >= 500]
    split: {test: 0.1}
    gates: [recall[age_band] >= 0.85]       # FL3115: 500 rows x 10% / 3 values = 16 rows, and min_support is 30
    ```

    Mended, with more data or a larger test:

    ```yaml
    expect: [rows >= 1000]
    split: {test: 0.2}
    ```

    Values are taken as equally frequent, which flatters the rarest, and positives are not counted at all: a finding
    means that it can't work, and none does not mean that it will.
    """,
)
UNKNOWN_SUPPORT = Code(
    "FL3116",
    "a gated slice whose support is not known",
    """
    How many rows a slice of the test has can only be said beforehand where the data promises a number of rows and the
    slice has a list of values. Without them, a gate on a slice may turn out to be noise, and is found to be so only
    after training.

    ```yaml
    data:
      sources:
        biopsies:
          columns: {age_band: {type: category, roles: [slice]}}     # FL3116: how many values?
          expect: []                                                # and how many rows?
    ```

    Mended:

    ```yaml
          columns: {age_band: {type: category, values: [under-40, 40-60, over-60], roles: [slice]}}
          expect: [rows >= 500]
    ```
    """,
    Severity.WARNING,
)
GROUPED = ("category", "boolean")
"""Column types with few values, known beforehand."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every gated slice is a declared one, with enough rows in the test to mean something."""
    model = plan.unit.pipeline.model
    if model is None or model.evaluate is None or model.train is None or plan.learned_from is None:
        return
    judged: set[str] = set()
    for position, gate in enumerate(model.evaluate.gates):
        if gate.slice is None:
            continue
        path: Path = ("model", "evaluate", "gates", position)
        column = plan.learned_from.columns.get(gate.slice)
        place = span_place(plan.unit, path, gate.slice_span)
        if column is None:
            yield _unknown(plan.learned_from, gate.slice, place)
        elif column.type not in GROUPED or "slice" not in column.all_roles:
            yield _not_a_slice(plan, plan.learned_from, gate.slice, column, place)
        elif gate.slice not in judged and _counts_rows(model.task, gate, model.evaluate):
            judged.add(gate.slice)
            yield from _support(plan, plan.learned_from, gate.slice, column, place)


def _counts_rows(task: str, gate: Gate, evaluate: Evaluate) -> bool:
    """Whether rows are what the metric needs enough of; those of ranked lists need queries."""
    fact = find_metric(task, gate.metric) if evaluate.command is None else None
    return fact is None or fact.counts != "queries"


def _unknown(dataset: Dataset, name: str, place: Place) -> Diagnostic:
    slices = dataset.with_role("slice")
    message = f"the dataset `{dataset.name}` has no column `{name}` to slice by"
    listed = ", ".join(f"`{column}`" for column in slices) or "none"
    return Diagnostic(
        UNKNOWN_SLICE, place, message, f"its slices are {listed}", nearest_word(name, list(dataset.columns))
    )


def _not_a_slice(plan: Plan, dataset: Dataset, name: str, column: Column, place: Place) -> Diagnostic:
    declared = Related(column_place(plan, dataset, name), f"`{name}` is declared here")
    if column.type not in GROUPED:
        message = f"`{name}` is of type {column.type}, so its values are not known beforehand"
        help_ = "slice by a category, or make one in a step of `prepare`"
    else:
        message = f"`{name}` has the role {' and '.join(column.all_roles)}, and is no slice"
        help_ = f"add the role: `roles: [{', '.join((*column.all_roles, 'slice'))}]`"
    return Diagnostic(NOT_A_SLICE, place, message, help_, related=(declared,))


def _support(plan: Plan, dataset: Dataset, name: str, column: Column, place: Place) -> Iterator[Diagnostic]:
    unit = plan.unit
    assert unit.pipeline.model is not None
    evaluate = evaluation(unit.pipeline.model)
    values = 2 if column.type == "boolean" else len(column.values or ())
    promise = promised_rows(plan, dataset)
    if not values or promise is None:
        missing = (
            f"`{name}` lists no values" if not values else f"no expectation says how many rows `{dataset.name}` has"
        )
        message = f"whether a slice by `{name}` has its {evaluate.min_support} rows can't be said: {missing}"
        help_ = "list its `values`" if not values else "add `rows >= N` to `expect`"
        yield Diagnostic(UNKNOWN_SUPPORT, place, message, help_)
        return
    rows, said = promise
    test = split_rule(unit.pipeline.data, dataset).test
    expected = int(rows * test / values)
    if expected >= evaluate.min_support:
        return
    share = decimal_text(test * 100)
    message = (
        f"{decimal_text(rows)} rows x {share}% for the test / {values} values of `{name}` = {expected} rows a slice, "
        f"and `min_support` is {evaluate.min_support}"
    )
    needed = -(-evaluate.min_support * values // test)
    help_ = f"expect at least {decimal_text(Decimal(needed))} rows, enlarge the test, or gate the metric as a whole"
    related = [Related(said, "the rows that are promised")]
    for path, what in (
        (("data", "split", "test"), "the test's share"),
        (("model", "evaluate", "min_support"), "the bound"),
    ):
        if unit.has(path):
            related.append(Related(unit.place(*path), what))
    yield Diagnostic(THIN_SLICE, place, message, help_, related=tuple(related))
