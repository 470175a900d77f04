"""One writer at a time: a lock on the repository's working folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

WORK: Final = ".fairlead"
"""The folder for what is in progress, below the repository's root. Git ignores it, for it says so itself."""

BUSY = Code(
    "FL6010",
    "another command is writing to this repository",
    """
    Two commands that write want to work in one repository at the same time.

    Each would decide from a tree that the other is changing. The second waits for a while, and then gives up.

    Wrong:

    ```console
    $ fairlead compile --environment staging & fairlead compile --environment production
    ```

    Right: one command for both, or one after the other. The lock ends with the process that holds it, however it ends,
    so there is no lock file to delete.
    """,
)

_PAUSE: Final = 0.02


def work_folder(root: Path) -> Path:
    """The folder for what is in progress, made if it isn't there."""
    folder = root / WORK
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextmanager
def locked(root: Path, wait: float = 30.0) -> Iterator[None]:
    """Holds the lock of the repository at `root`; waits for it for up to `wait` seconds.

    Raises `Refused` where another process keeps it, and OSError where the repository can't be written to.
    """
    path = work_folder(root) / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(handle, wait)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise Refused([_busy(handle, wait)]) from None
            time.sleep(_PAUSE)
        else:
            return


def _busy(handle: int, wait: float) -> Diagnostic:
    holder = os.pread(handle, 32, 0).decode(errors="replace").strip()
    who = f"process {holder}" if holder.isdecimal() else "another process"
    message = f"{who} is writing to this repository, and did not finish in {wait:g} seconds"
    return Diagnostic(BUSY, Place.start_of(f"{WORK}/lock"), message, "wait until it has finished, then try again")
