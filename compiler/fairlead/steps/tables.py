"""Datasets of more rows than memory holds, as tables of DuckDB: csv, parquet and jsonl, here or in an object store.

Every value of a csv or jsonl is read as the text that it is, and never guessed at: what a column's type makes of it is
for its contract to say. A csv is as RFC 4180 has it, with commas, a header and UTF-8, and an empty field is a missing
value; a jsonl has one object on each line. Files may be compressed with gzip or zstd, which their first bytes say,
because an input has no ending. Rows are counted from 1 in each file, without the header.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from fairlead.remote.storage import Store, uri_of
from fairlead.steps.engine import Engine
from fairlead.steps.failures import BadData, StepFailure

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "csv": (".csv", ".csv.gz", ".csv.zst"),
    "parquet": (".parquet", ".pq"),
    "jsonl": (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz", ".jsonl.zst", ".ndjson.zst"),
}
"""How the names of a format's files end, in a folder. A dataset that is a single file may be called anything."""
MAGIC: Final = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
LONGEST_LINE: Final = 4 << 20
"""Bytes of the longest row of a csv or jsonl. Readers have buffers of several times as much, which count as memory."""
BUFFER: Final = 2 * LONGEST_LINE
"""Bytes that are read of a csv at a time; DuckDB would take sixteen times the longest line."""


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of a dataset: its name for people, and what DuckDB opens."""

    name: str
    path: str
    compression: str | None = None


@dataclass(frozen=True)
class Group:
    """Files of one dataset with the same columns, and how they are read."""

    format: str
    files: tuple[TableFile, ...]
    columns: Mapping[str, str] | None
    """Each column's type, as DuckDB calls it; None where every row has columns of its own."""

    def relation(self, file: TableFile | None = None) -> str:
        """The rows of all files, or of one, in their order: the columns by name, or for jsonl the column `json`."""
        chosen = self.files if file is None else (file,)
        names = "[" + ", ".join(text(each.path) for each in chosen) + "]"
        packed = chosen[0].compression
        compression = f", compression={text(packed)}" if packed else ""
        if self.format == "parquet":
            return f"(SELECT * FROM read_parquet({names}))"
        if self.format == "jsonl":
            size = f", maximum_object_size={LONGEST_LINE}"
            return f"(SELECT json FROM read_ndjson_objects({names}{compression}{size}))"
        assert self.columns is not None
        columns = "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.columns) + "}"
        dialect = "auto_detect=false, header=true, delim=',', quote='\"', escape='\"'"
        limits = f"max_line_size={LONGEST_LINE}, buffer_size={BUFFER}{compression}"
        return f"(SELECT * FROM read_csv({names}, {dialect}, columns={columns}, {limits}))"


@dataclass(frozen=True)
class Table:
    """A dataset that is open in an engine."""

    engine: Engine
    format: str
    groups: tuple[Group, ...]
    restricted: bool = False
    """Whether its values, and what may be some, are kept out of messages."""

    @property
    def files(self) -> tuple[TableFile, ...]:
        """All files, in the order of their rows."""
        return tuple(file for group in self.groups for file in group.files)

    @property
    def relation(self) -> str:
        """The rows of all files."""
        if len(self.groups) == 1:
            return self.groups[0].relation()
        return "(" + " UNION ALL BY NAME ".join(f"SELECT * FROM {group.relation()}" for group in self.groups) + ")"

    def cell(self, column: str) -> str:
        """The value of a column in a row: text for csv, JSON for jsonl, and its own type for parquet."""
        if self.format != "jsonl":
            return quoted(column)
        path = _json_path(column)
        return f"(CASE WHEN json_type(json, {path}) <> 'NULL' THEN json_extract(json, {path}) END)"

    def plain(self, column: str) -> str:
        """The value of a column as text."""
        if self.format == "jsonl":
            return f"json_extract_string(json, {_json_path(column)})"
        return f"CAST({quoted(column)} AS VARCHAR)"

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query. Raises BadData where a file can't be read, and says where."""
        with self.reading():
            return self.engine.query(sql)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turns what DuckDB says of a broken file into BadData."""
        import duckdb

        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise StepFailure(*self.engine.exhausted(error)) from error
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
            raise self._broken(str(error)) from error

    def _broken(self, said: str) -> BadData:
        """What is wrong with a file, without a copy of its rows: DuckDB's own message has the line in it."""
        file = next((file for file in self.files if file.path in said), self.files[0])
        if self.format == "jsonl":
            return _broken_line(file, self._opened(file), said)
        line = re.search(r"Line: (\d+)", said)
        where = f"{file.name}, line {line.group(1)}" if line else file.name
        width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
        if width:
            fields = f"has {width.group(2)} fields, and the header has {width.group(1)}"
            return BadData(f"{where}: the line {fields}", "a field with a comma stands in double quotes")
        for sign, problem in _PROBLEMS.items():
            if sign in said:
                return BadData(f"{where}: {problem}", HELP[self.format])
        return BadData(f"{where} can't be read as {self.format}", HELP[self.format])

    def _opened(self, file: TableFile) -> Callable[[], AbstractContextManager[IO[bytes]]]:
        return lambda: _unpacked(self.engine.open(file.path), file.compression)


def _json_path(column: str) -> str:
    return text(f'$."{column}"')


