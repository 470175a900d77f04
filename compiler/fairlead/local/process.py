"""One attempt of a step: a process with a group of its own, its output in a file, and its end."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairlead.local.machine import kills_for_memory

KIB: Final = 1024
GRACE: Final = 10.0
"""Seconds between asking a step to end and ending it."""
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and those that it has waited for have used."""

    memory: int | None
    """Bytes of the largest of these processes, at its peak; None where it can't be told."""
    cpu: float
    """Seconds of processor time, of all of them together."""
    seconds: float
    """Seconds from its start to its end."""

    def as_measured(self) -> dict[str, Any] | None:
        """What a step in a container writes to FAIRLEAD_USAGE; None where the memory isn't known."""
        if self.memory is None:
            return None
        cpu, seconds = round(self.cpu, 3), round(self.seconds, 3)
        return {"memory": self.memory, "measured": "process", "cpu": cpu, "time": seconds}


def peak_of(process: int) -> int:
    """The peak of a running process's memory, in bytes; 0 where the system doesn't say."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KIB
    return 0


class Process:
    """A running command. It and what it starts are a group, and are ended together."""

    def __init__(
        self, argv: Sequence[str], *, folder: Path, variables: Mapping[str, str], log: Path, timeout: float
    ) -> None:
        """Starts it. Raises OSError where there is no such program."""
        self.started = time.monotonic()
        self._deadline = self.started + timeout
        self._kill_at: float | None = None
        self._killed_before = kills_for_memory()
        self.timed_out = False
        self.used: Usage | None = None
        """What it has used, once it has ended."""
        self._peak = 0
        self._floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
        with log.open("ab") as stream:
            self._popen = subprocess.Popen(
                list(argv),
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
            )

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs. Ends it once its time is over."""
        code = self._wait()
        if code is not None:
            self._signal(signal.SIGKILL)  # whatever it left behind of its group
            return code
        self._peak = max(self._peak, peak_of(self._popen.pid))
        now = time.monotonic()
        if self._kill_at is None and now > self._deadline:
            self.timed_out = True
            self.stop()
        elif self._kill_at is not None and now > self._kill_at:
            self._signal(signal.SIGKILL)
        return None

    def stop(self, grace: float = GRACE) -> None:
        """Asks it to end, and ends it after a while; at once where it was asked before and the grace is 0."""
        if self._kill_at is None:
            self._signal(signal.SIGTERM)
        self._kill_at = time.monotonic() + grace

    @property
    def asked(self) -> bool:
        """Whether it was asked to end."""
        return self._kill_at is not None

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.started

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the system has killed something for its use of memory since this was started."""
        return kills_for_memory() > self._killed_before

    def _wait(self) -> int | None:
        """Asks whether it has ended, and keeps what the system says that it has used then."""
        if self._popen.returncode is None:
            try:
                ended, status, said = os.wait4(self._popen.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has asked the system first
                return self._popen.poll()
            if ended:
                self._popen.returncode = os.waitstatus_to_exitcode(status)
                # A process inherits the peak of the one that it was started by, so what is no more than ours says
                # nothing of its own.
                most = said.ru_maxrss * KIB
                peak = max(self._peak, most if most > self._floor else 0)
                self.used = Usage(peak or None, said.ru_utime + said.ru_stime, self.seconds)
        return self._popen.returncode

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, number)


def _end_with_parent() -> None:
    """In the child: asks the system to kill it when its parent dies, so that a kill of the engine leaves nothing."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
