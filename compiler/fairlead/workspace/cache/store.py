"""Entries on disk: plain data under a name, each with a mark that only this user can make.

Whatever goes wrong here, a full disk or a folder that can't be written to, costs time and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from secrets import compare_digest, token_bytes, token_hex
from typing import Any, Final

from fairlead.output.lock import WORK, work_folder

FOLDER: Final = "cache"
LIMIT: Final = 128 * 1024 * 1024
"""Bytes that the entries of a repository may take; those that were longest not used go first."""
USED: Final = 3600 * 10**9
"""Nanoseconds after which an entry's use is noted again, as its time: more often would cost more than it says."""
LARGEST: Final = 96 * 1024 * 1024
"""Bytes that are read of one entry."""

_KEY_LENGTH: Final = 32
_MARK: Final = 64
"""Characters of a mark; a line end follows, and then the content."""
_NAME: Final = frozenset("0123456789abcdef")
_UNFINISHED: Final = re.compile(r"\.([0-9]{1,20})-[0-9a-f]{16}")


class Store:
    """The entries of one repository."""

    def __init__(self, root: Path, key: bytes) -> None:
        self._folder = root / WORK / FOLDER
        self._root = root
        self._key = key

    def get(self, name: str) -> Mapping[str, Any] | None:
        """The entry of a name; None where there is none that this user wrote and that is whole."""
        try:
            if self._is_foreign():
                return None
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode):
                    return None
                raw = file.read(LARGEST)
                if found.st_mtime_ns < time.time_ns() - USED:
                    with suppress(OSError):
                        os.utime(handle)
        except OSError:
            return None
        content = raw[_MARK + 1 :]
        if not compare_digest(raw[:_MARK], self._mark(name, content)):
            return None
        value = json.loads(zlib.decompress(content))
        return value if isinstance(value, dict) else None

    def put(self, name: str, value: Mapping[str, Any], *, trim: bool = True) -> None:
        """Keeps an entry, whole or not at all. Whoever puts many lets only the last of them `trim` the folder."""
        content = zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)
        with suppress(OSError):
            if len(content) + _MARK + 1 >= LARGEST or self._is_foreign():
                return
            work_folder(self._root)
            self._folder.mkdir(exist_ok=True)
            _put(self._folder, name, self._mark(name, content) + b"\n" + content)
            if trim:
                self._shrink()

    def _mark(self, name: str, content: bytes) -> bytes:
        mac = blake2b(key=self._key, digest_size=_MARK // 2)
        mac.update(f"{name}\n".encode())
        mac.update(content)
        return mac.hexdigest().encode()

    def _is_foreign(self) -> bool:
        """Whether the folder is a link: what lies behind it is not ours to write or to delete."""
        return (self._root / WORK).is_symlink() or self._folder.is_symlink()

    def _shrink(self) -> None:
        """Deletes what was longest not used until the rest takes half of what it may, and what was never finished."""
        _sweep(self._folder)
        with os.scandir(self._folder) as entries:
            found = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries if _is_ours(entry.name)]
        total = sum(each.st_size for each, _ in found)
        if total <= LIMIT:
            return
        for each, path in sorted(found, key=lambda pair: pair[0].st_mtime_ns)[:-1]:
            Path(path).unlink(missing_ok=True)
            total -= each.st_size
            if total <= LIMIT // 2:
                return


def _is_ours(name: str) -> bool:
    return set(name) <= _NAME


def _put(folder: Path, name: str, content: bytes) -> None:
    """Writes a file that only this user can read, whole or not at all. Raises OSError."""
    staged = folder / f".{os.getpid()}-{token_hex(8)}"
    try:
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        staged.replace(folder / name)
    finally:
        staged.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Deletes what processes that are no more were about to write. Raises OSError."""
    with os.scandir(folder) as entries:
        unfinished = [(found[1], entry.path) for entry in entries if (found := _UNFINISHED.fullmatch(entry.name))]
    for process, path in unfinished:
        try:
            os.kill(int(process), 0)
        except (ProcessLookupError, OverflowError):
            Path(path).unlink(missing_ok=True)
        except PermissionError:
            continue  # it lives, and is somebody else's


def has_store(root: Path) -> bool:
    """Whether anything was ever put into the store of a repository."""
    return (root / WORK / FOLDER).is_dir()


def store_of(root: Path) -> Store | None:
    """The store of a repository; None where there is no key to sign with."""
    key = _key(root)
    return Store(root, key) if key else None


def _key(root: Path) -> bytes | None:
    """The key of this user, made when it is first needed.

    It lies outside the repository, where no commit can bring one.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    if not home or not os.path.isabs(home):  # noqa: PTH117 - a text from the environment
        return None
    folder = Path(home) / "fairlead" if os.environ.get("XDG_CACHE_HOME") else Path(home) / ".cache" / "fairlead"
    path = folder / "key"
    try:
        if path.resolve().is_relative_to(root.resolve()):
            return None
        # A loss of power can leave an empty one.
        if not path.exists() or (path.is_file() and path.stat().st_size == 0):
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            _put(folder, path.name, token_bytes(_KEY_LENGTH))
        # Of two processes that make a key at once, the last one's stays, and entries of the other are of no use.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
            key = file.read(_KEY_LENGTH + 1) if is_ours else b""
    except OSError:
        return None
    return key if len(key) == _KEY_LENGTH else None
