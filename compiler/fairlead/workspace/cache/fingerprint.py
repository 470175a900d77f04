"""The compiler as a part of the key: a change of any of its files, or of a target's, makes another one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

import fairlead

GROUPS: Final = ("[fairlead.targets]", "[fairlead.policies]")
"""The sections of `entry_points.txt` that register what compiles; `fairlead.target` and `fairlead.policy.base` say what
they mean."""

Stat: TypeAlias = list[int]
"""Size and modification time in nanoseconds: what Python itself goes by when it trusts compiled bytecode."""


def stat_of(path: str) -> Stat | None:
    """What a file is known by, or None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - hundreds of them in every run, and a Path each is slower
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def compiler() -> str:
    """A digest of what turns a specification into output.

    It covers Python, every file of Fairlead and of the packages that targets are registered from, and the names and
    times of all installed distributions. What a target imports from elsewhere is in `modules`.
    """
    digest = blake2b(digest_size=20)
    digest.update(repr((sys.version, sys.implementation.cache_tag, sys.flags.optimize)).encode())
    packages = {Path(fairlead.__file__).parent.as_posix()}
    for name, changed, found in _distributions():
        digest.update(f"{name}\0{changed}\n".encode())
        for package in found:
            digest.update(f"{package}\n".encode())
            packages |= set(_places(package))
    for place in sorted(packages):
        digest.update(f"{place}\n".encode())
        for path, stat in _files(place):
            digest.update(f"{path}\0{stat}\n".encode())
    return digest.hexdigest()


def _distributions() -> list[tuple[str, int, list[str]]]:
    """Metadata folder, time and the packages that targets and policies are in of every installed distribution.

    `importlib.metadata` would take ten times as long, because it parses them.
    """
    found = []
    for place in dict.fromkeys(sys.path):
        try:
            with os.scandir(place or ".") as entries:
                folders = [entry for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        found += [(entry.path, entry.stat().st_mtime_ns, _packages(entry.path)) for entry in folders]
    return sorted(found)


def _packages(metadata: str) -> list[str]:
    """The top-level packages that a distribution registers targets or policies from."""
    try:
        with open(f"{metadata}/entry_points.txt", encoding="utf-8") as file:  # noqa: PTH123 - a Path each is slower
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError):
        return []
    section, found = "", set()
    for line in lines:
        if line.startswith("["):
            section = line
        elif section in GROUPS and "=" in line:
            found.add(line.partition("=")[2].strip().partition(":")[0].partition(".")[0])
    return sorted(found)


def _places(package: str) -> list[str]:
    """The folders or the file of a top-level package, without importing it."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    return list(spec.submodule_search_locations or []) or ([spec.origin] if spec.origin else [])


def _files(place: str) -> Iterator[tuple[str, Stat | None]]:
    """Every file at or below a place except compiled bytecode, in order."""
    try:
        with os.scandir(place) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except NotADirectoryError:
        yield place, stat_of(place)
        return
    except OSError:
        return
    for entry in entries:
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path)
        else:
            found_stat = entry.stat()
            yield entry.path, [found_stat.st_size, found_stat.st_mtime_ns]


def modules() -> dict[str, Stat]:
    """The file of every module that is loaded, outside Fairlead and the standard library, with what it is known by.

    So a change is seen in whatever a run depended on: a library that was mended in place, or a helper of a target that
    is installed from a folder of its own.
    """
    known = (str(Path(fairlead.__file__).parent) + os.sep, str(Path(os.__file__).parent) + os.sep)
    outside = f"{os.sep}site-packages{os.sep}"
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return stats(
        file
        for file in files
        if isinstance(file, str) and (not file.startswith(known) or outside in file) and not file.startswith(known[0])
    )


def stats(files: Iterable[str]) -> dict[str, Stat]:
    """What each file that is there is known by, in order."""
    found = ((file, stat_of(file)) for file in sorted(files))
    return {file: stat for file, stat in found if stat is not None}


def unchanged(recorded: object) -> bool:
    """Whether every module's file is as it was recorded."""
    return isinstance(recorded, dict) and all(stat_of(file) == stat for file, stat in recorded.items())
