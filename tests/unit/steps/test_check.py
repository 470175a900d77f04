"""Data is held to its contract, and what is wrong is said with its file, its row and its value."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairlead.spec.data import Column
from fairlead.steps import check
from fairlead.steps.check import CheckReport, Parameters
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def told(form: str = "csv", columns: dict[str, Any] | None = None, *expect: str, **more: Any) -> Parameters:
    contracts = {name: Column.model_validate(contract) for name, contract in (columns or {}).items()}
    return Parameters(dataset="rows", format=form, columns=contracts, expect=expect, **more)  # type: ignore[arg-type]


def csv_of(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def problems(report: CheckReport) -> list[str]:
    assert report.passed == (not report.problems)
    return [problem.message for problem in report.problems]


def of_values(tmp_path: Path, form: str, values: list[Any], contract: dict[str, Any]) -> list[str]:
    """What is wrong with a column `x` of some values under its contract."""
    path = tmp_path / "rows"
    if form == "csv":
        path.write_text("i,x\n" + "".join(f'{n},"{value}"\n' for n, value in enumerate(values)))
    elif form == "jsonl":
        path.write_text("".join(json.dumps({"i": n, "x": value}) + "\n" for n, value in enumerate(values)))
    else:
        pq.write_table(pa.table({"i": list(range(len(values))), "x": values}), path)
    return problems(check.check(told(form, {"x": contract}), path, NOW))


@pytest.mark.parametrize(
    ("form", "contract", "good", "bad"),
    [
        ("csv", {"type": "integer"}, ["1", "-2", "+3", " 4 ", "", "123456789012345678901"], ["1.0", "1e3", "x", "0x1"]),
        (
            "csv",
            {"type": "float"},
            ["1", "-2.5", ".5", "5.", "1e-3", "", "NaN"],
            ["1,5", "NA", "inf", "1_000", "1e999"],
        ),
        ("csv", {"type": "boolean"}, ["true", "False", "0", "1", ""], ["yes", "2"]),
        (
            "csv",
            {"type": "timestamp"},
            ["2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31 08:00:00.123+02:00", "2026-01-31T08:00"],
            ["2026-02-30", "31.01.2026", "1769846400", "2026-01-31T25:00:00Z", "infinity", "2026-01-31T08:00 Mars"],
        ),
        ("csv", {"type": "date"}, ["2026-01-31", ""], ["2026-02-30", "2026-01-31T08:00:00Z", "1.2.2026"]),
        ("csv", {"type": "category", "values": ["a", "it's", "b c"]}, ["a", "it's", "b c", ""], ["A", "d"]),
        ("csv", {"type": "vector", "dimensions": 2}, ["[1, 2.5]"], ["[1]", "1;2", "[1, null]"]),
        ("csv", {"type": "string"}, ["anything", "1"], []),
        ("csv", {"type": "float", "min": 0, "max": 1.5}, ["0", "1.5", ""], ["-0.1", "1.51"]),
        ("csv", {"type": "integer", "nullable": False}, ["1"], [""]),
        ("jsonl", {"type": "integer"}, [1, -2, None, 12345678901234567890123], [1.5, "1", True]),
        ("jsonl", {"type": "float"}, [1, 2.5, None], ["2.5", False]),
        ("jsonl", {"type": "boolean"}, [True, None], [1, "true"]),
        ("jsonl", {"type": "string"}, ["a", None, ""], [1, ["a"]]),
        ("jsonl", {"type": "category", "values": ["1", "true", "a"]}, [1, True, "a"], ["b", 2, 1.5]),
        ("jsonl", {"type": "timestamp"}, ["2026-01-31T08:00:00Z"], [1769846400, "soon"]),
        ("jsonl", {"type": "vector", "dimensions": 2}, [[1, 2.5]], [[1], [1, None], "x", [1, "a"]]),
        ("parquet", {"type": "integer"}, [1.0, None, float("nan")], [1.5]),
        ("parquet", {"type": "float", "nullable": False}, [1.5], [None]),
        ("parquet", {"type": "float", "nullable": False}, [1.5], [float("nan"), float("inf")]),
        ("parquet", {"type": "float", "max": 2}, [1, 2], [3]),
        ("parquet", {"type": "category", "values": ["1", "2"]}, [1, 2], [3]),
        ("parquet", {"type": "timestamp"}, ["2026-01-31T08:00:00Z"], ["soon"]),
        ("parquet", {"type": "vector", "dimensions": 2}, [[1.0, 2.0], None], [[1.0], [1.0, None]]),
    ],
)
def test_values_are_what_their_contract_says(
    tmp_path: Path, form: str, contract: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    assert of_values(tmp_path, form, good, contract) == []
    for value in bad:
        (message,) = of_values(tmp_path, form, [*good, value], contract)
        assert message.startswith(f"rows, row {len(good) + 1}: `x` ")


@pytest.mark.parametrize(
    ("values", "type_", "found"),
    [
        (["a"], "integer", "VARCHAR"),
        ([1], "string", "BIGINT"),
        ([1], "timestamp", "BIGINT"),
        ([True], "float", "BOOLEAN"),
    ],
)
def test_a_column_of_another_type_is_one_problem(tmp_path: Path, values: list[Any], type_: str, found: str) -> None:
    message = f"`x` is a column of {found}, and the contract says {type_}"
    assert of_values(tmp_path, "parquet", values, {"type": type_}) == [message]


def test_parquet_has_types_of_its_own_for_times(tmp_path: Path) -> None:
    times = pa.array([datetime(2026, 1, 30, 12, tzinfo=UTC), None])
    pq.write_table(pa.table({"at": times, "day": times.cast(pa.date32())}), tmp_path / "rows")
    contract = told(
        "parquet", {"at": {"type": "timestamp"}, "day": {"type": "date"}}, "age(at) <= 12h", "age(day) < 12h"
    )
    assert problems(check.check(contract, tmp_path / "rows", NOW)) == [
        "`age(day) < 12h` does not hold: the latest is 1.0 days old"
    ]


def test_everything_that_is_wrong_is_said_at_once_with_its_first_row(tmp_path: Path) -> None:
    csv_of(tmp_path / "rows/a.csv", "id,x,band\n1,2,low\n2,3,high\n")
    csv_of(tmp_path / "rows/b.csv", "band,x,id\nlow,oops,3\nlow,-1,3\nhgih,worse,4\n")
    contract = {
        "id": {"type": "string", "unique": True},
        "x": {"type": "float", "min": 0},
        "band": {"type": "category", "values": ["low", "high"]},
    }
    assert problems(check.check(told("csv", contract, "rows >= 9", "mean(x) < 1"), tmp_path / "rows", NOW)) == [
        "b.csv, row 1: `x` is not a number: 'oops'; 2 rows are so",
        "b.csv, row 2: `x` is less than 0: '-1'",
        "b.csv, row 3: `band` is none of low, high: 'hgih'",
        "b.csv, row 1: `id` is not unique: '3'; 2 rows share their value with another",
        "`rows >= 9` does not hold: it is 5",
        "`mean(x) < 1` does not hold: it is 1.3333333333333333",
    ]


@pytest.mark.parametrize(
    ("clause", "value"),
    [
        ("rows == 4", 4),
        ("missing(x) <= 25%", 0.25),
        ("unique(c) >= 0.5", 0.5),
        ("distinct(c) == 3", 3),
        ("min(x) >= 1", 1),
        ("max(x) <= 3", 3),
        ("mean(x) >= 2", 2),
        ("age(at) <= 1d", 36000),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_expected_of_the_whole_is_measured(tmp_path: Path, form: str, clause: str, value: float) -> None:
    rows = [("1", "a", "2026-01-29"), ("2", "a", "2026-01-30T16:00:00+02:00"), ("3", "b", ""), ("", "c", "")]
    lines = [{"x": int(x) if x else None, "c": c, "at": at or None} for x, c, at in rows]
    text = "x,c,at\n" + "".join(",".join(row) + "\n" for row in rows)
    if form == "jsonl":
        text = "".join(json.dumps(line) + "\n" for line in lines)
    columns = {"x": {"type": "integer"}, "c": {"type": "category"}, "at": {"type": "timestamp"}}
    report = check.check(told(form, columns, clause), csv_of(tmp_path / "rows", text), NOW)
    assert problems(report) == []
    assert [each.value for each in report.expectations] == [value]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_repeated_value_is_found_beside_columns_of_any_name(tmp_path: Path, form: str) -> None:
    rows = [{"x": "a", "v": 1, "n": 1}, {"x": "b", "v": 1, "n": 5}, {"x": "a", "v": 2, "n": 9}]
    text = "x,v,n\n" + "".join(f"{row['x']},{row['v']},{row['n']}\n" for row in rows)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    path = csv_of(tmp_path / "rows", text if form == "csv" else lines)
    found = problems(check.check(told(form, {"x": {"type": "string", "unique": True}}), path, NOW))
    assert found == ["rows, row 1: `x` is not unique: 'a'; 2 rows share their value with another"]


def test_of_no_rows_nothing_can_be_said(tmp_path: Path) -> None:
    clauses = ("rows >= 1", "missing(x) <= 0.01", "mean(x) >= 0", "unique(x) >= 0", "age(x) <= 1d")
    report = check.check(told("csv", {"x": {"type": "float"}}, *clauses), csv_of(tmp_path / "rows", "x\n"), NOW)
    assert problems(report) == [
        "`rows >= 1` does not hold: it is 0",
        *(
            f"`{each}` does not hold: there is nothing to measure"
            for each in (*clauses[1:3], "unique(x) >= 0", clauses[4])
        ),
    ]


@pytest.mark.parametrize("sensitivity", ["pii", "phi"])
def test_of_restricted_data_no_value_is_shown(tmp_path: Path, sensitivity: str) -> None:
    text = "name,age,kind\nJane,x17,king\nJane,-3,\n"
    contract = {
        "name": {"type": "string", "unique": True},
        "age": {"type": "integer", "min": 0},
        "kind": {"type": "category", "values": ["a"]},
        "gone": {"type": "string"},
    }
    parameters = told("csv", contract, "min(age) >= 18", sensitivity=sensitivity)
    report = check.check(parameters, csv_of(tmp_path / "rows", text), NOW)
    assert len(report.problems) == 6
    said = report.model_dump_json()
    assert not [value for value in ("Jane", "x17", "-3", "-3.0", "king") if value in said]
    assert "rows, row 1: `age` is not an integer" in said


@pytest.mark.parametrize(
    ("form", "content", "message"),
    [
        ("csv", b"x,y\n1,2\n3\n", "rows, line 3: the line has 1 fields, and the header has 2"),
        ("csv", b'x,y\n1,2\n3,"4\n5,6\n', "rows, line 3: a double quote is opened and never closed"),
        ("csv", b"x,y\n1,2\n3,\xff\xfe\n", "rows, line 3: a value is not UTF-8"),
        ("csv", b"\xff\xfex\n", "rows: the header is not UTF-8"),
        ("csv", b"", "rows is empty: not even a header is there"),
        ("csv", b"x,X\n1,2\n", "rows: two columns have the name `x`"),
        ("csv", b"\x1f\x8bnot really gzip", "rows can't be read: "),
        ("csv", gzip.compress(b"x,y\n" + b"1,2\n" * 9999, mtime=0)[:-20], "rows can't be read"),
        ("parquet", b"hello", "rows: this is no parquet file"),
        ("parquet", b"PAR1" + b"0" * 200, "rows: this is no parquet file"),
        ("jsonl", b'{"x": 1}\n{"x": 2\n{"x": 3}\n', "rows, line 2: this is no JSON"),
        ("jsonl", b"hello\n", "rows, line 1: this is no JSON"),
    ],
    # By number: a content would be no name that every worker and every run agrees on.
    ids=itertools.count(),
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, form: str, content: bytes, message: str) -> None:
    (tmp_path / "rows").write_bytes(content)
    with pytest.raises(BadData) as failure:
        check.check(told(form, {"x": {"type": "integer"}, "y": {"type": "string"}}), tmp_path / "rows", NOW)
    assert failure.value.message.startswith(message)
    assert failure.value.help


def test_a_line_that_is_no_object_and_a_column_in_no_row_are_problems(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "rows", '{"x": 1}\n[1]\n\n{"y": 2}\n')
    assert problems(check.check(told("jsonl", {"x": {"type": "integer"}, "z": {"type": "integer"}}), path, NOW)) == [
        "rows, row 2: is no JSON object",
        "`z` is in no row",
    ]


def test_a_column_that_one_file_lacks_is_missed_there(tmp_path: Path) -> None:
    csv_of(tmp_path / "rows/a.csv", "id;x\n1;2\n")
    csv_of(tmp_path / "rows/b.csv", "id,x\n1,2\n")
    (tmp_path / "rows/_SUCCESS").touch()
    csv_of(tmp_path / "rows/notes.txt", "none of it")
    report = check.check(told("csv", {"x": {"type": "float"}}, "max(x) < 9"), tmp_path / "rows", NOW)
    assert problems(report) == [
        "`x` is no column of a.csv, whose columns are id;x",
        "`max(x) < 9` does not hold: there is nothing to measure",
    ]


def test_a_folder_without_a_file_of_the_format_is_bad_data(tmp_path: Path) -> None:
    csv_of(tmp_path / "rows/notes.txt", "")
    with pytest.raises(BadData, match=r"has 1 files of other names, and no csv"):
        check.check(told(), tmp_path / "rows", NOW)


def test_of_files_only_their_number_is_known(tmp_path: Path) -> None:
    for number in range(3):
        csv_of(tmp_path / f"rows/{number}.png", "")
    report = check.check(told("files", {}, "rows >= 4"), tmp_path / "rows", NOW)
    assert problems(report) == ["`rows >= 4` does not hold: it is 3"]


def test_the_step_writes_its_report_either_way_and_raises_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv_of(tmp_path / "rows", "id,x\n1,2\n2,oops\n")
    environ = {"FAIRLEAD_INPUT_DATASET": str(tmp_path / "rows"), "FAIRLEAD_OUTPUT_REPORT": str(tmp_path / "out/report")}
    parameters = {"dataset": "rows", "format": "csv", "columns": {"x": {"type": "float"}}, "expect": ["rows >= 2"]}
    with pytest.raises(BadData, match=r"^rows: rows, row 2: `x` is not a number: 'oops'$"):
        check.run(Context(environ, parameters))
    report = json.loads((tmp_path / "out/report").read_text())
    assert (report["passed"], report["rows"], report["problems"][0]["row"]) == (False, 2, 2)
    csv_of(tmp_path / "rows", "id,x\n1,2\n2,3\n")
    check.run(Context(environ, parameters))
    assert json.loads((tmp_path / "out/report").read_text())["passed"]
    assert capsys.readouterr().out.splitlines()[-2:] == ["holds   rows >= 2", "rows: 2 rows pass"]
