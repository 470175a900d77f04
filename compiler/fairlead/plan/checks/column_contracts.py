"""Columns whose contract contradicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fairlead.plan.declarations import declaration_of
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.words import nearest_word
from fairlead.spec.data import AddedColumns, Column
from fairlead.spec.units.base import number_text

TWO_ROLES = Code(
    "FL3182",
    "roles that a column can't have together",
    """
    `role` is for one role and `roles` for several; only one of the two is written. A label is not a feature of its own,
    because the model would learn to copy it, and what is ignored has no other role.

    ```yaml
    diagnosis: {type: category, roles: [feature, label]}        # FL3182
    ```

    Mended:

    ```yaml
    diagnosis: {type: category, role: label}
    ```
    """,
)
MISPLACED = Code(
    "FL3183",
    "a contract that the column's type can't have",
    """
    `values` are those of a category, `min` and `max` bound numbers, `dimensions` are those of a vector, and `positive`
    is a value of the label of a binary classification.

    ```yaml
    mean_radius: {type: string, min: 0}         # FL3183
    ```

    Mended:

    ```yaml
    mean_radius: {type: float, min: 0}
    ```
    """,
)
IMPOSSIBLE = Code(
    "FL3184",
    "a contract that no value, or no data, can fulfil",
    """
    A lower bound above the upper one, a positive value that is none of the values, or a value that is listed twice: the
    check before training would refuse every snapshot, or let one through that was never meant.

    ```yaml
    age: {type: integer, min: 100, max: 0}      # FL3184: nothing is at least 100 and at most 0
    ```

    Mended:

    ```yaml
    age: {type: integer, min: 0, max: 100}
    ```
    """,
)

NUMBERS = ("integer", "float")
APART = {"label": ("feature", "id", "weight"), "ignore": ("feature", "label", "id", "time", "slice", "weight")}
"""Roles that another excludes."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every declared column has a contract that its values can fulfil."""
    model = plan.unit.pipeline.model
    for dataset in plan.datasets.values():
        section = declaration_of(plan, dataset)
        if section is None:
            continue
        groups = {"columns": section.columns, "add": section.add if isinstance(section, AddedColumns) else {}}
        for key, columns in groups.items():
            for name, column in columns.items():
                path = (*dataset.path, key, str(name))
                yield from _roles(plan, path, str(name), column)
                yield from _type(plan, path, str(name), column)
                yield from _bounds(plan, path, str(name), column)
                if column.positive is not None:
                    yield from _positive(plan, path, str(name), column, model.task if model else "custom")


def _roles(plan: Plan, path: Path, name: str, column: Column) -> Iterator[Diagnostic]:
    unit = plan.unit
    if column.role is not None and column.roles is not None:
        message = f"`{name}` has `role: {column.role}` and `roles: [{', '.join(column.roles)}]`"
        related = (Related(key_place(unit, *path, "role"), "the other"),)
        yield Diagnostic(TWO_ROLES, key_place(unit, *path, "roles"), message, "keep one of the two", related=related)
        return
    for role, others in APART.items():
        clash = [other for other in others if role in column.all_roles and other in column.all_roles]
        if clash:
            message = f"`{name}` can't be {role} and {clash[0]} at once"
            yield Diagnostic(TWO_ROLES, unit.place(*path, "roles"), message, f"remove `{clash[0]}`")


def _type(plan: Plan, path: Path, name: str, column: Column) -> Iterator[Diagnostic]:
    fitting = {
        "values": (("category",), "a category"),
        "min": (NUMBERS, "a number"),
        "max": (NUMBERS, "a number"),
        "dimensions": (("vector",), "a vector"),
    }
    for key, (types, what) in fitting.items():
        if getattr(column, key) is not None and column.type not in types:
            message = f"`{key}` is for {what}, and `{name}` is of type {column.type}"
            related = (Related(plan.unit.place(*path, "type"), "its type"),)
            help_ = f"remove it, or write `type: {types[-1]}`"
            yield Diagnostic(MISPLACED, key_place(plan.unit, *path, key), message, help_, related=related)


def _bounds(plan: Plan, path: Path, name: str, column: Column) -> Iterator[Diagnostic]:
    if column.min is not None and column.max is not None and column.min > column.max:
        low, high = number_text(column.min), number_text(column.max)
        message = f"no value of `{name}` is at least {low} and at most {high}"
        related = (Related(plan.unit.place(*path, "max"), "the upper bound"),)
        yield Diagnostic(IMPOSSIBLE, plan.unit.place(*path, "min"), message, "exchange the bounds", related=related)
    repeated = [value for value, count in Counter(column.values or ()).items() if count > 1]
    for value in repeated:
        position = len(column.values or ()) - 1 - (column.values or ())[::-1].index(value)
        place = plan.unit.place(*path, "values", position)
        yield Diagnostic(IMPOSSIBLE, place, f"`{value}` is listed twice among the values of `{name}`", "remove one")


def _positive(plan: Plan, path: Path, name: str, column: Column, task: str) -> Iterator[Diagnostic]:
    place = plan.unit.place(*path, "positive")
    if "label" not in column.all_roles:
        message = f"`positive` is for the label, and `{name}` has the role {' and '.join(column.all_roles)}"
        yield Diagnostic(MISPLACED, place, message, "remove it, or write `role: label`")
    elif task not in ("binary-classification", "custom"):
        message = f"`positive` is for a binary classification, and the task is {task}"
        yield Diagnostic(MISPLACED, place, message, "remove it")
    elif column.values is not None and column.positive not in column.values:
        message = f"`{column.positive}` is none of the values of `{name}`: {', '.join(column.values)}"
        related = (Related(plan.unit.place(*path, "values"), "the values"),)
        nearest = nearest_word(column.positive or "", column.values)
        yield Diagnostic(IMPOSSIBLE, place, message, "write one of the values", nearest, related)