_PROBLEMS: Final = {
    "unterminated quote": "a double quote is opened and never closed",
    "not utf-8": "a value is not UTF-8",
    "Invalid unicode": "a value is not UTF-8",
    "Maximum line size": f"the line is longer than {LONGEST_LINE} bytes, as after a double quote that is never closed",
    "too small to be a Parquet file": "this is no parquet file",
    "No magic bytes found": "this is no parquet file",
}
HELP: Final = {
    "csv": "a csv has commas, a header and UTF-8, as RFC 4180 says; write `format` where it is another",
    "parquet": "write the file again; write `format` where it is another",
    "jsonl": "write one JSON object on each line; write `format` where it is another",
}
"""The way out, by format."""


def open_table(engine: Engine, address: str | Path, format: str, *, restricted: bool = False) -> Table:  # noqa: A002
    """The dataset at a path or a URI. Raises BadData where a file has no columns or is none of the format, and
    RemoteFailure where a store can't be reached.
    """
    files = _files(engine, address, format)
    groups: list[Group] = []
    for file in files:
        columns = _columns(engine, file, format, restricted)
        before = groups[-1] if groups else None
        # The order counts as well: a csv's columns are read by their places.
        alike = before and list((before.columns or {}).items()) == list((columns or {}).items())
        if before and alike and before.files[0].compression == file.compression:
            groups[-1] = Group(format, (*before.files, file), columns)
        else:
            groups.append(Group(format, (file,), columns))
    return Table(engine, format, tuple(groups), restricted)


def _files(engine: Engine, address: str | Path, format: str) -> list[TableFile]:  # noqa: A002
    """The files of a dataset, by name. In a folder, those of the format; names that begin with a dot or an underscore
    are other programs' notes.
    """
    store = Store(uri_of(address) if isinstance(address, Path) else address)
    paths = store.paths()
    if paths != [""]:
        shown = [path for path in paths if not any(part.startswith((".", "_")) for part in path.split("/"))]
        paths = [path for path in shown if path.lower().endswith(ENDINGS[format])]
        if not paths:
            others = f"{len(shown)} files of other names" if shown else "nothing"
            ends = ", ".join(ENDINGS[format])
            raise BadData(f"{store.uri} has {others}, and no {format}", f"the names of {format} files end with {ends}")
    found = []
    for path in paths:
        if any(sign in path for sign in "*?["):
            raise BadData(f"the object {path!r} below {store.uri} has a name that reads as a pattern", "rename it")
        place = engine.place(store, path)
        name = path or store.root.rpartition("/")[2]
        with engine.open(place) as stream:
            start = stream.read(4)
        packed = next((kind for kind, magic in MAGIC.items() if start.startswith(magic)), None)
        found.append(TableFile(name, place, packed if format != "parquet" else None))
    return found


def _columns(engine: Engine, file: TableFile, format: str, restricted: bool) -> dict[str, str] | None:  # noqa: A002
    if format == "jsonl":
        return None
    if format == "parquet":
        table = Table(engine, format, (Group(format, (file,), None),), restricted)
        found = table.query(f"DESCRIBE SELECT * FROM read_parquet([{text(file.path)}])")
        return {str(row[0]): str(row[1]) for row in found}
    names = _header(engine, file)
    folded = [name.casefold() for name in names]
    twice = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if twice is not None:
        called = "one name" if restricted else f"the name `{twice}`"
        raise BadData(
            f"{file.name}: two columns have {called}",
            "give every column a name of its own; upper and lower case are not told apart",
        )
    return dict.fromkeys(names, "VARCHAR")


def _header(engine: Engine, file: TableFile) -> list[str]:
    """The names in the first line of a csv; a column without one is `Unnamed: 0`, as pandas calls it."""
    try:
        with _unpacked(engine.open(file.path), file.compression) as stream:
            # More than the header is decoded: what is wrong below it is told with its line, by DuckDB.
            lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
            names = next(csv.reader(lines), None)
    except (OSError, EOFError, csv.Error) as error:
        raise BadData(f"{file.name} can't be read: {error}", HELP["csv"]) from error
    if any("\udc80" <= sign <= "\udcff" for name in names or () for sign in name):
        raise BadData(f"{file.name}: the header is not UTF-8", HELP["csv"])
    if not names:
        raise BadData(f"{file.name} is empty: not even a header is there", HELP["csv"])
    return [name or f"Unnamed: {position}" for position, name in enumerate(names)]


@contextmanager
def _unpacked(stream: BinaryIO, compression: str | None) -> Iterator[IO[bytes]]:
    if compression is None:
        with stream:
            yield stream
    elif compression == "gzip":
        with stream, gzip.GzipFile(fileobj=stream) as unzipped:
            yield cast("IO[bytes]", unzipped)
    else:
        import pyarrow as pa

        with stream, pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), compression) as plain:
            yield plain


def _broken_line(file: TableFile, opened: Callable[[], AbstractContextManager[IO[bytes]]], said: str) -> BadData:
    """The first line of a jsonl that is none, found by reading it again: DuckDB counts lines in pieces."""
    with opened() as stream:
        for number, line in enumerate(stream, 1):
            try:
                json.loads(line)
            except ValueError:
                if line.strip():
                    return BadData(f"{file.name}, line {number}: this is no JSON", HELP["jsonl"])
    return BadData(f"{file.name} can't be read as jsonl: {said.splitlines()[0]}", HELP["jsonl"])
