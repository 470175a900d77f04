"""Paths that mean one file or folder to every shell, filter and program."""

from __future__ import annotations

import re
from typing import Final

_SAFE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*")


def is_safe(path: str) -> bool:
    """Whether `path` leads from the root of the repository to something in it, and has no character that is a sign."""
    return _SAFE.fullmatch(path) is not None and ".." not in path.split("/")
