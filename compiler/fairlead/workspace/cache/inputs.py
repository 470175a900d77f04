"""Everything in the repository that a run reads, found again without understanding it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fairlead.source.reader import MAX_BYTES, read_bytes
from fairlead.workspace.discover import PROJECT_FILE, lock_names, spec_files


@dataclass(frozen=True, slots=True)
class Layout:
    """Where fairlead.yaml says that the input lies and the output belongs: the same for the same bytes of it."""

    specs: tuple[str, ...]
    crds: str | None
    output: str


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file, or None where it can't be read whole."""
    try:
        content = read_bytes(path)
    except OSError:
        return None
    return sha256(content).hexdigest() if len(content) <= MAX_BYTES else None


def inputs(root: Path, layout: Layout) -> Mapping[str, str] | None:
    """The digest of every file that is read, by path; None where one can't be read."""
    try:
        specs = spec_files(root, layout.specs)
        names = [PROJECT_FILE, *specs, *lock_names(root, specs)]
    except OSError:
        return None
    found = {name: digest_of(root / name) for name in dict.fromkeys(names)}
    if layout.crds is not None:
        folder = root / layout.crds
        found |= {f"{path}": digest_of(path) for path in sorted(folder.rglob("*.y*ml"))}
    return {name: digest for name, digest in found.items() if digest} if all(found.values()) else None


def agree(digests: Mapping[str, str], read: Mapping[str, str], locks: Iterable[str]) -> bool:
    """Whether the files are now as they were when they were `read`, and none has come since.

    Nothing may be remembered for an input that changed while it was being compiled. `locks` are those that were seen,
    some of which belong to no specification and were not read. Absolute paths are those of CRDs.
    """
    if any(digests.get(name) != digest for name, digest in read.items()):
        return False
    seen = read.keys() | set(locks)
    return all(name in seen or Path(name).is_absolute() for name in digests)
