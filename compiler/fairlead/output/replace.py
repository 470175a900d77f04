"""Replacing one file as a whole: a reader, a crash, a kill or a full disk finds the old one or the new one.

This is for what people and commands write one file at a time, such as locks. Generated trees are swapped in.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from secrets import token_hex
from typing import Final

from fairlead.output.lock import work_folder
from fairlead.output.rename import flush_one

DRAFT: Final = "draft"
"""In the work folder: what a process that was killed left of a file that it was about to replace."""


def write_whole(path: Path, content: bytes) -> None:
    """Makes a new file and brings it to the disk. Raises OSError, also where something stands there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(root: Path, path: Path, content: bytes) -> None:
    """Gives the file at `path` another content, or makes it. The caller holds the lock of `root`. Raises OSError.

    The mode of a file that is there stays. A link is replaced, and what it leads to is left alone.
    """
    draft = work_folder(root) / DRAFT
    draft.unlink(missing_ok=True)
    try:
        _put(draft, path, content)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno != errno.EXDEV:
            raise
        replace_file_beside(path, content)


def replace_file_beside(path: Path, content: bytes) -> None:
    """`replace_file` where there is no lock, or no work folder on the same file system.

    A kill can leave a hidden file, `.fairlead-` and sixteen digits.
    """
    beside = path.with_name(f".fairlead-{token_hex(8)}")
    try:
        _put(beside, path, content)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _put(staged: Path, path: Path, content: bytes) -> None:
    write_whole(staged, content)
    if path.exists() and not path.is_symlink():
        staged.chmod(path.stat().st_mode & 0o7777)
    staged.replace(path)
    flush_one(path.parent)
