"""Real commands that end at random moments leave what was or what should be, and the next one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.laws.repositories import FOREIGN, Repository

KILLS = 20
"""Some seconds of it. `python -m tests.laws.ordeal FOLDER 1000 SEED` takes an hour, and has been through as many."""


def test_commands_are_killed_and_the_next_ones_go_on(tmp_path: Path, repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.laws.ordeal", str(tmp_path), str(KILLS), "7"],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = {name: int(count) for name, count in (line.split(": ") for line in done.stdout.splitlines())}
    assert counts["kills"] >= KILLS
    assert counts["kills by SIGKILL"] > 0
    # Which state a kill leaves is chance, and on a busy machine the same one may be left each time.
    assert sum(count for name, count in counts.items() if name.startswith("found ")) > 0
    for what in ("compile", "lock", "move", "fmt", "init", "validate", "locks_together", "commands_together"):
        assert counts[f"trials of {what}"] > 0


@pytest.fixture
def judged(tmp_path: Path) -> Repository:
    """A repository in its first state, of which the judge knows both."""
    repository = Repository(tmp_path)
    for environment in ("staging", "canary", "production"):
        place = tmp_path / f"rendered/{environment}/changes/a.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("old\n")
        (place.parent / "same.yaml").write_text("same\n")
    old = repository.generated()
    repository.learn((old, {path: content.replace(b"old", b"new") for path, content in old.items()}))
    assert repository.judge(0, 1) == "old"
    return repository


def _mix(root: Path) -> None:
    (root / "rendered/production/changes/a.yaml").write_text("new\n")


def _mix_one(root: Path) -> None:
    _mix(root)
    (root / ".fairlead").mkdir()
    (root / ".fairlead/journal.json").touch()
    (root / "rendered/production/changes/b.yaml").touch()


def _touch(root: Path) -> None:
    os.utime(root / "rendered/production/changes/same.yaml", (5, 5))


def _open(root: Path) -> None:
    (root / "rendered/production/changes/same.yaml").chmod(0o666)


def _take(root: Path) -> None:
    (root / next(iter(FOREIGN))).write_text("ours\n")


def _leave(root: Path) -> None:
    (root / ".fairlead").mkdir()
    (root / ".fairlead/tmp-1").touch()


def _leave_a_draft(root: Path) -> None:
    (root / "specs/.churn.yaml.new").touch()


@pytest.mark.parametrize("deed", [_mix, _mix_one, _touch, _open, _take, _leave, _leave_a_draft])
def test_the_judge_finds_what_must_not_be(judged: Repository, deed: Callable[[Path], None]) -> None:
    deed(judged.folder)
    with pytest.raises(AssertionError):
        judged.judge(0, 1)


def test_the_judge_lets_pass_what_may_be(judged: Repository) -> None:
    _mix(judged.folder)
    (judged.folder / ".fairlead").mkdir()
    (judged.folder / ".fairlead/journal.json").touch()
    assert judged.judge(0, 1) == "interrupted"
    with pytest.raises(AssertionError, match="not what it should be"):
        judged.judge_settled(1)


def test_whoever_outlives_a_command_is_found(tmp_path: Path, repository: Path) -> None:
    program = "\n".join(
        [
            "import os, sys, time",
            "from pathlib import Path",
            "from tests.laws import started as module",
            "module.fairlead = lambda: os.fork() or time.sleep(60)",
            "module.PATIENCE = 0.2",
            f"started = module.Started(Path({str(tmp_path)!r}), Path({str(tmp_path / 'said')!r}), ['x'])",
            "code = started.ended()",
            "found = started.outlived()",
            "[os.kill(each, 9) for each in started.others()]",
            "print(code, found, started.outlived())",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "70 True False\n", done.stderr
