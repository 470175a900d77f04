"""What a step uses on this machine, and what becomes of it."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from fairlead.local.events import StepEnded
from fairlead.local.preparing import write_usage
from fairlead.local.process import Process, Usage
from fairlead.steps.used import steps_used
from tests.unit.local.ran import TUNED, Ran

MIB = 1 << 20


def ended(folder: Path, code: str) -> Usage:
    """What a small program of Python used."""
    argv = [sys.executable, "-I", "-S", "-c", code]
    process = Process(argv, folder=folder, variables=dict(os.environ), log=folder / "log", timeout=60.0)
    while process.poll() is None:
        time.sleep(0.002)
    assert process.used is not None
    return process.used


def test_the_memory_of_the_largest_process_is_told_also_where_it_is_a_child(tmp_path: Path) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + 64 * MIB
    child = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-S', '-c', 'bytearray({most})'], check=True)"
    )
    found = ended(tmp_path, child)
    assert found.memory is not None
    assert found.memory > most
    assert found.cpu > 0


def test_a_small_process_is_not_told_as_large_as_the_one_that_started_it(tmp_path: Path) -> None:
    ballast = bytearray(128 * MIB)
    found = ended(tmp_path, "import time; time.sleep(0.2)")
    assert found.memory is not None
    assert found.memory < 64 * MIB < len(ballast)


def test_without_memory_nothing_is_told() -> None:
    assert Usage(None, 1.0, 2.0).as_measured() is None


def test_registering_finds_what_every_step_before_it_used(tmp_path: Path) -> None:
    ran = Ran(tmp_path, TUNED)
    assert ran().status == "succeeded"
    told = json.loads((tmp_path / "usage.json").read_text())
    assert told == [
        "check/customers", "check/features", "data/customers", "evaluate", "gate", "prepare/features", "split", "train",
        "tune/0", "tune/1", "tune/2", "tune/choose", "tune/score/0", "tune/score/1", "tune/score/2",
    ]  # fmt: skip
    memory = {event.memory for event in ran.events if isinstance(event, StepEnded) and event.outcome == "done"}
    assert memory == {256 * MIB}


def test_what_is_known_from_an_earlier_run_is_told_again(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    assert ran().status == "succeeded"
    ran.spec("accuracy: 0.9}", "accuracy: 0.95}")
    (tmp_path / "usage.json").unlink()
    assert ran().status == "succeeded"
    assert {"split", "train"} <= set(json.loads((tmp_path / "usage.json").read_text()))


def test_what_is_written_here_is_read_as_in_a_cluster(tmp_path: Path) -> None:
    usage = Usage(MIB, 1.0, 2.0).as_measured()
    assert usage is not None
    folder = write_usage(dict.fromkeys(("tune/0", "tune/0/score", "tune/choose", "data/rows"), usage), tmp_path)
    assert list(steps_used(folder)) == ["data/rows", "tune", "tune/choose", "tune/score"]
