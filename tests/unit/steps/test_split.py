"""Which part a row goes to depends on the row and the rule, and on nothing else."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fairlead.remote.storage import uri_of
from fairlead.steps import split
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData, StepFailure

Row = dict[str, Any]
FORMATS = ("csv", "parquet", "jsonl")


def rows_of(count: int) -> list[Row]:
    return [
        {"id": f"r{index}", "at": f"2026-01-01T{index // 60 % 24:02}:{index % 60:02}:00Z", "x": f"{index % 7}.5"}
        for index in range(count)
    ]


def written(path: Path, rows: list[Row], form: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    if form == "parquet":
        lines = path.rename(path.with_name("lines.jsonl"))
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in rows[0])
        source = f"read_json('{lines}', format='newline_delimited', columns={{{columns}}})"
        duckdb.sql(f"COPY (SELECT * FROM {source}) TO '{path}' (FORMAT parquet)")
        lines.unlink()
    return path


def read(path: Path, form: str) -> list[Row]:
    if form == "csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    if form == "jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    assert found is not None
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def divided(folder: Path, data: Path | str, form: str, **rule: Any) -> dict[str, list[Row]]:
    environ = {"FAIRLEAD_INPUT_DATASET": str(data)}
    environ |= {f"FAIRLEAD_OUTPUT_{part.upper()}": str(folder / "out" / part) for part in split.PARTS}
    parameters = {"method": "hash", "by": None, "test": 0.2, "validation": 0.0, "format": form, "mode": "copy", **rule}
    split.run(Context(environ, parameters))
    return {part: read(folder / "out" / part, form) for part in split.PARTS if (folder / "out" / part).is_file()}


def ids(parts: dict[str, list[Row]]) -> dict[str, set[str]]:
    return {part: {row["id"] for row in rows} for part, rows in parts.items()}


RULES = [
    {"method": "hash", "by": "id", "test": 0.2, "validation": 0.2},
    {"method": "time", "by": "at", "test": 0.2, "validation": 0.2},
    {"method": "random", "test": 0.2, "validation": 0.2, "seed": 3},
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["method"])
def test_every_row_is_in_one_part_whole_and_in_its_old_order(tmp_path: Path, form: str, rule: Row) -> None:
    rows = rows_of(200)
    parts = divided(tmp_path, written(tmp_path / "data", rows, form), form, **rule)
    assert sorted(row["id"] for part in parts.values() for row in part) == sorted(row["id"] for row in rows)
    for part in parts.values():
        kept = {row["id"] for row in part}
        assert part == [row for row in rows if row["id"] in kept]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["method"])
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), files=st.integers(1, 3))
def test_the_order_of_rows_and_their_files_change_nothing(tmp_path: Path, rule: Row, seed: int, files: int) -> None:
    rows = rows_of(120)
    whole = ids(divided(tmp_path / "whole", written(tmp_path / "whole/data.csv", rows, "csv"), "csv", **rule))
    folder = tmp_path / f"{seed}-{files}"
    random.Random(seed).shuffle(rows)
    for number in range(files):
        written(folder / f"data/{number}.csv", rows[number::files], "csv")
    assert ids(divided(folder, folder / "data", "csv", **rule)) == whole


@pytest.mark.parametrize("form", FORMATS)
def test_a_row_is_on_the_same_side_in_every_format_and_as_python_says(tmp_path: Path, form: str) -> None:
    rule = RULES[0]
    parts = ids(divided(tmp_path, written(tmp_path / "data", rows_of(100), form), form, **rule))
    told = split.Parameters.model_validate({"format": form, **rule})
    assert parts == {
        part: {row["id"] for row in rows_of(100) if split.part_of(row["id"], told) == part} for part in split.PARTS
    }


def test_the_hash_is_the_one_that_it_has_always_been() -> None:
    told = split.Parameters.model_validate({"method": "hash", "by": "id", "test": 0.5, "format": "csv"})
    assert [split.part_of(value, told) for value in ("", "1", "größe", "r7")] == ["train", "train", "test", "train"]


def test_as_data_grows_no_row_changes_sides(tmp_path: Path) -> None:
    few = ids(divided(tmp_path / "a", written(tmp_path / "a/data", rows_of(100), "csv"), "csv", **RULES[0]))
    many = ids(divided(tmp_path / "b", written(tmp_path / "b/data", rows_of(300), "csv"), "csv", **RULES[0]))
    assert all(few[part] <= many[part] for part in few)


def test_a_validation_that_is_added_takes_nothing_from_the_test(tmp_path: Path) -> None:
    data = written(tmp_path / "data", rows_of(100), "csv")
    without = ids(divided(tmp_path / "a", data, "csv", method="hash", by="id"))
    beside = ids(divided(tmp_path / "b", data, "csv", method="hash", by="id", validation=0.3))
    assert set(without) == {"train", "test"}
    assert without["test"] == beside["test"]


def test_rows_with_one_id_are_on_one_side(tmp_path: Path) -> None:
    rows = [row | {"id": f"p{index % 20}"} for index, row in enumerate(rows_of(200))]
    parts = ids(divided(tmp_path, written(tmp_path / "data", rows, "csv"), "csv", **RULES[0]))
    assert sum(Counter(found for part in parts.values() for found in part).values()) == 20


def test_the_newest_rows_are_the_test_and_the_next_ones_validation(tmp_path: Path) -> None:
    parts = divided(tmp_path, written(tmp_path / "data", rows_of(100), "csv"), "csv", **RULES[1])
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 60, "validation": 20, "test": 20}
    assert max(row["at"] for row in parts["train"]) < min(row["at"] for row in parts["validation"])
    assert max(row["at"] for row in parts["validation"]) < min(row["at"] for row in parts["test"])


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    rows = rows_of(200)
    named = [{**row, **dict.fromkeys(("k", "n", "v", "b", "upto", "total", "json"), "same")} for row in rows]
    for rule in RULES:
        folder = tmp_path / str(rule["method"])
        plain = divided(folder / "plain", written(folder / "data", rows, "csv"), "csv", **rule)
        parts = divided(folder / "named", written(folder / "more", named, "csv"), "csv", **rule)
        sizes = {part: len(found) for part, found in parts.items()}
        assert rule["method"] == "hash" or sizes == {"train": 120, "validation": 40, "test": 40}
        assert rule["method"] == "random" or ids(parts) == ids(plain)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.integers(0, 3) | st.integers(0, 30_000), min_size=20, max_size=60),
    test=st.sampled_from([0.1, 0.25, 0.5]),
)
def test_the_newest_rows_are_those_that_ranking_all_of_them_gives(tmp_path: Path, days: list[int], test: float) -> None:
    rows = [
        {"id": str(number), "at": (date(1990, 1, 1) + timedelta(days=day)).isoformat()}
        for number, day in enumerate(days)
    ]
    newest: set[int] = set()
    upto = 0
    for day, count in sorted(Counter(days).items(), reverse=True):
        upto += count
        # A day belongs to the test if most of its rows lie within the share.
        if upto - count / 2 < len(days) * test:
            newest.add(day)
    expected = {str(number) for number, day in enumerate(days) if day in newest}
    rule = {"method": "time", "by": "at", "test": test}
    try:
        found = ids(divided(tmp_path, written(tmp_path / "data", rows, "csv"), "csv", **rule))["test"]
    except BadData:
        found = set()
        assert expected in (set(), {row["id"] for row in rows})
        return
    assert found == expected


def test_rows_of_one_instant_stay_together_whatever_their_zone(tmp_path: Path) -> None:
    rows = [*rows_of(8), {"id": "a", "at": "2026-01-02T00:00:00Z", "x": "1"}]
    rows += [{"id": "b", "at": "2026-01-02T02:00:00+02:00", "x": "1"}]
    parts = ids(divided(tmp_path, written(tmp_path / "data", rows, "csv"), "csv", method="time", by="at", test=0.15))
    assert parts["test"] == {"a", "b"}


def test_a_random_split_has_its_shares_and_another_seed_another_one(tmp_path: Path) -> None:
    data = written(tmp_path / "data", rows_of(100), "csv")
    first = ids(divided(tmp_path / "a", data, "csv", method="random", seed=1))
    again = ids(divided(tmp_path / "b", data, "csv", method="random", seed=1))
    other = ids(divided(tmp_path / "c", data, "csv", method="random", seed=2))
    assert first == again != other
    assert len(first["test"]) == len(other["test"]) == 20


def test_what_a_row_holds_comes_through_unchanged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    odd = ['say ""hi""', "a, b", "two\nlines", "", " ", "007", "1e3", "größe", "NA", "\x1b"]
    with data.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "", "Text"], *([f"r{n}", value, value] for n, value in enumerate(odd * 9))])
    parts = divided(tmp_path, data, "csv", method="random")
    found = sorted((row["Text"], row["Unnamed: 1"]) for part in parts.values() for row in part)
    assert found == sorted((value, value) for value in odd * 9)


def test_lines_of_json_come_through_byte_by_byte(tmp_path: Path) -> None:
    lines = [f'{{"id": {n}, "deep": {{"a": [1, 2.50, "\\u00e9\\n"]}}, "b":null}}' for n in range(40)]
    (tmp_path / "data").write_text("\n".join(lines) + "\n")
    divided(tmp_path, tmp_path / "data", "jsonl", by="id")
    found = [line for part in ("train", "test") for line in (tmp_path / "out" / part).read_text().splitlines()]
    assert sorted(found) == sorted(lines)


def test_a_packed_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    plain = written(tmp_path / "plain.csv", rows_of(50), "csv")
    (tmp_path / "packed").write_bytes(gzip.compress(plain.read_bytes()))
    assert ids(divided(tmp_path / "a", plain, "csv", by="id")) == ids(
        divided(tmp_path / "b", tmp_path / "packed", "csv", by="id")
    )


@pytest.mark.parametrize(
    ("rows", "rule", "message"),
    [
        (rows_of(5), {"by": "ID2"}, "has no column `ID2`: it has id, at, x"),
        ([*rows_of(5), {"id": "", "at": "", "x": ""}], {"by": "id"}, "1 row has no `id`"),
        (rows_of(5), {"method": "time", "by": "x"}, "5 values of `x` can't be read as a time"),
        (rows_of(1), {"by": "id"}, "no rows are left for t.*, of 1 rows"),
        (
            [row | {"at": "2026-01-01"} for row in rows_of(9)],
            {"method": "time", "by": "at"},
            "no rows are left for test",
        ),
    ],
)
def test_what_can_not_be_divided_is_bad_data(tmp_path: Path, rows: list[Row], rule: Row, message: str) -> None:
    with pytest.raises(BadData, match=message):
        divided(tmp_path, written(tmp_path / "data", rows, "csv"), "csv", **rule)


def test_what_may_not_be_seen_is_not_in_a_message(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("Jane Doe,1950\nJohn Roe,1961\n")
    with pytest.raises(BadData) as failure:
        divided(tmp_path, tmp_path / "data", "csv", by="id", sensitivity="phi")
    assert "Jane" not in failure.value.message


def test_files_are_divided_by_their_paths_copied_or_named(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"data/{number % 4}").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"data/{number % 4}/{number}.png").write_text(str(number))
    divided(tmp_path / "copied", tmp_path / "data", "files", validation=0.2)
    copied = {
        part: sorted(
            path.relative_to(tmp_path / "copied/out" / part).as_posix()
            for path in (tmp_path / "copied/out" / part).rglob("*.png")
        )
        for part in split.PARTS
    }
    uri = uri_of(tmp_path / "data") + "/"
    environ = {f"FAIRLEAD_OUTPUT_{part.upper()}": str(tmp_path / part) for part in split.PARTS}
    parameters = {"method": "hash", "test": 0.2, "validation": 0.2, "format": "files", "mode": "reference"}
    split.run(Context({"FAIRLEAD_INPUT_DATASET": uri, **environ}, parameters))
    named = {part: json.loads((tmp_path / part).read_text()) for part in split.PARTS}
    assert {part: sorted(found["objects"]) for part, found in named.items()} == copied
    assert {found["root"] for found in named.values()} == {uri}
    assert sum(map(len, copied.values())) == 40


def test_files_have_no_columns_to_be_divided_by(tmp_path: Path) -> None:
    written(tmp_path / "data/a.csv", rows_of(3), "csv")
    for rule in ({"method": "time"}, {"by": "id"}):
        with pytest.raises(StepFailure, match="files have no columns"):
            divided(tmp_path, tmp_path / "data", "files", **rule)
