"""The same specifications, locks and compiler give the same bytes, whatever else differs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SURROUNDINGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "one worker": ({"PYTHONHASHSEED": "0"}, ["--jobs", "1"]),
    "five workers": ({"PYTHONHASHSEED": "1"}, ["--jobs", "5"]),
    "another hash seed": ({"PYTHONHASHSEED": "4242"}, []),
    "another language and time zone": ({"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"}, []),
    "an older clock": ({"SOURCE_DATE_EPOCH": "0", "HOME": "/nonexistent"}, []),
}


def compiled(project: Path, out: Path, env: dict[str, str], arguments: list[str]) -> dict[str, bytes]:
    """Every file that compiling writes, by its path."""
    command = [sys.executable, "-c", "from fairlead.cli.main import main; main()", "compile", "--out", str(out)]
    done = subprocess.run(
        [*command, *arguments], cwd=project, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".fairlead" not in path.parts
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A copy of this repository's specifications, its files made in another order."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(repository / "fairlead.yaml", folder)
    (folder / "specs").mkdir()
    for path in sorted((repository / "specs").iterdir(), reverse=True):
        shutil.copy(path, folder / "specs")
    return folder


@pytest.fixture(scope="module")
def reference(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a plain compile gives."""
    files = compiled(project, tmp_path_factory.mktemp("reference"), {}, [])
    assert len(files) > 200
    return files


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_nothing_around_the_compiler_changes_a_byte(
    surroundings: str, project: Path, reference: dict[str, bytes], tmp_path: Path
) -> None:
    env, arguments = SURROUNDINGS[surroundings]
    assert compiled(project, tmp_path, env, arguments) == reference


def test_one_pipeline_at_a_time_gives_the_same_tree(project: Path, reference: dict[str, bytes], tmp_path: Path) -> None:
    compiled(project, tmp_path, {}, [])
    again: dict[str, bytes] = {}
    specs = [spec.name for spec in (project / "specs").glob("*.yaml") if not spec.name.endswith(".lock.yaml")]
    for name in sorted(specs, reverse=True)[::3]:
        again = compiled(project, tmp_path, {}, [f"specs/{name}"])
    assert again == reference


def test_what_is_committed_is_what_compiling_gives(reference: dict[str, bytes], repository: Path) -> None:
    committed = {path: (repository / path).read_bytes() for path in reference if (repository / path).exists()}
    assert committed == reference
