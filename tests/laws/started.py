"""A command as a process of its own, forked with everything imported, or as a Python of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fairlead.cli.main import main as fairlead
from tests.laws.repositories import names

PATIENCE = 20.0
"""Seconds in which what a command started has to end after it."""


class Started:
    """A command that runs, in a session of its own."""

    def __init__(
        self, folder: Path, said: Path, arguments: Sequence[str], limit: Callable[[], object] = lambda: None
    ) -> None:
        self._said = said
        self.process = os.fork()
        if self.process == 0:
            _become(folder, said, arguments, limit)

    def ended(self) -> int:
        """How it ended: an exit code, or a signal as a negative number."""
        _, status = os.waitpid(self.process, 0)
        return os.waitstatus_to_exitcode(status)

    def end(self, sent: signal.Signals) -> None:
        """Ends it, if it still runs."""
        os.kill(self.process, sent)

    def is_running(self) -> bool:
        """Whether it has not ended by itself."""
        return (_stat(self.process) or "Z")[0] != "Z"

    def said(self) -> str:
        """What it wrote."""
        return self._said.read_text(errors="replace")

    def others(self) -> list[int]:
        """The processes that it started and that are there."""
        found = (int(entry) for entry in names(Path("/proc")) if entry.isdecimal())
        return [each for each in found if _session(each) == self.process]

    def outlived(self) -> bool:
        """Whether anything that it started is there a while after its end."""
        end = time.monotonic() + PATIENCE
        while self.others():
            if time.monotonic() > end:
                return True
            time.sleep(0.005)
        return False


def _become(folder: Path, said: Path, arguments: Sequence[str], limit: Callable[[], object]) -> None:
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDWR)
        said_to = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream, handle in enumerate((nothing, said_to, said_to)):
            os.dup2(handle, stream)
        limit()
        if arguments[0] == "fresh":
            program = "from fairlead.cli.main import main; main()"
            os.execv(sys.executable, [sys.executable, "-c", program, *arguments[1:]])  # noqa: S606 - as a shell would
        sys.argv = ["fairlead", *arguments]
        fairlead()
    except SystemExit as left:
        code = int(left.code or 0)
    except KeyboardInterrupt:
        code = 1  # before the command, or after it
    finally:
        sys.stderr.flush()
        os._exit(code)


def _stat(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _session(process: int) -> int:
    found = _stat(process)
    return int(found[3]) if found and found[0] != "Z" else 0
