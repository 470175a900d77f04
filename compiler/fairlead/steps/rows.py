"""The rows of a part of the data, as a model is given them: frames of pandas, whole or a piece at a time.

Values have the types of their columns' contracts. A column without a contract has the type that its values allow:
whole numbers, numbers, true and false, else text. A parquet's own types are kept. Missing values are NaN in csv and
jsonl, as pandas reads them, so a model meets what its training code met.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from fairlead.remote.contents import hashed, manifest_of
from fairlead.spec.base import Section
from fairlead.spec.data import Column
from fairlead.steps.engine import engine
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.tables import Table, open_table, quoted

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE: Final = 50_000
"""Rows of a piece."""
_SQL: Final[Mapping[str, str]] = {
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
_INFERRED: Final = ("BIGINT", "DOUBLE", "BOOLEAN")
_NESTED: Final = frozenset({"vector", "image"})


class LearnedFrom(Section):
    """What a step is told of the rows that a model learns from, and of what it predicts."""

    task: str
    """The task, as the language calls it."""
    framework: str = "custom"
    """The framework, which tells apart models that are saved alike."""
    label: str | None = None
    """The column with the truth."""
    positive: str | None = None
    """The label's value that counts as positive."""
    format: str | None = None
    """csv, parquet, jsonl or files."""
    columns: dict[str, Column] = Field(default_factory=dict)
    """The contracts of the columns; none where none are declared."""

    def with_role(self, role: str) -> list[str]:
        """The columns that have a role, in order."""
        return [name for name, column in self.columns.items() if role in column.all_roles]


@dataclass(frozen=True)
class Rows:
    """A dataset that is open: its columns, and how each is read."""

    table: Table
    expressions: Mapping[str, str]
    nested: tuple[str, ...] = ()
    """The columns whose text is JSON: vectors and images in csv and jsonl."""

    @property
    def columns(self) -> list[str]:
        """The names of all columns, in order."""
        return list(self.expressions)

    def count(self) -> int:
        """How many rows there are."""
        return int(str(self.table.query(f"SELECT count(*) FROM {self.table.relation}")[0][0]))

    def frame(self, limit: int | None = None) -> pd.DataFrame:
        """All rows, or the first of them, in their order."""
        import pandas as pd

        pieces = list(self.pieces(limit=limit))
        return pd.concat(pieces, ignore_index=True) if len(pieces) > 1 else pieces[0]

    def pieces(self, size: int = AT_ONCE, limit: int | None = None) -> Iterator[pd.DataFrame]:
        """The rows a piece at a time, at least one piece; raises BadData where a file is broken."""
        selected = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in self.expressions.items())
        bound = f" LIMIT {limit}" if limit is not None else ""
        with self.table.reading():
            reader: Any = self.table.engine.connection.sql(
                f"SELECT {selected} FROM {self.table.relation}{bound}"
            ).to_arrow_reader(size)
            empty = True
            for batch in reader:
                empty = False
                yield self._finished(batch.to_pandas())
            if empty:
                yield self._finished(reader.schema.empty_table().to_pandas())

    def _finished(self, frame: pd.DataFrame) -> pd.DataFrame:
        for name in self.nested:
            frame[name] = [None if value is None else _parsed(name, value) for value in frame[name]]
        if self.table.format != "parquet":
            for name in frame.columns:
                if frame[name].dtype == object and name not in self.nested:
                    frame[name] = frame[name].where(frame[name].notna(), float("nan"))
        return frame


@contextmanager
def opened(address: str | Path, format: str, columns: Mapping[str, Column]) -> Iterator[Rows]:  # noqa: A002
    """The rows at a path or a URI, for as long as the block lasts.

    Raises BadData where a file can't be read, and where values are not of their columns' types.
    """
    if format == "files":
        raise StepFailure(
            "these are files and no rows, which the built-in evaluator can't read",
            "write the evaluation as a `command` of your own under `model.evaluate`",
        )
    with engine() as made:
        table = open_table(made, address, format)
        if format == "parquet":
            yield Rows(table, {name: quoted(name) for name in _names(table)})
            return
        types = _types(table, columns)
        expressions = {
            name: f"CAST({table.plain(name)} AS {type_})" if type_ else table.plain(name)
            for name, type_ in types.items()
        }
        nested = tuple(name for name in types if name in columns and columns[name].type in _NESTED)
        yield Rows(table, expressions, nested)


def content_digest(path: Path) -> str:
    """The digest of a file's or a folder's bytes, whatever it is called: two reports with the same are of one part."""
    if path.is_file():
        with path.open("rb") as stream:
            return f"sha256:{hashed(stream)[1]}"
    found = manifest_of(path)
    listed = "\n".join(f"{entry.path}\0{entry.sha256}" for entry in found.entries)
    return f"sha256:{hashlib.sha256(listed.encode()).hexdigest()}"


def _names(table: Table) -> list[str]:
    """The columns of all files, in the order in which they come."""
    if table.format == "jsonl":
        found = table.query(
            f"SELECT key, min(position) FROM (SELECT unnest(json_keys(json)) AS key, row_number() OVER () AS position "
            f"FROM {table.relation}) GROUP BY key ORDER BY min(position), key"
        )
        return [str(row[0]) for row in found]
    return list(dict.fromkeys(name for group in table.groups for name in group.columns or _described(table)))


def _described(table: Table) -> list[str]:
    return [str(row[0]) for row in table.query(f"DESCRIBE SELECT * FROM {table.relation}")]


def _types(table: Table, columns: Mapping[str, Column]) -> dict[str, str | None]:
    """The SQL type of every column, None for text. Raises BadData where a value is not of its declared type."""
    names = _names(table)
    declared = {name: _SQL.get(columns[name].type) for name in names if name in columns}
    questions: list[tuple[str, str]] = [(name, type_) for name, type_ in declared.items() if type_]
    questions += [(name, type_) for name in names if name not in columns for type_ in _INFERRED]
    wrong = _misfits(table, questions)
    for name, type_ in declared.items():
        if type_ and wrong[name, type_]:
            count = wrong[name, type_]
            some = "a value is" if count == 1 else f"{count} values are"
            raise BadData(
                f"the column `{name}`: {some} no {columns[name].type}",
                "correct the data, or the column's `type` in the specification",
            )
    inferred = {
        name: next((type_ for type_ in _INFERRED if wrong[name, type_] == 0), None)
        for name in names
        if name not in columns
    }
    return {name: declared[name] if name in columns else inferred[name] for name in names}


def _misfits(table: Table, questions: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many values of a column are none of a type. 1.5 is no BIGINT, though a cast would make it one."""
    if not questions:
        return {}
    counts = []
    for name, type_ in questions:
        value = table.plain(name)
        fits = f"TRY_CAST({value} AS {type_}) IS NOT NULL"
        if type_ == "BIGINT":
            fits = f"({fits} AND TRY_CAST({value} AS DOUBLE) = TRY_CAST({value} AS BIGINT))"
        elif type_ == "BOOLEAN":
            fits = f"(lower({value}) IN ('true', 'false'))"
        counts.append(f"count(*) FILTER ({value} IS NOT NULL AND NOT {fits})")
    (row,) = table.query(f"SELECT {', '.join(counts)} FROM {table.relation}")
    return {question: int(str(count)) for question, count in zip(questions, row, strict=True)}


def _parsed(name: str, value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError) as error:
        raise BadData(f"the column `{name}`: a value is no list of numbers", "write it as JSON: [0.5, 1.0]") from error
