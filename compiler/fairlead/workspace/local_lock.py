"""The lock of this machine: what `fairlead run` registered here, apart from what is committed.

It has the form of any lock, for an environment that is called `local`, and stands in `.fairlead/locks/`, which Git
ignores. Compiling never reads it. `fairlead lock --local` writes it; the next run's champion, `fairlead serve` and
`fairlead rollback --local` read it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from fairlead.output.lock import WORK
from fairlead.project.lock import Lock
from fairlead.source.diagnostics import Refused
from fairlead.source.reader import Document, read, read_bytes
from fairlead.spec.validate import validated
from fairlead.workspace.discover import LOCK_SUFFIX
from fairlead.workspace.load import Workspace

ENVIRONMENT: Final = "local"
"""What `metadata.environment` says in a lock of this machine, and the alias of its version in MLflow."""


def local_lock_file(pipeline: str) -> str:
    """Where the lock of a pipeline on this machine is, from the project's root."""
    return f"{WORK}/locks/{pipeline}{LOCK_SUFFIX}"


def read_local_lock(root: Path, pipeline: str) -> Lock | None:
    """What is locked on this machine; None before the first. Raises Refused where the file is no lock, and OSError."""
    found = _read(root, pipeline)
    return _lock(found[0]) if found is not None else None


def load_local_lock(workspace: Workspace, pipeline: str) -> tuple[Lock | None, str | None]:
    """The lock of this machine and its text, as one of the files that the workspace has read. Raises as above."""
    found = _read(workspace.root, pipeline)
    if found is None:
        return None, None
    document, digest = found
    workspace.documents[document.file], workspace.read[document.file] = document, digest
    return _lock(document), document.text


def _read(root: Path, pipeline: str) -> tuple[Document, str] | None:
    file = local_lock_file(pipeline)
    try:
        data = read_bytes(root / file)
    except FileNotFoundError:
        return None
    return read(file, data), sha256(data).hexdigest()


def _lock(document: Document) -> Lock:
    if document.root is None or document.diagnostics:
        raise Refused(document.diagnostics)
    lock, found = validated(Lock, document.root)
    if lock is None:
        raise Refused(found)
    return lock
