"""What a column's contract asks of each value, as conditions in SQL.

A csv has text alone, and a jsonl the types of JSON, so there each value is judged by itself. A parquet says the type of
a whole column; where that can hold values that the contract does not allow, such as 1.5 in a column of integers that
pandas wrote as floats, each value is judged as well. A NaN is a missing value, as pandas has it; an infinity is no
number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.spec.data import Column
from fairlead.spec.units.base import decimal_text
from fairlead.steps.tables import Table, text
from fairlead.steps.values import missing_or

INTEGER: Final = "[+-]?[0-9]+"
FLOAT: Final = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
DATE: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
_ZONE: Final = " ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
TIMESTAMP: Final = f"{DATE}([T ]{_CLOCK}({_ZONE})?)?"
WHOLE_TYPES: Final = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DECIMAL\([0-9]+,0\)")
NUMBER_TYPES: Final = re.compile(r"FLOAT|DOUBLE|DECIMAL.*|" + WHOLE_TYPES.pattern)
TEXT_TYPES: Final = re.compile(r"VARCHAR|UUID|ENUM.*")
CALLED: Final = {
    "string": "a text",
    "text": "a text",
    "integer": "an integer",
    "float": "a number",
    "boolean": "true or false",
    "timestamp": "a time, as 2026-01-31T08:00:00Z",
    "date": "a date, as 2026-01-31",
    "category": "a category",
    "vector": "a list of numbers",
    "image": "an image",
}
"""How a message calls the values of a type."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that no row may be. `broken` is the condition of a row that is; `message` says of it what it is not."""

    column: str
    name: str
    """`type`, `nullable`, `dimensions`, `min`, `max`, `values`."""
    broken: str
    message: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A column of a table under its contract."""

    name: str
    contract: Column
    value: str
    """The value in SQL, and NULL where it is missing."""
    plain: str
    """The value as text in SQL, and NULL where it is missing."""
    number: str
    """The value as a number in SQL, and NULL where it is none."""
    instant: str
    """The value as an instant in SQL, and NULL where it is none. A time without a zone is in UTC."""
    wrong: str
    """The condition of a value that is not of the type."""

    @property
    def rules(self) -> Iterator[Rule]:
        """Everything that the contract asks of a row, but for uniqueness."""
        contract, name = self.contract, self.name
        right = f"{self.value} IS NOT NULL AND NOT ({self.wrong})"
        if not contract.nullable:
            yield Rule(name, "nullable", f"{self.value} IS NULL", "is missing, and `nullable` is false")
        if self.wrong != NEVER:
            broken = f"{self.value} IS NOT NULL AND ({self.wrong})"
            yield Rule(name, "type", broken, f"is not {CALLED[contract.type]}")
        if contract.dimensions is not None and contract.type == "vector":
            length = f"len(try_cast({self.value} AS DOUBLE[]))"
            message = f"has not {contract.dimensions} numbers, which `dimensions` asks for"
            yield Rule(name, "dimensions", f"{right} AND {length} <> {contract.dimensions}", message)
        if contract.min is not None:
            bound = decimal_text(Decimal(str(contract.min)))
            yield Rule(name, "min", f"{right} AND {self.number} < {bound}", f"is less than {bound}")
        if contract.max is not None:
            bound = decimal_text(Decimal(str(contract.max)))
            yield Rule(name, "max", f"{right} AND {self.number} > {bound}", f"is greater than {bound}")
        if contract.values is not None:
            listed = ", ".join(text(value) for value in contract.values)
            known = ", ".join(contract.values)
            yield Rule(name, "values", f"{right} AND {self.plain} NOT IN ({listed})", f"is none of {known}")


NEVER: Final = "false"


def judged(table: Table, name: str, contract: Column) -> Judged | str:
    """A column that every file has, under its contract; or, where a whole column has another type, that type."""
    if table.format == "parquet":
        types = sorted({(group.columns or {})[name] for group in table.groups})
        return _of_types(table, name, contract, types)
    plain = missing_or(table.plain(name)) if table.format == "csv" else table.plain(name)
    if table.format == "csv" and contract.type == "float":
        plain = f"(CASE WHEN lower(trim({plain})) NOT IN ('nan', '+nan', '-nan') THEN {plain} END)"
    value = plain if table.format == "csv" else table.cell(name)
    number = f"try_cast(trim({plain}) AS DOUBLE)"
    wrong = _wrong_text(contract, plain) if table.format == "csv" else _wrong_json(contract, value, plain)
    return Judged(name, contract, value, plain, number, f"try_cast({plain} AS TIMESTAMPTZ)", wrong)


def _wrong_text(contract: Column, plain: str) -> str:
    """The condition of a text that is none of the type's."""
    if contract.type == "integer":
        return f"NOT regexp_full_match(trim({plain}), {text(INTEGER)})"
    if contract.type == "float":
        number = f"try_cast(trim({plain}) AS DOUBLE)"
        return f"NOT regexp_full_match(trim({plain}), {text(FLOAT)}) OR NOT coalesce(isfinite({number}), false)"
    if contract.type == "boolean":
        return f"lower(trim({plain})) NOT IN ('true', 'false', '0', '1')"
    if contract.type == "timestamp":
        instant = f"try_cast({plain} AS TIMESTAMPTZ)"
        return f"NOT regexp_full_match({plain}, {text(TIMESTAMP)}) OR {instant} IS NULL"
    if contract.type == "date":
        return f"NOT regexp_full_match({plain}, {text(DATE)}) OR try_cast({plain} AS DATE) IS NULL"
    if contract.type == "vector":
        return _no_vector(plain)
    return NEVER


