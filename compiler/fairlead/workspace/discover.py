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

    Symbolic links that lead out of the root are passed over, and so is everything in hidden folders. One that leads
    nowhere counts as a file: reading it says so, where to pass over it would be to remove what it compiled to.
    """
    real = root.resolve()
    inside: dict[Path, bool] = {}
    found: set[str] = set()
    for path in (path for pattern in patterns for path in _matches(root, pattern)):
        folder = path.parent
        if folder not in inside:
            inside[folder] = folder.resolve().is_relative_to(real)
        # Only a link can lead elsewhere than its folder does, and to resolve every path takes most of the time.
        if not (_leads_inside(path, real) if path.is_symlink() else inside[folder]):
            continue
        relative = path.relative_to(root)
        if not any(part.startswith(".") for part in relative.parts):
            found.add(relative.as_posix())
    return sorted(found)


def _matches(root: Path, pattern: str) -> Iterator[Path]:
    for path in root.glob(pattern):
        is_named = path.name.endswith((".yaml", ".yml")) and not path.name.endswith(LOCK_SUFFIX)
        if is_named and path != root / PROJECT_FILE and (path.is_file() or _leads_nowhere(path)):
            yield path


def _leads_inside(link: Path, root: Path) -> bool:
    return _leads_nowhere(link) or link.resolve().is_relative_to(root)


def _leads_nowhere(path: Path) -> bool:
    """Whether a path is a symbolic link to what does not exist, or to itself."""
    return path.is_symlink() and not path.exists()


def lock_names(root: Path, specs: Iterable[str]) -> list[str]:
    """Every lock in the folders of some specifications, relative to the root, sorted."""
    folders = sorted({PurePosixPath(spec).parent for spec in specs})
    return [
        path.relative_to(root).as_posix()
        for folder in folders
        for path in sorted((root / folder).glob(f"*{LOCK_SUFFIX}"))
    ]


def lock_file(spec: str, environment: str) -> str:
    """The lock of a specification in an environment: beside it, as `<name>.<environment>.lock.yaml`."""
    path = PurePosixPath(spec)
    return str(path.with_name(f"{path.stem}.{environment}{LOCK_SUFFIX}"))
