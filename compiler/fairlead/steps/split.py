"""Divides a dataset into training, validation and test: by hash, by time or at random.

Which part a row goes to depends on the row alone and on the rule, never on the order of rows, the machine or the number
of threads:

- `hash`: MD5 of the column's text is read as a number between 0 and 1. Below `test` it is the test's, and below `test +
  validation` the validation's. So a row keeps its side as data grows, and rows with one id are on one side.
- `time`: the newest rows are the test, the next ones validation. Rows of one instant are on one side.
- `random`: MD5 of the seed and the whole row orders the rows, and the first are the test. Equal rows are on one side.

The shares are exact for `time` and `random` but for rows that stay together, and expected values for `hash`.

Files that are no tables are divided by their paths, as rows are by an id. Where they are read by reference nothing is
copied: each part is then a JSON file with the root and the paths of its objects. Tables are written as one file a part,
in their own format, rows in their old order.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Final, Literal

from fairlead.remote.storage import Store
from fairlead.spec.base import Section
from fairlead.spec.data import RESTRICTED
from fairlead.steps.context import Context
from fairlead.steps.engine import engine
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.tables import Table, open_table, quoted, text

SALT: Final = "fairlead/split/1:"
"""Stands before what is hashed, so that a dataset that was itself sampled by MD5 is divided evenly all the same."""
DIGITS: Final = 15
"""Hexadecimal digits of a hash that decide: shares are kept to within one in 10^18."""
PARTS: Final = ("test", "validation", "train")
"""In the order in which rows are given out."""


class Parameters(Section):
    """What the step is told."""

    method: Literal["hash", "time", "random"]
    """How rows are divided."""
    by: str | None = None
    """The column that decides, for `hash` and `time`."""
    test: float
    """The share of the test."""
    validation: float = 0.0
    """The share of the validation; without one there is no such part."""
    format: Literal["csv", "parquet", "jsonl", "files"]
    """How the dataset is written, and how the parts will be."""
    mode: Literal["copy", "reference"] = "copy"
    """Whether the dataset is here, or its URI is told."""
    seed: int = 0
    """The seed of a random split."""
    sensitivity: str = "internal"
    """How the data must be handled."""


def run(context: Context) -> None:
    """Writes the parts. Raises BadData where the column is missing, a row has no value in it, or a part is empty."""
    parameters = context.read_parameters(Parameters)
    targets = {part: context.output(part) for part in PARTS if part != "validation" or parameters.validation}
    address = context.reference("dataset") if parameters.mode == "reference" else context.input("dataset")
    if parameters.format == "files":
        counts = _split_files(address, parameters, targets)
    else:
        counts = _split_rows(address, parameters, targets)
    what = "files" if parameters.format == "files" else "rows"
    for part in reversed(PARTS):
        if part in counts:
            sys.stdout.write(f"{part}: {counts[part]} {what}\n")


def part_of(value: str, parameters: Parameters) -> str:
    """The part of a row, by the text of its id. SQL says the same in `_by_hash`."""
    digest = hashlib.md5((SALT + value).encode(), usedforsecurity=False).hexdigest()[:DIGITS]
    return next((part for part, bound in _bounds(parameters) if digest < bound), "train")


def _bounds(parameters: Parameters) -> list[tuple[str, str]]:
    """The hashes below which a part lies. Hexadecimal numbers of one length are ordered as their texts are."""
    return [(part, f"{int(share * 16**DIGITS):0{DIGITS}x}") for part, share in _shares(parameters).items()]


def _shares(parameters: Parameters) -> dict[str, Fraction]:
    """The shares up to which rows are given out."""
    test = Fraction(str(parameters.test))
    return {"test": test, "validation": test + Fraction(str(parameters.validation))}


def _split_rows(address: str | Path, parameters: Parameters, targets: dict[str, Path]) -> dict[str, int]:
    if parameters.method != "random" and parameters.by is None:
        raise StepFailure(f"a split by {parameters.method} needs a column", "name it as `data.split.by`")
    with engine() as duck:
        restricted = parameters.sensitivity in RESTRICTED
        table = open_table(duck, address, parameters.format, restricted=restricted)
        if parameters.by is not None:
            _need_column(table, parameters.by)
        part = _by_hash(table, parameters) if parameters.method == "hash" else _by_rank(table, parameters)
        rows = f"(SELECT *, {part} AS {_PART} FROM {table.relation})"
        found = table.query(f"SELECT {_PART}, count(*) FROM {rows} GROUP BY 1")
        counts = {str(name): int(str(count)) for name, count in found}
        _need_rows(counts, targets, parameters, "rows")
        for name, target in targets.items():
            chosen = f"SELECT * EXCLUDE ({_PART}) FROM {rows} WHERE {_PART} = {text(name)}"
            table.query(f"COPY ({chosen}) TO {text(str(target))} ({_WRITTEN[parameters.format]})")
    return {name: counts[name] for name in targets}


_PART: Final = quoted("fairlead: the part")
"""A column beside those of the data, by a name that no data has."""
_WRITTEN: Final = {
    "csv": "FORMAT csv, HEADER true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    # A line of JSON as it was read. No JSON has a control character in it, so nothing is ever quoted.
    "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'",
}


def _need_column(table: Table, column: str) -> None:
    """Raises BadData where a file lacks the column, or a row has no value in it."""
    for group in table.groups:
        if group.columns is not None and column not in group.columns:
            known = "" if table.restricted else f": it has {', '.join(group.columns)}"
            raise BadData(f"{group.files[0].name} has no column `{column}`{known}", "correct `data.split.by`")
    ((missing,),) = table.query(f"SELECT count(*) FROM {table.relation} WHERE {table.cell(column)} IS NULL")
    if missing:
        rows = "1 row has" if missing == 1 else f"{missing} rows have"
        raise BadData(
            f"{rows} no `{column}`, so it can't be said which part they belong to",
            "fill the column in, or declare it as `nullable: false` to have the check say where",
        )


def _by_hash(table: Table, parameters: Parameters) -> str:
    assert parameters.by is not None
    digest = f"substr(md5({text(SALT)} || {table.plain(parameters.by)}), 1, {DIGITS})"
    cases = " ".join(f"WHEN {digest} < {text(bound)} THEN {text(part)}" for part, bound in _bounds(parameters))
    return f"(CASE {cases} ELSE 'train' END)"


def _by_rank(table: Table, parameters: Parameters) -> str:
    """By the place of a row's key among all keys, which rows with the same key share."""
    if parameters.method == "time":
        assert parameters.by is not None
        key, order = _instant(table, parameters.by), "DESC"
    else:
        whole = "json" if parameters.format == "jsonl" else _row(table)
        key, order = f"md5({text(f'{SALT}{parameters.seed}:')} || {whole})", "ASC"
    bucket = f"substr({key}, 1, 4)" if parameters.method == "random" else _era(table, key)
    counted = table.query(f"SELECT {bucket}, count(*) FROM {table.relation} GROUP BY 1 ORDER BY 1 {order}")
    ranking = _Ranking(table, key, order, bucket, [(value, int(str(count))) for value, count in counted])
    sign = ">=" if order == "DESC" else "<="
    cases = " ".join(
        f"WHEN {key} {sign} {ranking.edge(part, share)} THEN {text(part)}"
        for part, share in _shares(parameters).items()
    )
    return f"(CASE {cases} ELSE 'train' END)"


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The keys of all rows in their order. To rank each of them would take memory for each, so they are counted in
    buckets of their order, and those of the bucket are ranked in which a share ends.
    """

    table: Table
    key: str
    order: str
    bucket: str
    counted: list[tuple[object, int]]

    def edge(self, part: str, share: Fraction) -> str:
        """The last key of a part in SQL. A key belongs to it if most of its rows lie within the share."""
        if not self.counted:
            return "NULL"
        before = [0, *accumulate(count for _, count in self.counted)]
        wanted = before[-1] * share
        last = bisect_left(before, wanted) - 1  # the last bucket that begins within the share
        first = max(0, last - 1)  # none of the last bucket's keys may belong
        near = ", ".join(
            text(value) if isinstance(value, str) else str(value) for value, _ in self.counted[first : last + 1]
        )
        # By its place, because data may have a column that is called as the key is here.
        chosen = f"FROM {self.table.relation} WHERE {self.bucket} IN ({near}) GROUP BY 1"
        keys = f"SELECT {self.key} AS k, count(*) AS n {chosen}"
        ranked = f"(SELECT k, n, {before[first]} + sum(n) OVER (ORDER BY k {self.order}) AS upto FROM ({keys}))"
        inside = f"(upto - n / 2.0) * {wanted.denominator} < {wanted.numerator}"
        end = "min" if self.order == "DESC" else "max"
        self.table.query(
            f"CREATE OR REPLACE TEMP TABLE edge_{part} AS SELECT {end}(k) AS k FROM {ranked} WHERE {inside}"
        )
        return f"(SELECT k FROM edge_{part})"


BUCKETS: Final = 65536
"""How many buckets instants are counted in; the first four digits of a hash make as many."""


def _era(table: Table, instant: str) -> str:
    """The bucket of an instant: its place between the first and the last, as a whole number."""
    ((low, high),) = table.query(f"SELECT epoch_us(min({instant})), epoch_us(max({instant})) FROM {table.relation}")
    span = int(str(high)) - int(str(low)) + 1 if low is not None else 1
    return f"CAST(CAST(epoch_us({instant}) - ({low or 0}) AS HUGEINT) * {BUCKETS} // {span} AS INTEGER)"


def _instant(table: Table, column: str) -> str:
    """A column of times as one that can be compared. Raises BadData where a value is no time."""
    given = table.plain(column) if table.format != "parquet" else quoted(column)
    key = f"try_cast({given} AS TIMESTAMPTZ)"
    ((wrong,),) = table.query(f"SELECT count(*) FROM {table.relation} WHERE NOT coalesce(isfinite({key}), false)")
    if wrong:
        rows = "1 value" if wrong == 1 else f"{wrong} values"
        raise BadData(f"{rows} of `{column}` can't be read as a time", "write times as 2026-01-31T08:00:00Z")
    return key


def _row(table: Table) -> str:
    """A whole row as text: the same columns in whatever order, so that a file that was written anew is split alike."""
    names = sorted({name for group in table.groups for name in group.columns or {}})
    fields = ", ".join(f"{text(name)}, {quoted(name)}" for name in names)
    return f"CAST(json_object({fields}) AS VARCHAR)"


def _split_files(address: str | Path, parameters: Parameters, targets: dict[str, Path]) -> dict[str, int]:
    if parameters.method == "time" or parameters.by is not None:
        column = f"`{parameters.by}`" if parameters.by else "a column of times"
        raise StepFailure(
            f"files have no columns, so they can't be split by {column}", "split by hash, without `by`, or at random"
        )
    paths = _paths(address)
    # A random split of files is one by hash, salted with the seed.
    salt = f"{parameters.seed}:" if parameters.method == "random" else ""
    parts: dict[str, list[str]] = {name: [] for name in PARTS}
    for path in paths:
        parts[part_of(salt + path, parameters)].append(path)
    counts = {name: len(found) for name, found in parts.items()}
    _need_rows(counts, targets, parameters, "files")
    for name, target in targets.items():
        if isinstance(address, Path):
            _copy(address, parts[name], target)
        else:
            target.write_text(json.dumps({"version": 1, "root": address, "objects": parts[name]}, indent=1) + "\n")
    return {name: counts[name] for name in targets}


def _paths(address: str | Path) -> list[str]:
    if isinstance(address, str):
        return [path for path in Store(address).paths() if path]
    if not address.is_dir():
        raise BadData(f"{address} is a single file, which can't be divided", "give the URI of a folder")
    return sorted(path.relative_to(address).as_posix() for path in address.rglob("*") if path.is_file())


def _copy(root: Path, paths: Iterable[str], target: Path) -> None:
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)


def _need_rows(counts: dict[str, int], targets: dict[str, Path], parameters: Parameters, what: str) -> None:
    total = sum(counts.values())
    for part in reversed(PARTS):
        if part in targets and not counts.get(part):
            share = {"test": parameters.test, "validation": parameters.validation}
            wanted = f"a share of {share[part]} was asked for" if part in share else "the other parts took all"
            raise BadData(
                f"no {what} are left for {part}: {wanted}, of {total} {what}",
                "bring more data, or change the shares in `data.split`",
            )
