"""A run that is stopped, killed or doubled loses no step that had finished, and corrupts nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fairlead.local.history import _processes
from tests.unit.local.ran import Ran

DRIVE = Path(__file__).with_name("drive.py")
SLOW = "import pathlib, time\ntime.sleep(float(pathlib.Path('../../seconds').read_text()))\n"


@contextmanager
def driven(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own; ended with the block."""
    process = subprocess.Popen([sys.executable, str(DRIVE), str(root)], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def until(process: subprocess.Popen[str], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Reads events until one is wanted."""
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if wanted(event):
            return event
    raise AssertionError("the run ended before that")


def starts(step: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["event"] == "step-started" and event["step"] == step


def slow(ran: Ran, seconds: float) -> None:
    (ran.root / "seconds").write_text(str(seconds))
    ran.code("train.py", SLOW + (ran.root / "models/churn/train.py").read_text())


def left_of(run: str) -> list[int]:
    """The processes that belong to a run."""
    found = []
    for process in _processes():
        try:
            environ = Path(f"/proc/{process}/environ").read_bytes()
        except OSError:
            continue
        if f"FAIRLEAD_RUN_ID={run}".encode() in environ:
            found.append(process)
    return found


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_ends_its_steps_and_is_continued(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    ran = Ran(tmp_path)
    slow(ran, 60)
    with driven(tmp_path) as process:
        first = until(process, lambda event: event["event"] == "run-started")["run"]
        until(process, starts("train"))
        process.send_signal(sent)
        ended = until(process, lambda event: event["event"] == "run-ended")
        assert (ended["status"], ended["exit_code"], process.wait(30)) == ("stopped", code, code)
    assert left_of(first) == []
    (tmp_path / "seconds").write_text("0")
    assert ran().run == first, "it is the same run, which goes on"
    assert ran.started() == ["train", "evaluate", "champion-model", "gate", "register", "propose", "report"]


def test_a_run_that_is_killed_leaves_no_process_and_loses_no_step(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    slow(ran, 60)
    with driven(tmp_path) as process:
        first = until(process, lambda event: event["event"] == "run-started")["run"]
        until(process, starts("train"))
        process.kill()
        process.wait()
    (tmp_path / "seconds").write_text("0")
    assert ran().run == first
    assert "split" not in ran.started()
    assert ran.registered() == 1
    deadline = time.monotonic() + 10
    while left_of(first) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_of(first) == []


def test_a_kill_loses_nothing_that_was_told_to_be_done(tmp_path: Path) -> None:
    """Runs are killed after a few more steps each, wherever the others are by then: no step is done twice."""
    ran = Ran(tmp_path)
    done: list[str] = []
    for steps in (1, 4, 4):
        with driven(tmp_path) as process:
            for _ in range(steps):
                event = until(process, lambda event: event.get("outcome") == "done")
                if event["step"] not in ("open-run", "report"):
                    done.append(event["step"])
            process.kill()
    assert len(done) == len(set(done)) > 5
    ran()
    assert not set(ran.started()) & set(done)
    assert ran.registered() == 1


def test_two_runs_at_once_share_what_they_do(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    slow(ran, 0.5)
    with driven(tmp_path) as one, driven(tmp_path) as other:
        told: list[list[dict[str, Any]]] = []
        for process in (one, other):
            output, _ = process.communicate(timeout=120)
            told.append([json.loads(line) for line in output.splitlines()])
            assert process.returncode == 0
    done = [
        event["step"]
        for events in told
        for event in events
        if event["event"] == "step-ended" and event["outcome"] == "done" and event["step"] not in ("open-run", "report")
    ]
    assert len(done) == len(set(done)), "each step ran once"
    assert ran.registered() == 1
