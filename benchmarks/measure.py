"""Running a program and seeing what it cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of processor and of clock, and MiB at its peak."""

    cpu: float
    wall: float
    memory: float


def run(arguments: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Runs a program to its end. Its output is thrown away; a program that fails is an error."""
    began = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} left with {process.returncode}:\n{said.decode()}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)


def median(runs: int, once: Callable[[], Cost], before: Callable[[], object] = lambda: None) -> Cost:
    """The medians of several runs, each behind a preparation that isn't measured."""
    costs = []
    for _ in range(runs):
        before()
        costs.append(once())
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
    )
