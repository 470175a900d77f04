"""A commit's files as a folder, outside of the repository: as much of them as compiling reads."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from fairlead.git.repository import LINK, SUBMODULE, Entry, Repository
from fairlead.preview.model import Notice
from fairlead.source.nodes import Scalar, find
from fairlead.source.reader import read
from fairlead.workspace.discover import PROJECT_FILE

LARGEST: Final = 64 * 2**20
"""Bytes above which a file is laid down as a hole of its size: reading it says that it is too large."""
POINTER: Final = b"version https://git-lfs.github.com/spec/"
"""What a file that Git LFS keeps elsewhere begins with (specification of the pointer file, version 1)."""


class Commit:
    """The files of one commit, below the project's folder. Raises Refused where Git can't give them."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        found = repository.entries(commit)
        self.entries = [entry for entry in found or () if _is_plain(entry.path)]
        self.has_project = any(entry.path == PROJECT_FILE for entry in self.entries)
        self.output = self._output() if self.has_project else "rendered"
        """The output folder, as fairlead.yaml names it there."""

    def write(self, folder: Path) -> list[Notice]:
        """Lays down what compiling reads, and says what could not be laid down as it would be checked out."""
        chosen = self._chosen()
        files = [entry for entry in chosen if entry.mode != LINK and entry.size <= LARGEST]
        kept: list[str] = []
        for entry, content in zip(files, self.contents(files), strict=True):
            _write(folder, entry.path, content)
            if content.startswith(POINTER):
                kept.append(entry.path)
        for entry in chosen:
            if entry.mode != LINK and entry.size > LARGEST:
                _write(folder, entry.path, b"", entry.size)
        # Links come last, so that nothing is written through one.
        links = [entry for entry in chosen if entry.mode == LINK]
        for entry, content in zip(links, self.contents(links), strict=True):
            _link(folder, entry.path, os.fsdecode(content))
        return [*_pointers(kept, self.commit), *self._submodules()]

    def inventories(self) -> dict[str, bytes]:
        """The inventories of the output that is committed, by their paths."""
        found = [e for e in self.entries if e.path.startswith(f"{self.output}/") and e.path.endswith("/inventory.json")]
        return dict(zip((entry.path for entry in found), self.contents(found), strict=True))

    def files(self, paths: Iterable[str]) -> dict[str, bytes]:
        """What some files hold, by their paths; those that are not there are left out."""
        wanted = set(paths)
        found = [entry for entry in self.entries if entry.path in wanted and entry.mode not in (LINK, SUBMODULE)]
        return dict(zip((entry.path for entry in found), self.contents(found), strict=True))

    def contents(self, entries: Sequence[Entry]) -> Iterable[bytes]:
        """What entries hold, in order."""
        return self.repository.contents(entry.object for entry in entries)

    def _output(self) -> str:
        content = self.files([PROJECT_FILE]).get(PROJECT_FILE, b"")
        root = read(PROJECT_FILE, content).root
        node = find(root, ("output",)) if root is not None else None
        named = str(node.value) if isinstance(node, Scalar) else "rendered"
        return posixpath.normpath(named) if named else "rendered"

    def _chosen(self) -> list[Entry]:
        """Every YAML file and every link outside of the output, and what the links lead to."""
        outside = [each for each in self.entries if not each.path.startswith(f"{self.output}/")]
        chosen = [each for each in outside if each.mode == LINK or _is_yaml(each)]
        links = [each for each in chosen if each.mode == LINK]
        by_path = {each.path: each for each in self.entries}
        taken = {each.path for each in chosen}
        for link, content in zip(links, self.contents(links), strict=True):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(link.path), os.fsdecode(content)))
            found = by_path.get(target)
            if found is not None and found.mode != SUBMODULE and target not in taken:
                chosen.append(found)
                taken.add(target)
        return chosen

    def _submodules(self) -> list[Notice]:
        found = tuple(entry.path for entry in self.entries if entry.mode == SUBMODULE)
        if not found:
            return []
        message = f"what lies in submodules is not read from {self.commit[:12]}: its commits are another repository's"
        return [Notice("submodule", message, "keep specifications, locks and CRDs in this repository", found)]


def _pointers(files: list[str], commit: str) -> list[Notice]:
    if not files:
        return []
    message = f"{commit[:12]} has these files in Git LFS, and a preview asks no server for them"
    return [Notice("lfs", message, "keep specifications, locks and CRDs in Git itself", tuple(files))]


def _is_yaml(entry: Entry) -> bool:
    return entry.mode != SUBMODULE and entry.path.endswith((".yaml", ".yml"))


def _is_plain(path: str) -> bool:
    """Whether a path leads into the folder: Git refuses to check others out, and its objects may have them."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.casefold() == ".git" for part in parts)


def _write(folder: Path, path: str, content: bytes, size: int | None = None) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        if size is not None:
            stream.truncate(size)


def _link(folder: Path, path: str, leads_to: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target) or not target.parent.resolve().is_relative_to(folder.resolve()):
        return
    target.symlink_to(leads_to)
