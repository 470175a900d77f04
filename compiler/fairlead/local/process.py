"""One attempt of a step: a process with a group of its own, its output in a file, and its end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from fairlead.local.machine import kills_for_memory

GRACE: Final = 10.0
"""Seconds between asking a step to end and ending it."""
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


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
        code = self._popen.poll()
        if code is not None:
            self._signal(signal.SIGKILL)  # whatever it left behind of its group
            return code
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

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, number)


def _end_with_parent() -> None:
    """In the child: asks the system to kill it when its parent dies, so that a kill of the engine leaves nothing."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
