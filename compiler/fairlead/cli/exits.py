"""What exit codes mean, and what counts as a fault of Fairlead's own."""

from __future__ import annotations

import errno

DONE = 0
INPUT = 1
"""The input is at fault."""
DIFFERS = 2
"""There is a difference, and the caller asked about it."""
OUR_FAULT = 3
"""Fairlead is at fault."""

FAULT = Exception
"""Whatever no command expected: a bug of Fairlead's or of a plugin's."""
MACHINE = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EIO,
        errno.ENOLCK,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    }
)
"""Errors of the operating system that are neither a bug nor in a file: no space, no rights, nowhere to write."""
