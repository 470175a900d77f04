"""What to say where the system doesn't let us read or write."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

DENIED = Code(
    "FL6009",
    "the output can't be read or written",
    """
    The system refused: the disk is full, a folder is read-only, or a file belongs to somebody else.

    Nothing was changed. Everything is built beside the tree first, and only when all of it is on the disk does it take
    the old one's place.

    Wrong:

    ```console
    $ sudo fairlead compile      # leaves files that belong to root
    $ fairlead compile           # can't replace their folder
    ```

    Right: make room, or give the folder back to the user who compiles.

    ```console
    $ sudo chown -R "$USER" rendered .fairlead
    ```
    """,
)

_HELP: Final = {
    errno.ENOSPC: "make room on the disk and compile again",
    errno.EDQUOT: "make room within the quota and compile again",
    errno.EROFS: "compile in a checkout that can be written to",
    errno.EACCES: "give it to the user who compiles",
    errno.EPERM: "give it to the user who compiles",
    errno.ELOOP: "put a real folder in its place",
    errno.ENOLCK: "its file system has no locks (NFS without a lock daemon): compile in a checkout on another one",
    errno.EXDEV: "mount the whole repository as one file system, and not a part of it",
    errno.EFBIG: "raise the limit on the size of files (`ulimit -f`), and compile again",
}


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Turns what the system says while reading into `Refused`."""
    try:
        yield
    except OSError as error:
        raise Refused([denied(root, error, "read")]) from error


def denied(root: Path, error: OSError, doing: str) -> Diagnostic:
    """The diagnostic for an error of the system while `doing`, which is `read` or `written`."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else root
    shown = os.path.relpath(path, root) if path.is_relative_to(root) else str(path)
    reason = (error.strerror or str(error)).lower()
    return Diagnostic(
        DENIED,
        Place.start_of(shown),
        f"{'the repository' if shown == '.' else shown} can't be {doing} ({reason}), and nothing was changed",
        _HELP.get(error.errno or 0, "mend that and compile again"),
    )
