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
    """The screen of biopsies, with the pipelines that need GPUs, in a project of its own."""
    root = tmp_path_factory.mktemp("screen")
    shutil.copy(REPOSITORY / "fairlead.yaml", root)
    (root / "specs").mkdir()
    for name in ("screen", "scene-encoder", "support-assistant"):
        shutil.copy(REPOSITORY / "specs" / f"{name}.yaml", root / "specs")
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


def test_what_of_a_training_on_several_nodes_needs_no_gpu_runs(project: Path) -> None:
    done = fairlead(project, "run", "scene-encoder", "--to", "split")
    assert done.returncode == 0, done.stderr
    assert "accelerator" not in done.stderr
    outcomes = project / ".fairlead/runs/scene-encoder/outcomes"
    (split,) = (path / "out" for path in outcomes.glob("split-*"))
    parts = {name: json.loads((split / name).read_text()) for name in ("train", "test")}
    images = sorted(path.name for path in (project / "data/scenes").iterdir())
    assert sorted(name for part in parts.values() for name in part["objects"]) == images
    assert {part["root"] for part in parts.values()} == {f"{(project / 'data/scenes').as_uri()}/"}
    assert 0.1 < len(parts["test"]["objects"]) / len(images) < 0.3
    again = fairlead(project, "run", "scene-encoder", "--to", "split")
    assert again.stdout.startswith("unchanged after")


def test_what_is_not_here_is_said_before_anything_runs(project: Path) -> None:
    training = fairlead(project, "run", "scene-encoder")
    assert training.returncode == 1
    assert "error[FL8102]: the folder of the training code, models/scenes, is not there" in training.stderr
    language = fairlead(project, "run", "support-assistant")
    assert language.returncode == 1
    assert "error[FL8101]: support-assistant has no training" in language.stderr
    serving = fairlead(project, "serve", "support-assistant")
    assert serving.returncode == 1
    assert "error[FL2051]" in serving.stderr
    assert "by vllm, which this machine doesn't run" in serving.stderr
