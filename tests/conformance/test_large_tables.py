"""Data of more rows than memory holds: checked and divided within a small part of what it takes as it lies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conformance.executed import PYTHONPATH

ROWS = 2_000_000
MEMORY = 160 << 20
"""Bytes that DuckDB may use: less than the ids alone take as they are counted, so it has to spill."""
PROGRAM = """
import sys
from fairlead.steps import engine
engine.available = lambda: {available}
from fairlead.steps.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A csv whose last row has a word where a number should be."""
    path = tmp_path_factory.mktemp("large") / "rows"
    ids = "'record-' || lpad(range::VARCHAR, 12, '0') || '-' || (range * 7919 % 100003)"
    values = f"CASE WHEN range = {ROWS - 1} THEN 'oops' ELSE (range % 1000) || '.25' END"
    duckdb.sql(f"COPY (SELECT {ids} AS id, {values} AS x FROM range({ROWS})) TO '{path}' (FORMAT csv, HEADER)")
    return path


def ran(
    step: str, folder: Path, data: Path, outputs: list[str], parameters: dict[str, Any]
) -> subprocess.CompletedProcess[str]:
    """A step in a process of its own, in which DuckDB may use `MEMORY`."""
    folder.mkdir()
    (folder / "parameters.json").write_text(json.dumps(parameters))
    env = {
        **os.environ,
        "PYTHONPATH": PYTHONPATH,
        "TMPDIR": str(folder),
        "FAIRLEAD_PARAMS": str(folder / "parameters.json"),
        "FAIRLEAD_INPUT_DATASET": str(data),
        **{f"FAIRLEAD_OUTPUT_{name.upper()}": str(folder / "out" / name) for name in outputs},
    }
    program = PROGRAM.format(available=int(MEMORY / 0.6))
    return subprocess.run([sys.executable, "-c", program, step], env=env, capture_output=True, text=True, check=False)


def test_a_wrong_value_in_the_last_of_millions_of_rows_is_named(rows: Path, tmp_path: Path) -> None:
    columns = {"id": {"type": "string", "unique": True}, "x": {"type": "float", "max": 999.25}}
    parameters = {"dataset": "rows", "format": "csv", "columns": columns, "expect": ["unique(id) >= 1"]}
    ended = ran("check", tmp_path / "check", rows, ["report"], parameters)
    assert ended.returncode == 11, ended.stderr
    assert ended.stderr.splitlines()[0] == f"bad data: rows: rows, row {ROWS}: `x` is not a number: 'oops'"
    assert json.loads((tmp_path / "check/out/report").read_text())["rows"] == ROWS


def test_millions_of_rows_are_divided(rows: Path, tmp_path: Path) -> None:
    parameters = {"method": "hash", "by": "id", "test": 0.2, "validation": 0.0, "format": "csv", "mode": "copy"}
    ended = ran("split", tmp_path / "split", rows, ["train", "test"], parameters)
    assert ended.returncode == 0, ended.stderr
    counts = [int(line.split()[1]) for line in ended.stdout.splitlines()]
    assert sum(counts) == ROWS
    assert counts[1] == pytest.approx(ROWS * 0.2, rel=0.01)
