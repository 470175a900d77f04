"""One side of a preview: a project at one moment, read, planned and compiled."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fairlead.output.complete import standing
from fairlead.output.desired import PROJECT, Assembled, Desired, Owner, ResourceRef
from fairlead.plan.plan import Plan
from fairlead.policy.policy import NO_RULES, Rules
from fairlead.project.model import Project
from fairlead.resources.resource import Deferred, Origin
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.nodes import Mapping
from fairlead.workspace.cache.fingerprint import compiler
from fairlead.workspace.cache.memory import Memory
from fairlead.workspace.cache.store import has_store, store_of
from fairlead.workspace.compile import Compilation, compile_workspace
from fairlead.workspace.discover import PROJECT_FILE, lock_file
from fairlead.workspace.load import Workspace, load
from fairlead.workspace.plans import Plans


@dataclass(frozen=True, slots=True)
class Item:
    """A generated file, kept small: most of a large project is the same on both sides."""

    path: str
    sha256: str
    target: str | None
    origin: Origin
    resource: ResourceRef | None
    packed: bytes | Callable[[], bytes]
    """The content, compressed, or what makes it: of a file that was not compiled because it is known."""

    @property
    def content(self) -> str:
        """The text."""
        return (zlib.decompress(self.packed) if isinstance(self.packed, bytes) else self.packed()).decode()


@dataclass(frozen=True)
class State:
    """What a side is: everything that it says, plans and compiles to."""

    workspace: Workspace | None
    plans: dict[str, dict[str, Plan]] = field(default_factory=dict)
    """Environment -> pipeline -> plan."""
    files: dict[Owner, dict[str, Item]] = field(default_factory=dict)
    """Every owner's files by their paths."""
    deferred: dict[Owner, tuple[Deferred, ...]] = field(default_factory=dict)
    """What waits, by owner."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Everything that was found."""
    rules: Rules = NO_RULES
    """The policies that it is held to."""
    failed: bool = False
    """Whether an error is among it, so that there are no files."""
    built: Plans | None = None
    """How the plans came about."""

    @property
    def project(self) -> Project | None:
        """fairlead.yaml, where there is one and it could be read."""
        return self.workspace.project if self.workspace else None

    @property
    def project_root(self) -> Mapping:
        """fairlead.yaml as a tree with places."""
        return self.workspace.project_root if self.workspace else Mapping()

    def plan(self, environment: str | None, pipeline: str | None) -> Plan | None:
        """The plan of a pipeline in an environment."""
        return self.plans.get(environment or "", {}).get(pipeline or "")

    def every_file(self) -> Iterator[Item]:
        """All files of all owners."""
        return (item for items in self.files.values() for item in items.values())


NOTHING = State(None)
"""The side on which the project was not there yet."""


def state_of(project: Path | Workspace, jobs: int = 1, like: State = NOTHING, memory: Memory | None = None) -> State:
    """The state of a project, or of that in a folder. Never raises for what is wrong with it: its diagnostics say that.

    It is `like` itself, compiled before, where nothing that compiling reads differs: most changes are of other files.
    What the `memory` knows is not compiled. The project's files have to be there until the state is no longer asked
    for contents.
    """
    workspace = project if isinstance(project, Workspace) else load(project)
    if _reads_the_same(workspace, like.workspace):
        return replace(like, workspace=workspace)
    compilation = compile_workspace(workspace, jobs=jobs, memory=memory, like=like.built)
    files: dict[Owner, dict[str, Item]] = {}
    members: dict[str, set[str]] = {}
    leaning: list[Assembled] = []
    try:
        for assembled in compilation.assembled():
            files[assembled.owner] = _items(assembled)
            owner = assembled.owner
            if owner.environment is not None and any(file.resource is not None for file in assembled.files):
                members.setdefault(owner.environment, set()).add(owner.pipeline or PROJECT)
            if any(file.only_with is not None for file in assembled.files):
                leaning.append(assembled)
    except Refused as error:
        return _failed(workspace, compilation, tuple(error.diagnostics))
    if compilation.failed:
        return _failed(workspace, compilation, tuple(compilation.diagnostics))
    for assembled in leaning:
        files[assembled.owner] = _items(standing(assembled, members))
    found = tuple(compilation.diagnostics)
    waiting = dict(compilation.deferred)
    return State(workspace, _plans(compilation), files, waiting, found, _rules(compilation), built=compilation.plans)


def memory_of(root: Path, one: Workspace | None, other: Workspace | None) -> Memory:
    """What two sides can share: whatever was compiled of one, or by an earlier command in a folder, and is in both.

    Of what is in one alone, contents are needed, and so nothing is recalled. Nothing is written.
    """
    both = _common(one, other) & _common(other, one)
    store = store_of(root) if has_store(root) else None
    return Memory(store, compiler(), lambda unit: (unit.environment, unit.file) in both, writes=False)


def _common(one: Workspace | None, other: Workspace | None) -> set[tuple[str, str]]:
    """The pipelines of one workspace, by environment and file, whose files are the same in another."""
    if one is None or other is None or one.read.get(PROJECT_FILE) != other.read.get(PROJECT_FILE):
        return set()
    return {
        (environment, unit.file)
        for environment, units in one.units.items()
        for unit in units.values()
        if all(one.read.get(file) == other.read.get(file) for file in (unit.file, lock_file(unit.file, environment)))
    }


def _reads_the_same(one: Workspace, other: Workspace | None) -> bool:
    if other is None or one.project is None or one.project.platform.crds is not None:
        return False
    return (one.read, one.files, one.locks) == (other.read, other.files, other.locks) and (
        one.diagnostics == other.diagnostics
    )


def _failed(workspace: Workspace, compilation: Compilation, found: tuple[Diagnostic, ...]) -> State:
    built = compilation.plans
    return State(workspace, _plans(compilation), {}, {}, found, _rules(compilation), failed=True, built=built)


def _rules(compilation: Compilation) -> Rules:
    return compilation.plans.rules if compilation.plans is not None else NO_RULES


def _plans(compilation: Compilation) -> dict[str, dict[str, Plan]]:
    built = compilation.plans
    return {place: dict(plans) for place, plans in built.by_environment.items()} if built else {}


def _items(assembled: Assembled) -> dict[str, Item]:
    return {file.path: _item(file) for file in assembled.files}


def _item(file: Desired) -> Item:
    packed = zlib.compress(file.given, 1) if isinstance(file.given, bytes) else file.given
    return Item(file.path, file.sha256, file.target, file.origin, file.resource, packed)
