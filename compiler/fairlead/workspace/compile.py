"""From plans to everything that should be on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fairlead.output.assemble import assemble
from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.project.model import Project
from fairlead.resources.crds import Definitions, Judge, Unreadable
from fairlead.resources.resource import Deferred
from fairlead.source.diagnostics import Diagnostic, has_errors, in_order
from fairlead.source.nodes import place_of
from fairlead.source.places import Place
from fairlead.target import Shared
from fairlead.workspace.load import Workspace
from fairlead.workspace.parallel import mapped
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import chosen_targets
from fairlead.workspace.work import Made, Task, Work, unreadable


@dataclass
class Compilation:
    """What compiling gives: files for every owner, what waits, and everything that was found."""

    selection: Selection
    made: list[Made] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def assembled(self, output: PurePosixPath) -> list[Assembled]:
        """The files of every owner, with names, headers and bytes."""
        return [assemble(made.owner, made.source, made.compiled, output, made.explained) for made in self.made]

    @property
    def deferred(self) -> dict[Owner, list[Deferred]]:
        """What waits, by owner."""
        return {
            made.owner: [waiting for compiled in made.compiled.values() for waiting in compiled.deferred]
            for made in self.made
        }

    @property
    def failed(self) -> bool:
        """Whether there is nothing to write, because the input is at fault."""
        return has_errors(self.diagnostics)


def compile_workspace(
    workspace: Workspace,
    files: set[str] | None = None,
    environments: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    jobs: int = 1,
) -> Compilation:
    """Compiles a workspace, or the part of it that is chosen by specification files, environments and targets.

    Nothing is written. Files are only in the result where nothing that was found is an error. `jobs` is the number of
    worker processes, and changes nothing but the time.
    """
    names = {workspace.specs[file] for file in files if file in workspace.specs} if files is not None else None
    selection = Selection(
        frozenset(workspace.units),
        frozenset(names) if names is not None else None,
        frozenset(environments) if environments else None,
        frozenset(targets) if targets else None,
    )
    result = Compilation(selection)
    built = plans(workspace)
    result.diagnostics += workspace.concerning(files, built.diagnostics)
    project = workspace.project
    if project is None:
        return result
    chosen, found = chosen_targets(project, workspace.project_root, targets or None)
    result.diagnostics += found
    judge, crds = None, place_of(workspace.project_root, ("platform", "crds"))
    if not result.failed:
        judge, found = _judge(workspace, project, crds)
        result.diagnostics += found
    if result.failed:
        result.diagnostics = in_order(result.diagnostics)
        return result
    wanted = [name for name in built.by_environment if not environments or name in environments]
    whole = [plan for name in wanted for plan in built.of(name)]
    tasks: list[Task] = [plan for plan in whole if names is None or plan.name in names]
    tasks += [Shared(project, workspace.project_root, name, built.of(name)) for name in wanted]
    if not environments:
        tasks.append(Shared(project, workspace.project_root, None, built.all()))
    for made in mapped(Work(tuple(chosen), judge, crds), tasks, jobs):
        result.made.append(made)
        result.diagnostics += made.diagnostics
    if not environments and not targets:
        result.diagnostics += _unmatched(result.made)
    result.diagnostics = in_order(result.diagnostics)
    return result


def _unmatched(made: Iterable[Made]) -> Iterator[Diagnostic]:
    """The patches that match nothing in any environment. Of a part of the output that can't be said."""
    matched = {place for each in made for place, diagnostic in each.unmatched.items() if diagnostic is None}
    for each in made:
        yield from (found for place, found in each.unmatched.items() if found is not None and place not in matched)


def _judge(workspace: Workspace, project: Project, place: Place) -> tuple[Judge | None, list[Diagnostic]]:
    """The clusters' own CRDs, where the project keeps them."""
    if project.platform.crds is None:
        return None, []
    try:
        return Judge(Definitions(workspace.root / project.platform.crds)), []
    except Unreadable as error:
        return None, [unreadable(error, place)]
