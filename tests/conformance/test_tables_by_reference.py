"""Tables are checked and divided where they lie in an object store, without a copy."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairlead.remote.storage import Store
from fairlead.spec.data import Column
from fairlead.steps import check, split
from fairlead.steps.check import Parameters
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData

ROWS = [{"id": f"r{number}", "x": number / 2} for number in range(300)]


def stored(bucket: str, form: str) -> str:
    """The rows in two objects of a format, the second of them packed where the format allows it."""
    store = Store(f"{bucket}/rows/")
    for part, rows in (("a", ROWS[:200]), ("b", ROWS[200:])):
        if form == "parquet":
            stream = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(rows), stream)
            store.write(f"{part}.parquet", stream.getvalue())
            continue
        lines = [json.dumps(row) for row in rows]
        if form == "csv":
            lines = ["id,x", *(f"{row['id']},{row['x']}" for row in rows)]
        data = ("\n".join(lines) + "\n").encode()
        store.write(f"{part}.{form}{'.gz' if part == 'b' else ''}", gzip.compress(data) if part == "b" else data)
    return f"{bucket}/rows/"


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_table_in_a_store_is_checked_and_divided_as_one_here(bucket: str, tmp_path: Path, form: str) -> None:
    uri = stored(bucket, form)
    columns = {
        "id": Column.model_validate({"type": "string", "unique": True}),
        "x": Column.model_validate({"type": "float", "max": 149}),
    }
    report = check.check(Parameters(dataset="rows", format=form, columns=columns, expect=("rows == 300",)), uri)  # type: ignore[arg-type]
    (problem,) = report.problems
    assert (problem.rows, problem.row, problem.file) == (1, 100, "b.parquet" if form == "parquet" else f"b.{form}.gz")
    environ = {"FAIRLEAD_INPUT_DATASET": uri}
    environ |= {f"FAIRLEAD_OUTPUT_{part.upper()}": str(tmp_path / part) for part in ("train", "test")}
    split.run(Context(environ, {"method": "hash", "by": "id", "test": 0.2, "format": form, "mode": "reference"}))
    told = split.Parameters.model_validate({"method": "hash", "by": "id", "test": 0.2, "format": form})
    test = {row["id"] for row in ROWS if split.part_of(str(row["id"]), told) == "test"}
    content = (tmp_path / "test").read_bytes()
    if form == "parquet":
        found = set(pq.read_table(io.BytesIO(content))["id"].to_pylist())
    elif form == "csv":
        found = {line.partition(",")[0] for line in content.decode().splitlines()[1:]}
    else:
        found = {json.loads(line)["id"] for line in content.splitlines()}
    assert found == test


def test_what_is_not_in_the_store_is_bad_data(bucket: str) -> None:
    with pytest.raises(BadData, match="there is nothing at"):
        check.check(Parameters(dataset="rows", format="csv"), f"{bucket}/nothing/")
