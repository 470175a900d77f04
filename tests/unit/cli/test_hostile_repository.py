"""A repository in which somebody runs Fairlead can bring no code along: what runs is what is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import write_project

SHADOWED = ("click", "fairlead", "fairlead_targets", "hera", "jinja2", "pydantic", "ruamel", "sitecustomize", "evil")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project with modules that are named like those that Fairlead imports, and one that says that it is a target."""
    folder = write_project(tmp_path / "project")
    for name in SHADOWED:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n")
    metadata = folder / "evil-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[fairlead.targets]\nevil = evil:Evil\n")
    (folder / "conftest.py").write_text("raise SystemExit(9)\n")
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text(f"[core]\n\tfsmonitor = touch {tmp_path / 'ran'}\n")
    return folder


@pytest.mark.parametrize("command", ["validate", "compile", "check", "targets", "fmt"])
def test_no_code_of_the_repository_runs(hostile: Path, tmp_path: Path, command: str) -> None:
    program = Path(sys.executable).parent / "fairlead"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "home")}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([program, command], cwd=hostile, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode in (0, 1, 2), done.stderr
    assert not (tmp_path / "ran").exists()
    assert "evil" not in done.stdout


def test_a_target_of_the_repositorys_own_is_none(hostile: Path, tmp_path: Path) -> None:
    file = hostile / "fairlead.yaml"
    file.write_text(file.read_text().replace("targets: [", "targets: [evil, "))
    program = Path(sys.executable).parent / "fairlead"
    done = subprocess.run([program, "compile"], cwd=hostile, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert not (tmp_path / "ran").exists()
