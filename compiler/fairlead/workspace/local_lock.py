"""The lock of this machine: what `fairlead run` registered here, apart from what is committed.

It has the form of any lock, for an environment that is called `local`, and stands in `.fairlead/locks/`, which Git
ignores. Compiling never reads it. `fairlead lock --local` writes it; the next run's champion, `fairlead serve` and
`fairlead rollback --local` read it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fairlead.project.lock import Lock
from fairlead.source.diagnostics import Refused
from fairlead.source.reader import Document, read, read_bytes
from fairlead.spec.validate import validated
from fairlead.workspace.discover import LOCK_SUFFIX

ENVIRONMENT: Final = "local"
"""What `metadata.environment` says in a lock of this machine."""


def local_lock_file(pipeline: str) -> str:
    """Where the lock of a pipeline on this machine is, from the project's root."""
    return f".fairlead/locks/{pipeline}{LOCK_SUFFIX}"


def local_document(root: Path, pipeline: str) -> Document | None:
    """The file as it stands; None where there is none yet. Raises Refused where it is no YAML, and OSError."""
    file = local_lock_file(pipeline)
    try:
        document = read(file, read_bytes(root / file))
    except FileNotFoundError:
        return None
    if document.diagnostics:
        raise Refused(document.diagnostics)
    return document


def read_local_lock(root: Path, pipeline: str) -> Lock | None:
    """What is locked on this machine; None before the first. Raises Refused where the file is no lock, and OSError."""
    document = local_document(root, pipeline)
    if document is None or document.root is None:
        return None
    lock, found = validated(Lock, document.root)
    if lock is None:
        raise Refused(found)
    return lock
