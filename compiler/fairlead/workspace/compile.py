"""From plans to everything that should be on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePosixPath

from fairlead.output.assemble import assemble
from fairlead.output.desired import PROJECT_FILE, Assembled, Owner, Selection
from fairlead.plan.plan import Plan
from fairlead.project.model import Project
from fairlead.resources.crds import UNREADABLE_CRDS, Judge, Unreadable, read_definitions
from fairlead.resources.patches import apply_patches
from fairlead.resources.resource import Deferred
from fairlead.resources.shapes import misshapen
from fairlead.source.diagnostics import Diagnostic, has_errors, in_order
from fairlead.source.nodes import place_of
from fairlead.target import Compiled, Shared
from fairlead.workspace.load import Workspace
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import Chosen, chosen_targets


@dataclass(frozen=True, slots=True)
class Made:
    """What the targets made for one owner, patches applied, and why some of it may be missing."""

    owner: Owner
    source: str
    compiled: Mapping[str, Compiled]
    explained: tuple[str, ...]


@dataclass
class Compilation:
    """What compiling gives: files for every owner, what waits, and everything that was found."""

    selection: Selection
    made: list[Made] = field(default_factory=list)
    deferred: dict[Owner, tuple[Deferred, ...]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def assembled(self, output: PurePosixPath) -> list[Assembled]:
        """The files of every owner, with names, headers and bytes."""
        return [assemble(made.owner, made.source, made.compiled, output, made.explained) for made in self.made]

    @property
    def failed(self) -> bool:
        """Whether there is nothing to write, because the input is at fault."""
        return has_errors(self.diagnostics)


def compile_workspace(
    workspace: Workspace,
    pipelines: set[str] | None = None,
    environments: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
) -> Compilation:
    """Compiles a workspace, or the part of it that is chosen. Nothing is written.

    Files are only in the result where nothing that was found is an error.
    """
    selection = Selection(
        frozenset(workspace.units),
        frozenset(pipelines) if pipelines is not None else None,
        frozenset(environments) if environments else None,
        frozenset(targets) if targets else None,
    )
    result = Compilation(selection)
    built = plans(workspace)
    result.diagnostics += built.diagnostics
    project = workspace.project
    if project is None:
        return result
    chosen, found = chosen_targets(project, workspace.project_root, targets)
    result.diagnostics += found
    if result.failed:
        result.diagnostics = in_order(result.diagnostics)
        return result
    for environment, by_name in built.by_environment.items():
        if environments and environment not in environments:
            continue
        for name, plan in by_name.items():
            if pipelines is None or name in pipelines:
                _compile_plan(result, plan, chosen)
        _compile_shared(result, workspace, environment, built.of(environment), chosen)
    if not environments:
        _compile_shared(result, workspace, None, built.all(), chosen)
    result.diagnostics = in_order([*result.diagnostics, *_refused_by_crds(result, workspace, project)])
    return result


def _compile_plan(result: Compilation, plan: Plan, chosen: Iterable[Chosen]) -> None:
    owner, unit = Owner(plan.unit.environment, plan.name), plan.unit
    made = {choice.target.name: choice.target.compile(plan, choice.options) for choice in chosen}
    deferred = tuple(waiting for compiled in made.values() for waiting in compiled.deferred)
    resources = [resource for compiled in made.values() for resource in compiled.resources]
    patched = apply_patches(unit, resources, deferred)
    remaining = iter(patched.resources)
    made = {
        name: replace(compiled, resources=tuple(islice(remaining, len(compiled.resources))))
        for name, compiled in made.items()
    }
    result.diagnostics += [found for compiled in made.values() for found in compiled.diagnostics]
    result.diagnostics += patched.diagnostics
    if unit.pipeline.patches:
        strict = unit.project.platform.crds is not None
        result.diagnostics += _misshapen(chosen, made, unknown=not strict)
    result.deferred[owner] = deferred
    reasons = tuple(f"{node.id}: {waiting.reason}" for node, waiting in plan.waiting())
    if not plan.nodes:
        reasons = (*reasons, "training happens in another environment, and nothing is served here")
    result.made.append(Made(owner, unit.file, made, reasons))


def _compile_shared(
    result: Compilation, workspace: Workspace, environment: str | None, plans_: Sequence[Plan], chosen: Iterable[Chosen]
) -> None:
    assert workspace.project is not None
    shared = Shared(workspace.project, workspace.project_root, environment, plans_)
    owner = Owner(environment)
    made = {choice.target.name: choice.target.compile_shared(shared, choice.options) for choice in chosen}
    result.diagnostics += [found for compiled in made.values() for found in compiled.diagnostics]
    result.deferred[owner] = tuple(waiting for compiled in made.values() for waiting in compiled.deferred)
    result.made.append(Made(owner, PROJECT_FILE, made, ()))


def _misshapen(chosen: Iterable[Chosen], made: Mapping[str, Compiled], *, unknown: bool) -> Iterator[Diagnostic]:
    """What patches have made of resources that their types refuse."""
    for choice in chosen:
        for resource in made[choice.target.name].resources:
            shape = choice.target.shapes.get((str(resource.manifest["apiVersion"]), str(resource.manifest["kind"])))
            if shape is not None:
                yield from misshapen(resource, shape, unknown=unknown)


def _refused_by_crds(result: Compilation, workspace: Workspace, project: Project) -> Iterator[Diagnostic]:
    """What the clusters' own CRDs refuse, where the project keeps them."""
    if project.platform.crds is None:
        return
    try:
        judge = Judge(read_definitions(workspace.root / project.platform.crds))
    except Unreadable as error:
        place = place_of(workspace.project_root, ("platform", "crds"))
        message = f"the CRDs in {project.platform.crds} can't be read: {error}"
        yield Diagnostic(UNREADABLE_CRDS, place, message, "name a folder of CustomResourceDefinitions")
        return
    for made in result.made:
        for compiled in made.compiled.values():
            for resource in compiled.resources:
                yield from judge.judge(resource)
