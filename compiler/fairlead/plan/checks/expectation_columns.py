"""Expectations of columns that are not there, or of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.declarations import column_place, declaration_of
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import span_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.words import nearest_word
from fairlead.spec.expressions import Function, Measure

UNKNOWN_COLUMN = Code(
    "FL3188",
    "an expectation of a column that is not declared",
    """
    Only declared columns can be named, because only those are read by the check.

    ```yaml
    columns: {mean_radius: {type: float}}
    expect: [missing(mean_radus) <= 1%]         # FL3188: did you mean `mean_radius`?
    ```

    Mended:

    ```yaml
    expect: [missing(mean_radius) <= 1%]
    ```
    """,
)
OTHER_KIND = Code(
    "FL3189",
    "an expectation that the column's type can't have",
    """
    `age` is the time since the latest value of a timestamp or date; `min`, `max` and `mean` are those of numbers.

    ```yaml
    columns: {taken_at: {type: string}}
    expect: [age(taken_at) <= 7d]               # FL3189
    ```

    Mended:

    ```yaml
    columns: {taken_at: {type: timestamp}}
    expect: [age(taken_at) <= 7d]
    ```
    """,
)

TAKES = {
    Function.AGE: ("timestamp", "date"),
    Function.MIN: ("integer", "float"),
    Function.MAX: ("integer", "float"),
    Function.MEAN: ("integer", "float"),
}
WHAT = {Measure.DURATION: "a timestamp or date", Measure.NUMBER: "a number"}
"""The columns that a function is measured of, by what it gives."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """What is expected of a column can be measured of it."""
    for dataset in plan.datasets.values():
        section = declaration_of(plan, dataset)
        for position, expectation in enumerate(section.expect if section else ()):
            if expectation.column is None:
                continue
            name, path = expectation.column, (*dataset.path, "expect", position)
            column = dataset.columns.get(name)
            if column is None:
                known = list(dataset.columns)
                message = f"`{dataset.name}` declares no column `{name}`"
                listed = f"declared are {', '.join(known[:12])}" if known else "declare it under `columns`"
                place = span_place(plan.unit, path, expectation.column_span)
                yield Diagnostic(UNKNOWN_COLUMN, place, message, listed, nearest_word(name, known))
            elif column.type not in TAKES.get(expectation.function, (column.type,)):
                fitting = WHAT[expectation.function.measure]
                message = f"{expectation.function} is measured of {fitting}, and `{name}` is of type {column.type}"
                related = (Related(column_place(plan, dataset, name), f"`{name}` is declared here"),)
                place = span_place(plan.unit, path, expectation.function_span)
                yield Diagnostic(OTHER_KIND, place, message, "change the type, or the expectation", related=related)
