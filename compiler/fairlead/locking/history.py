"""Since when a lock says what it says: Git's history knows, because a lock has no dates.

The time of a commit on the first parents of what is checked out counts, which is that of the merge where there was a
pull request: what is not merged serves nowhere.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fairlead.project.lock import Lock
from fairlead.source.reader import read
from fairlead.spec.validate import validated


class Unknown(Exception):
    """Nobody can say; the text is the reason."""


class Cut(Unknown):
    """The history ends too early, because the clone is shallow."""


@dataclass(frozen=True)
class Past:
    """Where the history is that counts: the project's folder in a repository, and the commit where it ends."""

    root: Path
    revision: str = "HEAD"


def since(past: Past, file: str, is_so: Callable[[Lock], bool]) -> datetime:
    """Since when, without a break, the committed lock has been so. Raises Unknown where that can't be said."""
    began: str | None = None
    for commit, seconds in _commits(past, file):
        lock = _lock_at(past.root, commit, file)
        if lock is None or not is_so(lock):
            break
        began = seconds
    else:
        if began is not None and _is_shallow(past):
            raise Cut("the clone is shallow, and its history ends before the version was locked")
    if began is None:
        raise Unknown(f"{file} is not committed as it is now")
    return datetime.fromtimestamp(int(began), UTC)


def ever(past: Past, file: str, is_so: Callable[[Lock], bool]) -> bool:
    """Whether the lock has been so in any commit. Raises Unknown where that can't be said."""
    commits = _commits(past, file)
    if any((lock := _lock_at(past.root, commit, file)) is not None and is_so(lock) for commit, _ in commits):
        return True
    if commits and _is_shallow(past):
        raise Cut("the clone is shallow, and what was locked before its history begins is not known")
    return False


def _is_shallow(past: Past) -> bool:
    return _git(past.root, "rev-parse", "--is-shallow-repository").strip() == "true"


def _commits(past: Past, file: str) -> list[tuple[str, str]]:
    """The commits that changed a file and when they were made, in seconds, the newest first."""
    listed = _git(past.root, "log", "--first-parent", "--format=%H %ct", past.revision, "--", file)
    return [(commit, seconds) for commit, _, seconds in (line.partition(" ") for line in listed.splitlines())]


def _lock_at(root: Path, commit: str, file: str) -> Lock | None:
    """The lock as a commit has it; None where it has none, or another kind of file."""
    try:
        text = _git(root, "show", f"{commit}:./{file}")
    except Unknown:
        return None
    document = read(file, text.encode())
    if document.root is None or document.diagnostics:
        return None
    return validated(Lock, document.root)[0]


def _git(root: Path, *words: str) -> str:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, env=environment
        )
    except FileNotFoundError as error:
        raise Unknown("Git is not installed") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unknown(f"Git can't be asked: {error}") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise Unknown(f"Git says: {said[0]}") from error
    return done.stdout
