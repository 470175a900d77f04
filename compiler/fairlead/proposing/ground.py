"""A commit's files as a folder outside of the repository: what compiling reads, and the output that it is held to."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairlead.git.repository import LINK, SUBMODULE, Repository
from fairlead.output.inventory import path_problem
from fairlead.preview.commits import Commit


@contextmanager
def laid_down(repository: Repository, commit: str) -> Iterator[Path]:
    """A folder with the project as a commit has it, gone when it is no longer needed."""
    with tempfile.TemporaryDirectory(prefix="fairlead-proposal-") as name:
        folder = Path(name).resolve() / "project"
        folder.mkdir()
        found = Commit(repository, commit)
        found.write(folder)
        _output(found, folder)
        yield folder


def _output(commit: Commit, folder: Path) -> None:
    """The committed output, and what its inventories list elsewhere."""
    listed = {path for content in commit.inventories().values() for path in _listed(content)}
    wanted = [
        entry
        for entry in commit.entries
        if (entry.path.startswith(f"{commit.output}/") or entry.path in listed)
        and entry.mode not in (LINK, SUBMODULE)
        and not os.path.lexists(folder / entry.path)
    ]
    for entry, content in zip(wanted, commit.contents(wanted), strict=True):
        place = folder / entry.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _listed(inventory: bytes) -> list[str]:
    """The paths in an inventory; none where it can't be read, which compiling says."""
    try:
        paths = [str(item["path"]) for item in json.loads(inventory)["files"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    return [path for path in paths if path_problem(path) is None]
