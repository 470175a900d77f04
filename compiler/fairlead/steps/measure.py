"""Runs a command and writes down what it used: `python -m fairlead.steps.measure COMMAND`.

This file stands alone: it needs nothing but Python, so it can be copied into any image. What it writes goes to the file
that FAIRLEAD_USAGE names; where there is no such variable, the command just runs. Measuring never changes how a step
ends.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

GROUPS = "/sys/fs/cgroup"
PROCESSES = "/proc"
UNLIMITED = 1 << 60
"""Bytes from which on a limit is none: version 1 of control groups has a number for it."""
NOT_FOUND, NOT_RUNNABLE = 127, 126
"""The exit codes of shells for a command that isn't there, or that can't be run."""
FORWARDED = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")
KIB = 1024 if sys.platform != "darwin" else 1


def main(command: list[str]) -> int:
    """Runs the command as if it stood alone, and gives its exit code. A signal that ends it ends this process too."""
    started = time.monotonic()
    if not command:
        sys.stderr.write("no command is given: python -m fairlead.steps.measure COMMAND\n")
        return 2
    waiting: list[int] = []
    for name in FORWARDED:
        signal.signal(getattr(signal, name), lambda number, _: waiting.append(number))
    try:
        child = subprocess.Popen(command)
    except OSError as error:
        sys.stderr.write(f"error: `{command[0]}` can't be run: {error.strerror or error}\n")
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
    for name in FORWARDED:
        signal.signal(getattr(signal, name), lambda number, _: child.send_signal(number))
    for number in waiting:
        child.send_signal(number)
    code = child.wait()
    tell(time.monotonic() - started)
    if code >= 0:
        return code
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
    return 128 - code  # the first process of a container outlives the signals that it doesn't handle


def tell(seconds: float) -> None:
    """Writes what this process and those that it has waited for have used, if anybody asks."""
    path = os.environ.get("FAIRLEAD_USAGE")
    if not path:
        return
    try:
        Path(path).write_text(json.dumps(used(seconds)), encoding="ascii")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"warning: what this step used isn't known: {error}\n")


def used(seconds: float) -> dict[str, object]:
    """Bytes of memory at their peak, and seconds.

    The control group has the memory of all processes together. Without one of its own, a process knows that of the
    largest.
    """
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    memory, measured = group_peak(), "container"
    if memory is None:
        memory, measured = max(own.ru_maxrss, children.ru_maxrss) * KIB, "process"
    return {"memory": memory, "measured": measured, "cpu": round(cpu, 3), "time": round(seconds, 3)}


def group_peak(groups: str = GROUPS, processes: str = PROCESSES) -> int | None:
    """The peak of the container's control group in bytes; None where it can't be read, or is not the container's own.

    It is its own where the first process of the container is in it, and where it has a limit: a machine's has none.
    """
    mine, first = (_text(f"{processes}/{process}/cgroup") for process in ("self", "1"))
    if mine is None or mine != first:
        return None
    for line in mine.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            folders, limit, peak = (groups + path, groups), "memory.max", "memory.peak"
        elif "memory" in controllers.split(","):
            tree = f"{groups}/memory"
            folders, limit, peak = (tree + path, tree), "memory.limit_in_bytes", "memory.max_usage_in_bytes"
        else:
            continue
        for folder in folders:
            most, found = _number(f"{folder}/{limit}"), _number(f"{folder}/{peak}")
            if most is not None and most < UNLIMITED and found:
                return found
    return None


def _number(path: str) -> int | None:
    text = (_text(path) or "").strip()
    return int(text) if text.isdecimal() else None


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
