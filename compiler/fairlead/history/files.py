"""The files that a pipeline's life is in: its specification and locks, through moves and renames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fairlead.git.log import FileChange, Step
from fairlead.git.repository import LINK, SUBMODULE, Repository
from fairlead.source.diagnostics import Refused
from fairlead.source.nodes import Node, Scalar, find
from fairlead.source.reader import read
from fairlead.workspace.discover import LOCK_SUFFIX, PROJECT_FILE

_ENVIRONMENT: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LARGEST: Final = 2**21


@dataclass(frozen=True, slots=True)
class Moment:
    """What a commit did to the files of one pipeline."""

    step: Step
    path: str
    """Where the specification is after it."""
    older: str
    """Where it was before; the same unless it moved."""
    spec: FileChange | None
    locks: tuple[tuple[str, FileChange], ...]
    """By environment."""

    @property
    def paths(self) -> list[str]:
        """All the files of the pipeline that it touched."""
        own = {self.path, self.older} if self.spec else set()
        for environment, _ in self.locks:
            own |= {lock_of(self.path, environment), lock_of(self.older, environment)}
        return sorted(own)


class Objects:
    """Files by the names of their objects, each read once. What can't be had is None, and `lost` says why."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.lost: dict[str, str] = {}
        self._roots: dict[str, Node | None] = {}
        self._contents: dict[str, bytes] = {}

    def fetch(self, names: Iterable[str]) -> None:
        """Has Git give many objects at once, which takes as long as one; what it can't give is asked for later."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._roots]
        with suppress(Refused):
            self._contents.update(zip(wanted, list(self.repository.contents(wanted)), strict=True))

    def root(self, name: str | None) -> Node | None:
        """The document's root in an object; None where there is none, or none that can be read."""
        if name is None:
            return None
        if name not in self._roots:
            self._roots[name] = self._read(name)
        return self._roots[name]

    def text(self, name: str | None, *path: str) -> str | None:
        """A text in a document."""
        root = self.root(name)
        node = find(root, path) if root is not None else None
        return str(node.value) if isinstance(node, Scalar) and node.value is not None else None

    def _read(self, name: str) -> Node | None:
        content = self._contents.pop(name, None)
        if content is None:
            try:
                (content,) = self.repository.contents([name])
            except Refused as error:
                self.lost[name] = error.diagnostics[0].message
                return None
        document = read("file", content)
        errors = [found for found in document.diagnostics if found.level == "error"]
        if errors:
            self.lost[name] = f"line {errors[0].place.line}: {errors[0].message}"
        return document.root if not errors else None


def lock_of(path: str, environment: str) -> str:
    """The lock beside a specification."""
    pure = PurePosixPath(path)
    return str(pure.with_name(f"{pure.stem}.{environment}{LOCK_SUFFIX}"))


def moments(objects: Objects, steps: Iterable[Step], path: str) -> list[Moment]:
    """What commits did to the pipeline whose specification is, or was last, at `path`; the oldest first."""
    found: list[Moment] = []
    for step in reversed(list(steps)):
        changes = {change.path: change for change in step.files}
        own = changes.get(path)
        older = path
        if own is not None and own.before is None and own.after is not None:
            older = _origin(objects, step, own) or path
        locks = tuple(_locks(changes, path, older))
        before, after = changes.get(older), own
        spec = None
        if own is not None:
            spec = FileChange(path, before.before if before else None, after.after if after else None)
        if spec is not None or locks:
            found.append(Moment(step, path, older, spec, locks))
        path = older
    return found[::-1]


def _locks(changes: dict[str, FileChange], path: str, older: str) -> Iterator[tuple[str, FileChange]]:
    named = {_environment(name, at) for name in changes for at in (path, older)}
    for environment in sorted(each for each in named if each is not None):
        was, now = changes.get(lock_of(older, environment)), changes.get(lock_of(path, environment))
        change = FileChange(lock_of(path, environment), was.before if was else None, now.after if now else None)
        if older != path and was is None and now is not None:
            change = now
        yield environment, change


def _environment(name: str, path: str) -> str | None:
    start = f"{PurePosixPath(path).with_suffix('')!s}."
    if not (name.startswith(start) and name.endswith(LOCK_SUFFIX)):
        return None
    between = name[len(start) : -len(LOCK_SUFFIX)]
    return between if _ENVIRONMENT.fullmatch(between) else None


def _origin(objects: Objects, step: Step, added: FileChange) -> str | None:
    """The file that a new one was before: one that the same commit deleted, of the same pipeline."""
    gone = [change for change in step.files if change.after is None and is_specification(change.path)]
    names = [objects.text(added.after, "metadata", key) for key in ("name", "renamed_from")]
    for name in names:
        for change in gone:
            if name is not None and objects.text(change.before, "metadata", "name") == name:
                return change.path
    return next((change.path for change in gone if change.before == added.after), None)


def is_specification(path: str) -> bool:
    """Whether a file may be a specification, by its name."""
    return path.endswith((".yaml", ".yml")) and not path.endswith(LOCK_SUFFIX) and path != PROJECT_FILE


def output_of(objects: Objects, head: str) -> str:
    """The output folder, as fairlead.yaml of a commit names it."""
    entries = objects.repository.entries(head) or []
    own = next((entry.object for entry in entries if entry.path == PROJECT_FILE), None)
    return (objects.text(own, "output") or "rendered").strip("/")


def find_file(objects: Objects, head: str, steps: list[Step], output: str, given: str, path: str) -> str | None:
    """The file of the specification that is meant by a path or a name; None where no commit has one.

    A pipeline of now comes before one that is no longer there, and a name of now before one of earlier.
    """
    changed = {change.path for step in steps for change in step.files}
    if is_specification(path) and path in changed:
        return _forward(objects, steps, path)
    now = [
        entry
        for entry in objects.repository.entries(head) or []
        if is_specification(entry.path)
        and not entry.path.startswith((f"{output}/", "."))
        and entry.mode not in (LINK, SUBMODULE)
        and entry.size <= _LARGEST
    ]
    objects.fetch(entry.object for entry in now)
    for key in ("name", "renamed_from"):
        for entry in now:
            if (
                objects.text(entry.object, "kind") == "Pipeline"
                and objects.text(entry.object, "metadata", key) == given
            ):
                return entry.path
    for step in reversed(steps):
        for change in step.files:
            if (
                is_specification(change.path)
                and change.before is not None
                and objects.text(change.before, "metadata", "name") == given
                and objects.text(change.before, "kind") == "Pipeline"
            ):
                return _forward(objects, steps, change.path)
    return None


def _forward(objects: Objects, steps: Iterable[Step], path: str) -> str:
    """Where the specification that was once at a path is now, or was last."""
    for step in steps:
        changes = {change.path: change for change in step.files}
        if path in changes and changes[path].after is None:
            added = [change for change in step.files if change.before is None and is_specification(change.path)]
            path = next((change.path for change in added if _origin(objects, step, change) == path), path)
    return path
