"""Whether the generated files are as a run left them, without compiling again.

A file whose size, times and inode are what they were is taken to be unchanged, as Git does; but only where they were
taken well after its last change, because within the clock's grain a change leaves no trace. The time of the last change
to the inode is among them, which no program can set back as it can the other. Every other file is read and compared
with the SHA-256 that its inventory lists.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias

from fairlead.output.files import Blocked, Disk
from fairlead.output.inventory import INVENTORY

GRAIN: Final = 2_000_000_000
"""Nanoseconds by which a change must lie back before a file's time says anything: the coarsest file systems' grain."""

Listing: TypeAlias = dict[str, list[Any]]
"""Inventory -> its SHA-256, and its files: path, and size, times and inode as far as they say something."""


class Changed(Exception):
    """Raised where the tree is not what it was."""


def taken(root: Path, output: PurePosixPath, since: int) -> Listing:
    """What is there now. `since` is when the run began: what changed after that will be read when it is asked for.

    Raises Changed where an inventory lists a file that isn't there, or is none.
    """
    disk = Disk(root)
    listing: Listing = {}
    for inventory in _inventories(disk, output):
        raw = _read(disk, inventory)
        try:
            paths = [str(entry["path"]) for entry in json.loads(raw)["files"]]
        except (ValueError, LookupError, TypeError) as error:
            raise Changed from error  # by another command, or by hand, since the run that would be remembered
        listing[inventory] = [sha256(raw).hexdigest(), [_known(disk, path, since) for path in paths]]
    return listing


def verify(root: Path, output: PurePosixPath, listing: Mapping[str, Any], *, whole: bool) -> Listing | None:
    """Raises Changed where the tree is not as it was listed; `whole` reads every file.

    Gives a listing that can be trusted further, where files had to be read that need not be read again.
    """
    disk = Disk(root)
    if list(_inventories(disk, output)) != list(listing):
        raise Changed
    better: Listing = {}
    learned = False
    for inventory, (digest, files) in listing.items():
        raw = _read(disk, inventory)
        if sha256(raw).hexdigest() != digest:
            raise Changed
        kept = []
        digests: dict[str, str] = {}
        for known in files:
            if not whole and len(known) > 1 and _stat(disk, known[0])[0] == known[1:]:
                kept.append(known)
                continue
            digests = digests or {entry["path"]: entry["sha256"] for entry in json.loads(raw)["files"]}
            fresh = _known(disk, known[0], time.time_ns() - GRAIN)
            if sha256(_read(disk, known[0])).hexdigest() != digests[known[0]]:
                raise Changed
            learned |= fresh != known
            kept.append(fresh)
        better[inventory] = [digest, kept]
    return better if learned else None


def _inventories(disk: Disk, output: PurePosixPath) -> Iterator[str]:
    return (f"{owner.folder(output)}/{INVENTORY}" for owner in disk.owners(output))


def _read(disk: Disk, path: str) -> bytes:
    if disk.link_above(path) is not None:
        raise Changed
    try:
        content = disk.read(path)
    except (Blocked, OSError) as error:
        raise Changed from error
    if content is None:
        raise Changed
    return content


def _known(disk: Disk, path: str, since: int) -> list[Any]:
    stat, changed = _stat(disk, path)
    return [path, *stat] if changed < since - GRAIN else [path]


def _stat(disk: Disk, path: str) -> tuple[list[int], int]:
    if disk.link_above(path) is not None:
        raise Changed
    try:
        found = os.lstat(disk.place(path))
    except OSError as error:
        raise Changed from error
    times = [found.st_mtime_ns, found.st_ctime_ns]
    return [found.st_size, *times, found.st_ino], max(times)
