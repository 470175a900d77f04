"""Digests of what a step's outcome depends on: files and folders, the code, and what is installed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

IGNORED: Final = frozenset({"__pycache__", ".git", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""Folders that are no part of code: what tools leave in it."""
ROOMS: Final = ("catalogue", "plan", "project", "remote", "source", "spec", "steps")
"""The rooms that Fairlead's own steps are made of."""


def digest_of(value: Any) -> str:
    """The digest of plain data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()


def path_digest(path: Path) -> str:
    """The digest of a file, or of the names and the bytes of all files below a folder. Raises OSError."""
    if not path.is_dir():
        return _file_digest(path)
    return _tree_digest(path, frozenset())


def code_digest(folder: Path) -> str:
    """The digest of a folder of code, without what tools leave in it. Raises OSError."""
    return _tree_digest(folder, IGNORED)


@cache
def own_digest() -> str:
    """The digest of Fairlead's own code, as far as its steps run it."""
    rooms = Path(__file__).resolve().parents[1]
    return digest_of({room: code_digest(rooms / room) for room in ROOMS})


@cache
def installed_digest() -> str:
    """What stands for the image here: the version of Python, and the names and versions of all that is installed."""
    found = set()
    for folder in dict.fromkeys(sys.path):
        with suppress(OSError):
            found |= {path.name for path in Path(folder).iterdir() if path.name.endswith(".dist-info")}
    return digest_of([sys.version, sorted(found)])


def _tree_digest(folder: Path, ignored: frozenset[str]) -> str:
    whole = hashlib.sha256()
    for path in _files(folder, ignored):
        whole.update(f"{path.relative_to(folder).as_posix()}\0{_file_digest(path)}\n".encode(errors="surrogateescape"))
    return whole.hexdigest()


def _files(folder: Path, ignored: frozenset[str]) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.name in ignored or (ignored and entry.name.endswith(".pyc")):
            continue
        if entry.is_dir():
            yield from _files(Path(entry.path), ignored)
        else:
            yield Path(entry.path)


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
