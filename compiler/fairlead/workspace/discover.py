"""Finding a project's files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final

PROJECT_FILE = "fairlead.yaml"
LOCK_SUFFIX = ".lock.yaml"

_EVERY: Final = "**"
_WILD: Final = frozenset("*?[")


def project_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` that has a fairlead.yaml."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def spec_files(root: Path, patterns: Iterable[str]) -> list[str]:
    """The specifications that match, relative to the root with forward slashes, sorted, without the locks.

    Everything in hidden folders is passed over, and nothing else: a link that leads nowhere or out of the project, or a
    pipe, counts as a file. Reading it says what is wrong, where to pass over it would be to remove what it compiled to.
    For the same reason OSError is raised for a folder that can't be listed.
    """
    found: set[str] = set()
    for pattern in patterns:
        found.update(_matches(root, "", PurePosixPath(pattern).parts))
    return sorted(name for name in found if name != PROJECT_FILE)


def _matches(root: Path, folder: str, parts: Sequence[str]) -> Iterator[str]:
    """The files below `folder`, which is empty or ends with a slash, that match the parts of a pattern."""
    if not parts:
        return
    part, rest = parts[0], parts[1:]
    if part == _EVERY:
        yield from _matches(root, folder, rest)
        for entry in _entries(root, folder):
            if entry.is_dir(follow_symlinks=False):
                yield from _matches(root, f"{folder}{entry.name}/", parts)
        return
    names: Iterable[str] = [part] if os.path.lexists(root / folder / part) and not part.startswith(".") else []
    if _WILD & set(part):
        names = [entry.name for entry in _entries(root, folder) if fnmatchcase(entry.name, part)]
    for name in names:
        if rest:
            yield from _matches(root, f"{folder}{name}/", rest)
        elif _is_specification(name) and not (root / folder / name).is_dir():
            yield f"{folder}{name}"


def _entries(root: Path, folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder and not hidden; nothing where it is none. Raises OSError where it can't be listed."""
    try:
        with os.scandir(root / folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_specification(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and not name.endswith(LOCK_SUFFIX)


def lock_names(root: Path, specs: Iterable[str]) -> list[str]:
    """Every lock in the folders of some specifications, relative to the root, sorted. Raises as `spec_files` does."""
    folders = sorted({spec.rpartition("/")[0] for spec in specs})
    return [
        f"{folder}/{name}" if folder else name
        for folder in folders
        for name in sorted(entry.name for entry in _entries(root, folder))
        if name.endswith(LOCK_SUFFIX)
    ]


def lock_file(spec: str, environment: str) -> str:
    """The lock of a specification in an environment: beside it, as `<name>.<environment>.lock.yaml`."""
    path = PurePosixPath(spec)
    return str(path.with_name(f"{path.stem}.{environment}{LOCK_SUFFIX}"))


class Inside:
    """Tells whether files lie in a folder, links followed. Remembers folders, for to resolve each path takes long."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._folders: dict[str, bool] = {}

    def __contains__(self, path: Path) -> bool:
        """Whether what `path` leads to is in the folder; also where there is nothing, as long as its place is."""
        folder = str(path.parent)
        if folder not in self._folders:
            self._folders[folder] = self._has(os.path.realpath(folder))
        # Only a link can lead elsewhere than its folder does.
        return self._has(os.path.realpath(path)) if path.is_symlink() else self._folders[folder]

    def _has(self, real: str) -> bool:
        return real == self._root or real.startswith(f"{self._root.rstrip('/')}/")
