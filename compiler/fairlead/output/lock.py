"""One writer at a time: a lock on the repository's working folder."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

WORK: Final = ".fairlead"
"""The folder for what is in progress, below the repository's root. Git ignores it, for it says so itself."""
JOURNAL: Final = "journal.json"
"""The file in it that stands there while a swap is under way, or after one was interrupted."""

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


_OWN: Final = os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def work_folder(root: Path) -> Path:
    """The folder for what is in progress, made if it isn't there.

    Raises OSError, also where it is a link: whatever is written or deleted in it would be somewhere else.
    """
    folder = root / WORK
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "It is a symbolic link", str(folder))
    ignore = _open(folder / ".gitignore", os.O_WRONLY)
    try:
        # A process that was killed just here left an empty one.
        if os.fstat(ignore).st_size == 0:
            os.write(ignore, b"*\n")
    finally:
        os.close(ignore)
    return folder


@contextmanager
def locked(root: Path, wait: float = 30.0) -> Iterator[None]:
    """Holds the lock of the repository at `root`; waits for it for up to `wait` seconds.

    Raises `Refused` where another process keeps it, and OSError where the repository can't be written to.
    """
    handle = _acquired(root, wait)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def locked_if_possible(root: Path, wait: float = 30.0) -> Iterator[OSError | None]:
    """`locked`; or what the system has against it, for a command that may find nothing to write."""
    with ExitStack() as stack:
        refusal: OSError | None = None
        try:
            stack.enter_context(locked(root, wait))
        except OSError as error:
            refusal = error
        yield refusal


def _acquired(root: Path, wait: float) -> int:
    """A handle that holds the lock."""
    end = time.monotonic() + wait
    while True:
        path = work_folder(root) / "lock"
        handle = _open(path, os.O_RDWR)
        try:
            _acquire(handle, end, wait)
            if _is_at(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        # The folder was deleted meanwhile, and a lock on a file that nobody finds keeps nobody out.
        os.close(handle)


def _open(path: Path, access: int) -> int:
    """A handle of a file in the work folder, made if it isn't there; never that of a file which lies elsewhere."""
    handle = os.open(path, access | _OWN, 0o644)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(handle)
        raise OSError(errno.EINVAL, "It is no file of its own", str(path))
    return handle


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False


def _acquire(handle: int, end: float, wait: float) -> None:
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
