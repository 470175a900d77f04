"""Exchanging two paths in one step, where the system can."""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import ctypes

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_UNSUPPORTED: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})


def exchange(one: Path, other: Path) -> bool:
    """Lets `one` and `other` change places, so that no moment is without either; False where the system can't.

    It is renameat2 with RENAME_EXCHANGE, which Linux has since 3.15 and nearly all of its file systems know.
    Raises OSError for every other failure.
    """
    function = _renameat2()
    if function is None:
        return False
    if function(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = _error()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def flush(folder: Path) -> None:
    """Brings everything that was written to the file system of `folder` to the disk, in one step for many files."""
    function = _function("syncfs")
    if function is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if function(handle) != 0:
            code = _error()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(handle)


def flush_one(path: Path) -> None:
    """Brings one file, or one folder's list of entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _error() -> int:
    import ctypes

    return ctypes.get_errno()


@cache
def _renameat2() -> ctypes._NamedFuncPointer | None:
    import ctypes

    function = _function("renameat2")
    if function is not None:
        function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return function


def _function(name: str) -> ctypes._NamedFuncPointer | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    function: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    return function
