"""A pipeline of this repository trains for real: its own code and data, Fairlead's steps, MLflow and its registry."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def fairlead(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fairlead.cli.main import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The screen of biopsies, in a project of its own."""
    root = tmp_path_factory.mktemp("screen")
    shutil.copy(REPOSITORY / "fairlead.yaml", root)
    (root / "specs").mkdir()
    shutil.copy(REPOSITORY / "specs" / "screen.yaml", root / "specs")
    shutil.copytree(REPOSITORY / "models" / "screen", root / "models" / "screen")
    shutil.copy(REPOSITORY / "models" / "datasets.py", root / "models")
    subprocess.run([sys.executable, "models/datasets.py"], cwd=root, check=True, capture_output=True)
    return root


def test_it_is_registered_once_and_told_unchanged_the_second_time(project: Path) -> None:
    first = fairlead(project, "run", "screen")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("succeeded after")
    second = fairlead(project, "run", "screen", "--format", "json")
    assert second.returncode == 0, second.stderr
    events = [json.loads(line) for line in second.stdout.splitlines()]
    assert events[-1]["status"] == "unchanged"
    assert {event["outcome"] for event in events if event["event"] == "step-ended"} == {"unchanged"}


def test_bad_data_is_told_at_the_line_of_its_column_and_registers_nothing(project: Path) -> None:
    data = project / "data" / "screen.csv"
    text = data.read_text(encoding="utf-8")
    try:
        data.write_text(text.replace("17.99", "wide", 1), encoding="utf-8")
        done = fairlead(project, "run", "screen")
    finally:
        data.write_text(text, encoding="utf-8")
    assert done.returncode == 11
    assert "error[FL8109]" in done.stderr
    assert "specs/screen.yaml:16:22" in done.stderr
    assert "version:" not in done.stdout
