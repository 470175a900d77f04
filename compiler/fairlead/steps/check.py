"""Holds a dataset to its columns' contracts and its expectations.

All rules are counted in one pass over all rows; where one is broken, its first row is looked for and named: the file,
the row and the value, unless the data is restricted. Everything that is wrong is said at once, and stands in the
report, which is written either way.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store, uri_of
from fairlead.spec.base import Items, Section
from fairlead.spec.data import RESTRICTED, Column
from fairlead.spec.expressions import Expectation
from fairlead.spec.expressions.expectation import Function
from fairlead.spec.units import Duration
from fairlead.spec.units.base import decimal_text
from fairlead.steps.context import Context
from fairlead.steps.contracts import Judged, Rule, judged
from fairlead.steps.engine import engine
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.reports import write_report
from fairlead.steps.tables import Table, open_table

SHOWN: Final = 60
"""Characters of a value that a message shows."""
NAMED: Final = 20
"""How many problems a message names."""


class Parameters(Section):
    """What the step is told."""

    dataset: str
    """The dataset's name."""
    format: Literal["csv", "parquet", "jsonl", "files"]
    """How it is written."""
    columns: dict[str, Column] = Field(default_factory=dict)
    """The contracts, by column."""
    expect: Items[str] = ()
    """What must hold for the whole."""
    sensitivity: str = "internal"
    """How the data must be handled; of restricted data no value is shown."""


class Problem(Section):
    """Something that is wrong with the data."""

    column: str | None = None
    """Where it is, unless it is the whole."""
    rule: str
    """`column`, `type`, `nullable`, `unique`, `dimensions`, `min`, `max`, `values` or `expect`."""
    message: str
    """One sentence, with the first row that is wrong."""
    rows: int | None = None
    """How many rows are wrong."""
    file: str | None = None
    """The file of the first."""
    row: int | None = None
    """Its number in the file, from 1."""


class Measured(Section):
    """An expectation, and how it went."""

    clause: str
    """As the specification has it."""
    holds: bool
    """Whether it holds. What can't be measured does not hold."""
    value: float | None = None
    """What was measured; for an age, in seconds. None where nothing was, and where the data is restricted and the value
    would be one of its own."""


class CheckReport(Section):
    """What a check found."""

    version: Literal[1] = 1
    """The version of the format."""
    dataset: str
    """The dataset's name."""
    passed: bool
    """Whether nothing is wrong."""
    rows: int | None = None
    """How many rows there are; files, where these are no table."""
    expectations: Items[Measured] = ()
    """What was expected of the whole, in the order of the specification."""
    problems: Items[Problem] = ()
    """What is wrong."""


def run(context: Context) -> None:
    """Writes the report. Raises BadData, naming what is wrong, where the data does not pass."""
    parameters = context.read_parameters(Parameters)
    given = context.reference("dataset")
    address = given if "://" in given else context.input("dataset")
    report = check(parameters, address)
    if context.has_output("report"):
        write_report(context.output("report"), report)
    for each in report.expectations:
        sys.stdout.write(f"{'holds ' if each.holds else 'BROKEN'}  {each.clause}\n")
    if not report.passed:
        raise _bad_data(parameters, report)
    what = "files" if parameters.format == "files" else "rows"
    sys.stdout.write(f"{parameters.dataset}: {report.rows} {what} pass\n")


def check(parameters: Parameters, address: str | Path, now: datetime | None = None) -> CheckReport:
    """What there is to say of a dataset at a path or URI. Raises BadData where it can't be read."""
    now = now or datetime.now(UTC)
    clauses = [Expectation.parse(clause) for clause in parameters.expect]
    if parameters.format == "files":
        return _report(parameters, _count_files(address), [], clauses, {}, now)
    restricted = parameters.sensitivity in RESTRICTED
    try:
        with engine() as duck:
            table = open_table(duck, address, parameters.format, restricted=restricted)
            problems = list(_absent(table, parameters.columns))
            columns: dict[str, Judged] = {}
            for name, contract in parameters.columns.items():
                if any(problem.column == name for problem in problems):
                    continue
                found = judged(table, name, contract)
                if isinstance(found, str):
                    message = f"`{name}` is a column of {found}, and the contract says {contract.type}"
                    problems.append(Problem(column=name, rule="type", message=message))
                else:
                    columns[name] = found
            rows, measured = _measure(table, columns, clauses, problems)
            return _report(parameters, rows, problems, clauses, measured, now)
    except Missing as error:
        raise BadData(error.message, error.help) from error


