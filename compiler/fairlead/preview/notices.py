"""The circumstances of a preview: what lies on disk or in Git that a reader has to know before believing the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from fairlead.output.conflicts import has_conflict, way_out
from fairlead.output.inventory import INVENTORY, path_problem
from fairlead.preview.model import Notice
from fairlead.preview.states import State

LISTED: Final = 1000
"""Files that a notice has at the most; pages show fewer."""


def this_version() -> str | None:
    """The version of this compiler; None where it runs from a source tree that is not installed."""
    try:
        return version("fairlead")
    except PackageNotFoundError:
        return None


class Committed:
    """The output that is committed, or lies on disk: what the inventories say of it, and what is really there."""

    def __init__(self, inventories: Mapping[str, bytes], contents: Mapping[str, bytes] | None = None) -> None:
        self.listed: dict[str, str] = {}
        """The SHA-256 of each file as it was written, by its path."""
        self.compilers: set[str] = set()
        """The versions of Fairlead that wrote it; one, unless somebody has mixed them."""
        self.unreadable: list[str] = []
        """Inventories that can't be read."""
        for path, content in inventories.items():
            self._take(path, content)
        self.contents = contents

    def _take(self, path: str, content: bytes) -> None:
        try:
            found = json.loads(content)
            listed = {str(item["path"]): str(item["sha256"]) for item in found["files"]}
            self.compilers.add(str(found["compiler"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            self.unreadable.append(path)
            return
        self.listed |= {name: digest for name, digest in listed.items() if path_problem(name) is None}

    @property
    def compiler(self) -> str | None:
        """The version that wrote it; the newest that is named where there are several."""
        return max(self.compilers, default=None)

    def outdated(self, state: State) -> tuple[str, ...]:
        """Files that are not what compiling gives now: added, changed and gone ones, by their paths."""
        wanted = {item.path: item.sha256 for item in state.every_file()}
        listed = {path: digest for path, digest in self.listed.items() if not path.endswith("/kustomization.yaml")}
        paths = sorted({*wanted, *listed})
        return tuple(path for path in paths if wanted.get(path) != listed.get(path))[:LISTED]

    def edited(self) -> tuple[str, ...]:
        """Files that are there and not as they were written."""
        if self.contents is None:
            return ()
        found = self.contents
        return tuple(p for p in sorted(self.listed) if p in found and sha256(found[p]).hexdigest() != self.listed[p])

    def conflicts(self) -> tuple[str, ...]:
        """Files with the marks of a merge that nobody has finished."""
        found = [path for path, content in (self.contents or {}).items() if has_conflict(content)]
        return tuple(sorted({*found, *self.unreadable}))


def on_disk(root: Path, output: str) -> Committed:
    """The output in the working tree; links are not followed."""
    inventories, contents = {}, {}
    for folder, _, names in os.walk(root / output):
        if INVENTORY in names:
            path = Path(folder, INVENTORY)
            inventories[path.relative_to(root).as_posix()] = path.read_bytes()
    committed = Committed(inventories)
    for name in [*committed.listed, *inventories]:
        path = root / name
        if path.is_file() and not path.is_symlink():
            contents[name] = path.read_bytes()
    committed.contents = contents
    return committed


def output_notices(head: Committed, state: State, output: str) -> Iterator[Notice]:
    """Conflicts, hand edits, and output that nobody has compiled again."""
    conflicts = head.conflicts()
    if conflicts:
        message = f"a merge has left conflicts in {output}, which is not read here: previews compile both sides anew"
        yield Notice("conflict", message, way_out([output]), conflicts)
    edited = tuple(path for path in head.edited() if path not in conflicts)
    if edited:
        message = (
            f"{_files(edited)} in the output changed by hand, which is not shown here and the next compile refuses"
        )
        help_ = "write the change into the specification as a patch, or restore the file with `git checkout -- FILE`"
        yield Notice("hand-edit", message, help_, edited)
    if state.failed or conflicts:
        return
    outdated = tuple(path for path in head.outdated(state) if path not in edited)
    if outdated and head.listed:
        message = f"the output is not what this compiles to: {_files(outdated)} differ"
        yield Notice("outdated", message, "compile and commit the result: `fairlead compile`", outdated)


def compiler_notices(base: Committed, head: Committed, state: State) -> Iterator[Notice]:
    """What an upgrade of the compiler adds to the difference: both sides are compiled by this one."""
    mine = this_version()
    outdated = () if state.failed or state.workspace is None else base.outdated(state)
    if base.compiler is not None and base.compiler != mine:
        more = f" The upgrade alone changes {_files(outdated)}." if outdated else " The upgrade alone changes no file."
        message = f"base's output was written by fairlead {base.compiler}, and both sides are compiled by {mine} here."
        yield Notice("compiler", message + more, "upgrade in a pull request of its own", outdated)
    elif outdated and base.listed:
        message = (
            f"base's output is not what base compiles to: compiling this changes {_files(outdated)} more than is shown"
        )
        yield Notice("base-outdated", message, "compile base first: `fairlead compile`", outdated)
    if head.compiler not in (None, mine, base.compiler):
        message = f"head's output was written by fairlead {head.compiler}, and this is {mine}"
        yield Notice("compiler", message, "compile again with one version")


def dirty(files: Iterable[str], output: str) -> Iterator[Notice]:
    """Changes of the working tree that are in no commit, and that compiling may read."""
    own = (f"{output}/", ".fairlead/", ".github/")
    found = tuple(path for path in files if path.endswith((".yaml", ".yml")) and not path.startswith(own))
    if found:
        message = f"the working tree has changes that are not committed, and they are part of head: {_files(found)}"
        yield Notice("dirty", message, "", found)


def _files(paths: tuple[str, ...]) -> str:
    return "1 file" if len(paths) == 1 else f"{len(paths)} files"