def _wrong_json(contract: Column, value: str, plain: str) -> str:
    """The condition of a value in JSON that is none of the type's."""
    kind = f"json_type({value})"
    if contract.type == "integer":
        return f"{kind} NOT IN ('BIGINT', 'UBIGINT', 'DOUBLE') OR NOT regexp_full_match({plain}, {text(INTEGER)})"
    if contract.type == "float":
        return f"{kind} NOT IN ('BIGINT', 'UBIGINT', 'DOUBLE')"
    if contract.type == "boolean":
        return f"{kind} <> 'BOOLEAN'"
    if contract.type in ("string", "text"):
        return f"{kind} <> 'VARCHAR'"
    if contract.type == "category":
        return f"{kind} NOT IN ('VARCHAR', 'BOOLEAN', 'BIGINT', 'UBIGINT')"
    if contract.type in ("timestamp", "date"):
        return f"{kind} <> 'VARCHAR' OR {_wrong_text(contract, plain)}"
    if contract.type == "vector":
        return f"{kind} <> 'ARRAY' OR {_no_vector(value)}"
    return NEVER


def _no_vector(value: str) -> str:
    numbers = f"try_cast({value} AS DOUBLE[])"
    return f"{numbers} IS NULL OR list_contains(list_transform({numbers}, lambda x: x IS NULL), true)"


def _of_types(table: Table, name: str, contract: Column, types: list[str]) -> Judged | str:
    """A parquet's column. It may have another type in each file, and every one of them must do."""
    value, plain = table.cell(name), table.plain(name)
    conditions = {_wrong_type(contract, type_, value, plain) for type_ in types}
    if None in conditions:
        return next(type_ for type_ in types if _wrong_type(contract, type_, value, plain) is None)
    if any(type_ in ("FLOAT", "DOUBLE") for type_ in types):
        value = f"(CASE WHEN NOT isnan({value}) THEN {value} END)"
        conditions = {_wrong_type(contract, type_, value, plain) for type_ in types}
        plain = f"CAST({value} AS VARCHAR)"
    wrong = " OR ".join(sorted(f"({each})" for each in conditions if each not in (NEVER, None))) or NEVER
    number, instant = f"try_cast({value} AS DOUBLE)", f"try_cast({value} AS TIMESTAMPTZ)"
    return Judged(name, contract, value, plain, number, instant, wrong)


def _wrong_type(contract: Column, type_: str, value: str, plain: str) -> str | None:
    """The condition of a value of a parquet's type that the contract does not allow; None where it allows none."""
    kind = contract.type
    if kind == "integer" and type_ in ("FLOAT", "DOUBLE"):
        return f"{value} <> trunc({value}) OR NOT isfinite({value})"
    if kind == "float" and type_ in ("FLOAT", "DOUBLE"):
        return f"NOT isfinite({value})"
    if kind in ("timestamp", "date") and type_ == "VARCHAR":
        return _wrong_text(contract, plain)
    allowed = {
        "integer": WHOLE_TYPES.fullmatch(type_),
        "float": NUMBER_TYPES.fullmatch(type_),
        "boolean": type_ == "BOOLEAN",
        "string": TEXT_TYPES.fullmatch(type_),
        "text": TEXT_TYPES.fullmatch(type_),
        "category": TEXT_TYPES.fullmatch(type_) or WHOLE_TYPES.fullmatch(type_) or type_ == "BOOLEAN",
        "timestamp": type_.startswith("TIMESTAMP"),
        "date": type_ == "DATE",
        "image": True,
    }
    if kind == "vector" and type_.endswith("]") and NUMBER_TYPES.fullmatch(type_.rpartition("[")[0]):
        return f"list_contains(list_transform({value}, lambda x: x IS NULL), true)"
    return NEVER if allowed.get(kind) else None