def _absent(table: Table, columns: Mapping[str, Column]) -> Iterator[Problem]:
    """The columns that a file lacks."""
    for name in columns:
        for group in table.groups:
            if group.columns is not None and name not in group.columns:
                file = group.files[0].name
                has = "" if table.restricted else f", whose columns are {', '.join(group.columns)}"
                message = f"`{name}` is no column of {file}{has}"
                yield Problem(column=name, rule="column", message=message, file=file)
                break


def _measure(
    table: Table, columns: Mapping[str, Judged], clauses: list[Expectation], problems: list[Problem]
) -> tuple[int, dict[str, float | None]]:
    """Counts rows, broken rules and what is expected, and adds what is wrong to `problems`."""
    rules = [rule for column in columns.values() for rule in column.rules]
    if table.format == "jsonl":
        rules.insert(0, Rule("", "type", "json_type(json) <> 'OBJECT'", "is no JSON object"))
    expected = [clause for clause in clauses if (clause.column is None or clause.column in columns)]
    simple = [clause for clause in expected if clause.function not in (Function.UNIQUE, Function.DISTINCT)]
    asked = ["count(*)", *(f"count(*) FILTER ({rule.broken})" for rule in rules)]
    asked += [_aggregate(clause, columns) for clause in simple]
    # Asked of every format: a column of which nothing is asked is skipped, and with it what is no UTF-8 in a csv.
    asked += [f"count({column.value})" for column in columns.values()]
    ((total, *found),) = table.query(f"SELECT {', '.join(asked)} FROM {table.relation}")
    rows = int(str(total))
    counts = found[: len(rules)]
    for rule, count in zip(rules, counts, strict=True):
        if count:
            problems.append(_located(table, rule, int(str(count)), columns.get(rule.column)))
    values = found[len(rules) : len(rules) + len(simple)]
    measured = {
        str(clause): None if value is None else float(str(value)) for clause, value in zip(simple, values, strict=True)
    }
    for name, count in zip(columns, found[len(rules) + len(simple) :], strict=True):
        if table.format == "jsonl" and rows and not count and not any(problem.column == name for problem in problems):
            problems.append(Problem(column=name, rule="column", message=f"`{name}` is in no row"))
    repeated = (_repeated(table, column) for column in columns.values() if column.contract.unique)
    problems += [problem for problem in repeated if problem is not None]
    for clause in expected:
        if clause.function in (Function.UNIQUE, Function.DISTINCT):
            measured[str(clause)] = _share_of_values(table, columns[str(clause.column)], clause.function)
    return rows, measured


def _aggregate(clause: Expectation, columns: Mapping[str, Judged]) -> str:
    """What a clause measures, as one number."""
    if clause.column is None:
        return "count(*)"
    column = columns[clause.column]
    if clause.function is Function.MISSING:
        return f"count(*) FILTER ({column.value} IS NULL) / nullif(count(*), 0)"
    if clause.function is Function.AGE:
        return f"epoch(max({column.instant}))"
    return f"{'avg' if clause.function is Function.MEAN else clause.function}({column.number})"


def _share_of_values(table: Table, column: Judged, function: Function) -> float | None:
    """How many different values there are, or the share of values that occur once."""
    counted = f"(SELECT count(*) AS n FROM {table.relation} WHERE {column.value} IS NOT NULL GROUP BY {column.plain})"
    asked = "count(*)" if function is Function.DISTINCT else "count(*) FILTER (n = 1) / nullif(sum(n), 0)"
    ((found,),) = table.query(f"SELECT {asked} FROM {counted}")
    return None if found is None else float(str(found))


def _located(table: Table, rule: Rule, count: int, column: Judged | None) -> Problem:
    """A broken rule, with the first row that breaks it."""
    file, row, value = _first(table, rule.broken, column.plain if column else "''")
    what = f"`{rule.column}` {rule.message}" if rule.column else rule.message
    shown = "" if table.restricted or column is None or rule.name == "nullable" else f": {_shown(value)}"
    more = "" if count == 1 else f"; {count} rows are so"
    message = f"{file}, row {row}: {what}{shown}{more}"
    return Problem(column=rule.column or None, rule=rule.name, message=message, rows=count, file=file, row=row)


