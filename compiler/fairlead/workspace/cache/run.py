"""A whole run: where nothing has changed since an earlier one, what that one said is said again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from fairlead.output.journal import STAGING
from fairlead.output.lock import JOURNAL, WORK
from fairlead.output.replace import DRAFT
from fairlead.workspace.cache.fingerprint import compiler, modules, unchanged
from fairlead.workspace.cache.inputs import Layout, agree, digest_of, inputs
from fairlead.workspace.cache.store import Store, store_of
from fairlead.workspace.cache.tree import Changed, taken, verify
from fairlead.workspace.discover import PROJECT_FILE

if TYPE_CHECKING:
    from fairlead.project.unit import Unit
    from fairlead.workspace.cache.memory import Memory
    from fairlead.workspace.load import Workspace

FORMAT: Final = 3
"""Of the entries; a change of it makes all others unknown."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a run that went well printed, and how many files are as they should be because of it."""

    out: str
    err: str
    files: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """Where a run's files are: below `root`, with the inventories below `output`. `whole` reads all of them."""

    root: Path
    whole: bool = False


class Run:
    """One run of one command, as the cache knows it."""

    def __init__(self, root: Path, command: str, options: Mapping[str, object], tree: Tree | None = None) -> None:
        self._root = root
        self._tree = tree
        self._began = time.time_ns()
        self._store: Store | None = store_of(root)
        self._asked = json.dumps([FORMAT, command, str(root), os.fspath(tree.root) if tree else None, options])
        self._digests: Mapping[str, str] | None = None
        self._compiler = compiler() if self._store else ""

    def memory(self, wanted: Callable[[Unit], bool]) -> Memory:
        """What is known of single pipelines, whatever the command: of those that are `wanted`."""
        from fairlead.workspace.cache.memory import Memory

        return Memory(self._store, self._compiler, wanted)

    def replay(self) -> Said | None:
        """What the same run said when everything was as it is now; None where there was none."""
        layout = self._layout()
        if self._store is None or layout is None:
            return None
        self._digests = inputs(self._root, layout)
        if self._digests is None:
            return None
        name = self._name(self._digests)
        entry = self._store.get(name)
        if entry is None or not unchanged(entry["modules"]):
            return None
        if self._tree is not None:
            if any(os.path.lexists(self._tree.root / WORK / name) for name in (JOURNAL, STAGING, DRAFT)):
                return None  # what was interrupted is finished, or cleared away, first
            try:
                better = verify(self._tree.root, PurePosixPath(layout.output), entry["tree"], whole=self._tree.whole)
            except Changed:
                return None
            if better is not None:
                self._store.put(name, {**entry, "tree": better})
        return Said(entry["out"], entry["err"], entry["files"])

    def remember(self, workspace: Workspace, said: Said, loaded: Mapping[str, Any] | None = None) -> None:
        """Keeps what a run that went well said; nothing where its input changed meanwhile."""
        if self._store is None or workspace.project is None:
            return
        crds = workspace.project.platform.crds
        layout = Layout(tuple(workspace.project.specs), str(crds) if crds else None, str(workspace.project.output))
        self._store.put(
            self._project(workspace.read[PROJECT_FILE]),
            {"specs": layout.specs, "crds": layout.crds, "output": layout.output},
        )
        digests = inputs(self._root, layout)
        if digests is None or not agree(digests, workspace.read, workspace.locks):
            return
        # What stands in the folder of CRDs was read somewhere in between; it must be what it was before.
        if layout.crds is not None and digests != self._digests:
            return
        listing = {}
        if self._tree is not None:
            try:
                listing = taken(self._tree.root, PurePosixPath(layout.output), self._began)
            except Changed:
                return
        self._store.put(
            self._name(digests),
            {
                "out": said.out,
                "err": said.err,
                "files": said.files,
                "modules": {**modules(), **(loaded or {})},
                "tree": listing,
            },
        )

    def _layout(self) -> Layout | None:
        digest = digest_of(self._root / PROJECT_FILE)
        entry = self._store.get(self._project(digest)) if self._store and digest else None
        return Layout(tuple(entry["specs"]), entry["crds"], entry["output"]) if entry else None

    def _project(self, digest: str) -> str:
        return self._hashed("project", digest)

    def _name(self, digests: Mapping[str, str]) -> str:
        return self._hashed("run", self._asked, json.dumps(sorted(digests.items())))

    def _hashed(self, *parts: str) -> str:
        return blake2b(json.dumps([self._compiler, *parts]).encode(), digest_size=20).hexdigest()
