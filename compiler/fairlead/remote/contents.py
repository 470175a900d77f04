"""What is in a folder or below an address, as a manifest of objects and hashes: the identity of data and models.

A manifest lists every object below a root by its path, size and SHA-256, in the order of the paths. Its digest is the
SHA-256 of its JSON, so two folders with the same files have the same digest wherever they are and whenever they were
written; times, owners and modes are no part of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One object: its path below the root, with slashes; its size in bytes; its SHA-256 in hexadecimal digits."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All objects below a root. A root that is one object itself has one entry, named as the object is."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Manifest:
        """A manifest of entries in any order."""
        return cls(tuple(sorted(entries)))

    @property
    def size(self) -> int:
        """The bytes of all objects."""
        return sum(entry.size for entry in self.entries)

    @property
    def digest(self) -> str:
        """`sha256:` and the digest of the manifest's bytes."""
        return f"sha256:{hashlib.sha256(self.encode()).hexdigest()}"

    def encode(self) -> bytes:
        """The manifest as JSON: the same bytes for the same objects."""
        objects = [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in self.entries]
        return (json.dumps({"version": 1, "objects": objects}, sort_keys=True, ensure_ascii=True) + "\n").encode()

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """The manifest in bytes that `encode` made. Raises ValueError for anything else."""
        content = json.loads(data)
        if not isinstance(content, dict) or content.get("version") != 1:
            raise ValueError("this is no manifest of version 1")
        try:
            found = cls.of(
                Entry(str(each["path"]), int(each["size"]), str(each["sha256"])) for each in content["objects"]
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"an object of the manifest lacks {error}") from error
        if found.encode() != data:
            raise ValueError("the manifest is not in the form that this version writes")
        return found


def manifest_path(digest: str) -> str:
    """The place of a manifest below the project's artifacts, by its digest: `manifests/sha256-….json`."""
    return f"manifests/{digest.replace(':', '-')}.json"


def manifest_of(root: Path) -> Manifest:
    """The manifest of a file or a folder on this machine.

    Raises OSError where something can't be read, and ValueError for what is neither file nor folder, such as a link
    that leads nowhere.
    """
    if root.is_file():
        return Manifest.of([_entry(root, root.name)])
    if not root.is_dir():
        raise ValueError(f"{root} is neither a file nor a folder")
    entries = []
    for path in sorted(root.rglob("*")):
        if path.is_dir():
            continue
        if not path.is_file():
            raise ValueError(f"{path} is neither a file nor a folder")
        entries.append(_entry(path, path.relative_to(root).as_posix()))
    return Manifest.of(entries)


def hashed(stream: BinaryIO) -> tuple[int, str]:
    """The size and the SHA-256 of what a stream still has."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _entry(path: Path, name: str) -> Entry:
    with path.open("rb") as stream:
        return Entry(name, *hashed(stream))
