"""What a shell offers is what the project has, and nothing is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import write_project


def offered(folder: Path, *words: str) -> list[str]:
    """What a shell is told to offer for the last word, as bash asks for it."""
    script = "from fairlead.cli.main import main; import sys; sys.argv[0] = 'fairlead'; main()"
    around = {
        "_FAIRLEAD_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["fairlead", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, **around},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


@pytest.mark.parametrize(
    "words",
    [("compile", "--environment"), ("promote", "churn", "--to"), ("rollback", "churn", "--in"), ("graph", "-e")],
)
def test_environments_are_offered_in_order_of_promotion(project: Path, words: tuple[str, ...]) -> None:
    assert offered(project, *words, "") == ["plain,staging", "plain,production"]
    assert offered(project, *words, "prod") == ["plain,production"]


@pytest.mark.parametrize("command", ["compile", "validate", "run", "lock", "serve", "graph", "promote", "rollback"])
def test_pipelines_are_offered_by_name_and_so_are_files(project: Path, command: str) -> None:
    assert offered(project, command, "ch") == ["plain,churn", "file,ch"]


def test_targets_are_offered_that_are_installed(project: Path) -> None:
    assert "plain,kserve" in offered(project, "compile", "--target", "")


@pytest.mark.parametrize("text", [None, "a: [", "specs: 3", "environments: []", "specs: [none/*.yaml]"])
def test_without_a_project_that_can_be_read_there_is_nothing_to_offer(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "fairlead.yaml").write_text(text)
    assert offered(tmp_path, "compile", "--environment", "") == []
    assert offered(tmp_path, "compile", "x") == ["file,x"]
