"""From plans to everything that should be on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.plan.plan import Plan
from fairlead.project.model import Project
from fairlead.resources.crds import Definitions, Judge, Unreadable
from fairlead.resources.resource import Deferred
from fairlead.source.diagnostics import Diagnostic, Refused, has_errors, in_order
from fairlead.source.nodes import place_of
from fairlead.source.places import Place
from fairlead.target import Shared
from fairlead.workspace.cache.fingerprint import Stat, modules
from fairlead.workspace.cache.memory import Memory, Recollection
from fairlead.workspace.load import Workspace
from fairlead.workspace.parallel import mapped
from fairlead.workspace.plans import Plans, plans
from fairlead.workspace.targets import chosen_targets, written_kinds
from fairlead.workspace.work import Made, Task, Work, unreadable

WINDOW: Final = 2_000
"""Tasks that are looked up together: enough for all worker processes, and few enough to be held in memory."""


class Compilation:
    """What compiling gives: files for every owner, what waits, and everything that was found.

    The work is done while the files are taken, one owner at a time, so that memory does not grow with them.
    `deferred`, `diagnostics` and `owners` are complete when all of them have been.
    """

    def __init__(self, selection: Selection, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self.selection = selection
        self.diagnostics = in_order(list(diagnostics))
        """Everything that was found so far, in order."""
        self.deferred: dict[Owner, tuple[Deferred, ...]] = {}
        """What waits, by owner."""
        self.plans: Plans | None = None
        """What is compiled, as plans; none where the project could not be read."""
        self.loaded: dict[str, Stat] = {}
        """The modules that worker processes have loaded, as `fingerprint.modules` describes them."""
        self._tasks: Sequence[Task] = ()
        self._work: Work | None = None
        self._jobs = 1
        self._recollection: Recollection | None = None

    def prepare(self, work: Work, tasks: Sequence[Task], jobs: int, recollection: Recollection | None = None) -> None:
        """Says what is to be done when the files are taken, and who may know it already."""
        self._work, self._tasks, self._jobs, self._recollection = work, tasks, jobs, recollection

    @property
    def owners(self) -> list[Owner]:
        """Who was compiled, pipelines first."""
        return list(self.deferred)

    @property
    def failed(self) -> bool:
        """Whether there is nothing to write, because the input is at fault."""
        return has_errors(self.diagnostics)

    def made(self) -> Iterator[Made]:
        """What was made for each owner. Raises Refused behind the last where anything that was found is an error."""
        found: list[Diagnostic] = []
        unmatched: list[Mapping[Place, Diagnostic | None]] = []
        if self._work is not None and not self.failed:
            for made in self._done(self._work):
                found += made.diagnostics
                unmatched.append(made.unmatched)
                self.deferred[made.assembled.owner] = made.deferred
                self.loaded.update(made.loaded)
                yield made
        if self.selection.environments is None and self.selection.targets is None:
            found += _unmatched(unmatched)
        self.diagnostics = in_order([*self.diagnostics, *found])
        if self.failed:
            raise Refused(self.diagnostics)

    def _done(self, work: Work) -> Iterator[Made]:
        """What every task gives, in order: recalled where it is known, and otherwise compiled now."""
        memory = self._recollection
        if memory is None:
            yield from mapped(work, self._tasks, self._jobs)
            return
        for start in range(0, len(self._tasks), WINDOW):
            yield from self._window(work, memory, self._tasks[start : start + WINDOW])
        memory.finish({**self.loaded, **modules()})

    def _window(self, work: Work, memory: Recollection, tasks: Sequence[Task]) -> Iterator[Made]:
        """What some tasks give. What is known of them is looked up before the rest is shared among processes."""
        known = {
            number: made
            for number, task in enumerate(tasks)
            if isinstance(task, Plan) and (made := memory.recalled(task, work)) is not None
        }
        self.loaded.update(memory.loaded)
        fresh = mapped(work, [task for number, task in enumerate(tasks) if number not in known], self._jobs)
        for number, task in enumerate(tasks):
            if number in known:
                yield known.pop(number)
                continue
            made = next(fresh)
            if isinstance(task, Plan):
                memory.keep(task, made)
            yield made
        for _ in fresh:
            raise AssertionError("more was compiled than there are tasks")

    def assembled(self) -> Iterator[Assembled]:
        """The files of each owner, with names, headers and bytes. Raises Refused as `made` does."""
        return (made.assembled for made in self.made())


def compile_workspace(
    workspace: Workspace,
    files: set[str] | None = None,
    environments: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    jobs: int = 1,
    *,
    keep: bool = False,
    memory: Memory | None = None,
    like: Plans | None = None,
) -> Compilation:
    """Compiles a workspace, or the part of it that is chosen by specification files, environments and targets.

    Nothing is written. There are only files where nothing that was found is an error. `jobs` is the number of worker
    processes, and changes nothing but the time; `keep` keeps what each target gave beside the files. `memory` knows
    what was compiled before, and `like` what was planned; they change nothing but the time either.
    """
    names = {workspace.specs[file] for file in files if file in workspace.specs} if files is not None else None
    selection = Selection(
        frozenset(workspace.units),
        frozenset(names) if names is not None else None,
        frozenset(environments) if environments else None,
        frozenset(targets) if targets else None,
    )
    built = plans(workspace, like=like)
    diagnostics = workspace.concerning(files, built.diagnostics)
    project = workspace.project
    if project is None:
        return Compilation(selection, diagnostics)
    chosen, found = chosen_targets(project, workspace.project_root, targets or None)
    diagnostics += found
    judge, crds = None, place_of(workspace.project_root, ("platform", "crds"))
    # Of texts that are not on disk yet nothing is remembered: what counts as read is what they replace.
    usable = memory if not keep and not workspace.instead else None
    recollection: Recollection | None = None
    if not has_errors(diagnostics):
        if usable is not None:
            # Before the CRDs are read, so that a change of them meanwhile is seen when all is done.
            recollection = Recollection(usable, workspace, [choice.target.name for choice in chosen])
        judge, found = _judge(workspace, project, crds)
        diagnostics += found
    result = Compilation(selection, diagnostics)
    result.plans = built
    if result.failed:
        return result
    kinds = written_kinds(project, workspace.project_root, chosen if targets is None else None)
    wanted = [name for name in built.by_environment if not environments or name in environments]
    whole = [plan for name in wanted for plan in built.of(name)]
    tasks: list[Task] = [plan for plan in whole if names is None or plan.name in names]
    tasks += [Shared(project, workspace.project_root, name, built.of(name), kinds) for name in wanted]
    if not environments:
        tasks.append(Shared(project, workspace.project_root, None, built.all(), kinds))
    work = Work(tuple(chosen), PurePosixPath(project.output), built.rules, judge, crds, keep)
    result.prepare(work, tasks, jobs, recollection)
    return result


def _unmatched(found: Sequence[Mapping[Place, Diagnostic | None]]) -> Iterator[Diagnostic]:
    """The patches that match nothing in any environment. Of a part of the output that can't be said."""
    matched = {place for each in found for place, diagnostic in each.items() if diagnostic is None}
    for each in found:
        yield from (found for place, found in each.items() if found is not None and place not in matched)


def _judge(workspace: Workspace, project: Project, place: Place) -> tuple[Judge | None, list[Diagnostic]]:
    """The clusters' own CRDs, where the project keeps them."""
    if project.platform.crds is None:
        return None, []
    try:
        return Judge(Definitions(workspace.root / project.platform.crds)), []
    except Unreadable as error:
        return None, [unreadable(error, place)]