def _first(table: Table, condition: str, value: str) -> tuple[str, int, object]:
    """The first row of which a condition holds: its file, its number from 1, and a value in it."""
    for group in table.groups:
        for file in group.files:
            numbered = f"(SELECT *, row_number() OVER () AS {_ROW} FROM {group.relation(file)})"
            found = table.query(f"SELECT {_ROW}, {value} FROM {numbered} WHERE {condition} ORDER BY {_ROW} LIMIT 1")
            if found:
                return file.name, int(str(found[0][0])), found[0][1]
    raise StepFailure("the data changed while it was read", "run the step again")


_ROW: Final = '"fairlead: the row"'


def _repeated(table: Table, column: Judged) -> Problem | None:
    """A value that stands in more than one row, where none may."""
    grouped = f"SELECT {column.plain} AS v, count(*) AS n FROM {table.relation} WHERE {column.value} IS NOT NULL"
    # By its place, because data may have a column that is called as the value is here.
    repeated = f"({grouped} GROUP BY 1 HAVING count(*) > 1)"
    ((values, rows),) = table.query(f"SELECT count(*), coalesce(sum(n), 0) FROM {repeated}")
    if not values:
        return None
    again = f"{column.plain} IN (SELECT v FROM {repeated})"
    file, row, value = _first(table, again, column.plain)
    shown = "" if table.restricted else f": {_shown(value)}"
    count = int(str(rows))
    message = f"{file}, row {row}: `{column.name}` is not unique{shown}; {count} rows share their value with another"
    return Problem(column=column.name, rule="unique", message=message, rows=count, file=file, row=row)


def _report(
    parameters: Parameters,
    rows: int,
    problems: list[Problem],
    clauses: list[Expectation],
    measured: Mapping[str, float | None],
    now: datetime,
) -> CheckReport:
    expectations = []
    for clause in clauses:
        value = float(rows) if clause.function is Function.ROWS else measured.get(str(clause))
        if clause.function is Function.AGE and value is not None:
            value = now.timestamp() - value
        holds = value is not None and clause.op.holds(Decimal(repr(value)), _bound(clause))
        hidden = parameters.sensitivity in RESTRICTED and clause.function in (Function.MIN, Function.MAX)
        expectations.append(Measured(clause=str(clause), holds=holds, value=None if hidden else value))
        if not holds:
            message = f"`{clause}` does not hold: {_said(clause, value, hidden)}"
            problems.append(Problem(column=clause.column, rule="expect", message=message))
    return CheckReport(
        dataset=parameters.dataset,
        passed=not problems,
        rows=rows,
        expectations=tuple(expectations),
        problems=tuple(problems),
    )


def _bound(clause: Expectation) -> Decimal:
    return Decimal(clause.value.seconds) if isinstance(clause.value, Duration) else clause.value


def _said(clause: Expectation, value: float | None, hidden: bool) -> str:
    if value is None:
        return "there is nothing to measure"
    if hidden:
        return "the value is not shown, because the data is restricted"
    if clause.function is Function.AGE:
        return f"the latest is {value / 86400:.1f} days old"
    return f"it is {decimal_text(Decimal(repr(value)))}"


def _count_files(address: str | Path) -> int:
    return len(Store(uri_of(address) if isinstance(address, Path) else address).paths())


def _shown(value: object) -> str:
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…"


def _bad_data(parameters: Parameters, report: CheckReport) -> BadData:
    """One error, with everything that is wrong."""
    first, *others = [problem.message for problem in report.problems]
    if not others:
        return BadData(f"{parameters.dataset}: {first}", "mend the data, or its contract in the specification")
    listed = "".join(f"\n  {message}" for message in [first, *others][:NAMED])
    left = len(report.problems) - NAMED
    more = f"\n  and {left} more, in the report" if left > 0 else ""
    return BadData(
        f"{parameters.dataset} does not pass, for {len(report.problems)} reasons:{listed}{more}",
        "mend the data, or its contracts in the specification",
    )
