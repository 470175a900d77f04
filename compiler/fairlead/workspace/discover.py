"""Finding a project's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

PROJECT_FILE = "fairlead.yaml"
LOCK_SUFFIX = ".lock.yaml"


def project_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` that has a fairlead.yaml."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def spec_files(root: Path, patterns: Iterable[str]) -> list[str]:
    """The specifications that match, relative to the root with forward slashes, sorted, without the locks.

    Symbolic links that lead out of the root are passed over, and so is everything in hidden folders.
    """
    found = {_relative(root, path) for pattern in patterns for path in _matches(root, pattern)}
    return sorted(name for name in found if name and not name.endswith(LOCK_SUFFIX) and name != PROJECT_FILE)


def _matches(root: Path, pattern: str) -> Iterator[Path]:
    return (path for path in root.glob(pattern) if path.is_file() and path.suffix in (".yaml", ".yml"))


def _relative(root: Path, path: Path) -> str | None:
    if not path.resolve().is_relative_to(root.resolve()):
        return None
    relative = path.relative_to(root)
    return None if any(part.startswith(".") for part in relative.parts) else relative.as_posix()


def lock_file(spec: str, environment: str) -> str:
    """The lock of a specification in an environment: beside it, as `<name>.<environment>.lock.yaml`."""
    path = PurePosixPath(spec)
    return str(path.with_name(f"{path.stem}.{environment}{LOCK_SUFFIX}"))
