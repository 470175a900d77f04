"""What was made of each pipeline in each environment, kept for the next time that it would be the same.

An entry is known by what its pipeline is compiled from alone: the specification and its lock as they are,
fairlead.yaml, the compiler and the targets. What else it depends on is written in it: the questions that were asked of
the other pipelines, and a digest of the answers. It holds no content. Files are compared by their SHA-256, and where a
content is needed, the pipeline is compiled after all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from fairlead.plan.plan import Plan
from fairlead.project.unit import Question, Unit, Units, Watched, answer
from fairlead.source.diagnostics import has_errors
from fairlead.workspace.cache.fingerprint import Stat, unchanged
from fairlead.workspace.cache.inputs import digest_of
from fairlead.workspace.cache.plain import Unsayable, said, understood
from fairlead.workspace.cache.store import Store
from fairlead.workspace.discover import PROJECT_FILE, lock_file
from fairlead.workspace.load import Workspace
from fairlead.workspace.work import Made, Work

FORMAT: Final = 1
"""Of the entries; a change of it makes all others unknown."""


class Memory:
    """What is known from earlier runs, and from this one."""

    def __init__(
        self,
        store: Store | None,
        compiler: str,
        wanted: Callable[[Unit], bool] = lambda _: True,
        *,
        writes: bool = True,
    ) -> None:
        self.wanted = wanted
        """Whether what is known of a unit with files is of use: where all contents will be needed, it is not."""
        self._store = store
        self._compiler = compiler
        self._writes = writes
        self._group = token_hex(20)
        self._known: dict[str, Mapping[str, Any]] = {}
        self._groups: dict[str, Mapping[str, Stat] | None] = {self._group: {}}

    def name(self, *parts: object) -> str:
        """The name of an entry that depends on all `parts` and on the compiler."""
        return blake2b(json.dumps([FORMAT, self._compiler, *parts]).encode(), digest_size=20).hexdigest()

    def get(self, name: str) -> Mapping[str, Any] | None:
        """An entry of this run, or of an earlier one all of whose libraries are as they were."""
        found = self._known.get(name)
        if found is None and self._store is not None:
            found = self._store.get(name)
        return found if found is not None and self.modules(str(found["group"])) is not None else None

    def put(self, name: str, entry: Mapping[str, Any]) -> None:
        """Keeps an entry: on disk, where it does not count before `finish`, or for this run alone."""
        entry = {**entry, "group": self._group}
        if not self._writes:
            self._known[name] = entry
        elif self._store is not None:
            self._store.put(name, entry, trim=False)

    def modules(self, group: str) -> Mapping[str, Stat] | None:
        """The libraries that were loaded by the run that wrote some entries; None where one is not as it was."""
        if group not in self._groups:
            entry = self._store.get(self.name("group", group)) if self._store is not None else None
            found = entry["modules"] if entry is not None else None
            self._groups[group] = found if unchanged(found) else None
        return self._groups[group]

    def finish(self, loaded: Mapping[str, Stat]) -> None:
        """Makes everything that was put count from now on. `loaded` are the libraries that it may depend on."""
        if self._store is not None and self._writes:
            self._store.put(self.name("group", self._group), {"modules": dict(loaded)})


class Recollection:
    """The memory of one compile of a workspace by some targets."""

    def __init__(self, memory: Memory, workspace: Workspace, targets: Iterable[str]) -> None:
        self._memory = memory
        self._workspace = workspace
        self._crds = _crds(workspace)
        # A file whose content can't be told has none that another run could be held to.
        self._is_sure = all(digest is not None for _, digest in self._crds or ())
        self._common = [list(targets), workspace.read.get(PROJECT_FILE), self._crds]
        self._kept = False
        self.loaded: dict[str, Stat] = {}
        """The libraries that what was recalled may depend on."""

    def recalled(self, plan: Plan, work: Work) -> Made | None:
        """What compiling a plan gives, where that is known. Its contents are compiled when they are asked for."""
        entry = self._memory.get(self._name(plan.unit)) if self._is_sure else None
        if entry is None or not isinstance(plan.peers, Watched):
            return None
        if entry["files"] and not self._memory.wanted(plan.unit):
            return None
        questions = [Question(*question) for question in entry["asked"]]
        if entry["answers"] != self._answers(questions, plan.peers.units):
            return None
        try:
            made = understood(entry, Again(work, plan))
        except Unsayable:
            return None
        self.loaded.update(self._memory.modules(str(entry["group"])) or {})
        return made

    def keep(self, plan: Plan, made: Made) -> None:
        """Keeps what compiling a plan gave, if it went well."""
        if not self._is_sure or has_errors(list(made.diagnostics)) or not isinstance(plan.peers, Watched):
            return
        questions = sorted(made.asked, key=lambda each: (each.what, each.about or ""))
        try:
            entry = {**said(made), "asked": questions, "answers": self._answers(questions, plan.peers.units)}
        except Unsayable:
            return
        self._memory.put(self._name(plan.unit), entry)
        self._kept = True

    def finish(self, loaded: Mapping[str, Stat]) -> None:
        """Makes what was kept count, unless the clusters' CRDs changed meanwhile. `loaded` are all libraries."""
        if self._kept and self._crds == _crds(self._workspace):
            self._memory.finish({**loaded, **self.loaded})

    def _name(self, unit: Unit) -> str:
        return self._memory.name("unit", self._common, unit.environment, self._identity(unit))

    def _identity(self, unit: Unit) -> list[str | None]:
        """What a unit is made from, besides fairlead.yaml."""
        read = self._workspace.read
        return [unit.file, read.get(unit.file), read.get(lock_file(unit.file, unit.environment))]

    def _answers(self, questions: Collection[Question], units: Units) -> str:
        answers = [self._answer(question, units) for question in questions]
        return blake2b(json.dumps(answers).encode(), digest_size=20).hexdigest()

    def _answer(self, question: Question, units: Units) -> object:
        found = answer(question, units)
        return self._identity(found) if isinstance(found, Unit) else found


class Again:
    """Compiles a plan when the content of one of its files is asked for, and once for all of them."""

    def __init__(self, work: Work, plan: Plan) -> None:
        self._work, self._plan = work, plan
        self._contents: dict[str, bytes] | None = None

    def __call__(self, path: str) -> Callable[[], bytes]:
        """What makes the content of the file at a path."""
        return lambda: self._content(path)

    def _content(self, path: str) -> bytes:
        if self._contents is None:
            made = self._work(self._plan)
            self._contents = {file.path: file.content for file in made.assembled.files}
        return self._contents[path]


def _crds(workspace: Workspace) -> list[tuple[str, str | None]] | None:
    """The clusters' CRDs as they are now, where the project keeps them."""
    project = workspace.project
    if project is None or project.platform.crds is None:
        return None
    folder = workspace.root / project.platform.crds
    return [(path.relative_to(folder).as_posix(), digest_of(path)) for path in sorted(folder.rglob("*.y*ml"))]


def has_inventory(root: Path, output: str) -> Callable[[Unit], bool]:
    """Whether a pipeline has been compiled to a folder before: where it has not, all its contents will be needed."""
    from fairlead.output.inventory import INVENTORY

    return lambda unit: (root / output / unit.environment / unit.name / INVENTORY).is_file()
