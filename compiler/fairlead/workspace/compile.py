"""From plans to everything that should be on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fairlead.output.assemble import Made, assemble
from fairlead.output.checks import output_findings
from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.plan.plan import Plan
from fairlead.project.model import Project
from fairlead.resources.patches import Patched, apply_patches
from fairlead.resources.resource import Deferred
from fairlead.source.diagnostics import Diagnostic, has_errors, in_order
from fairlead.target import Compiled, Shared
from fairlead.workspace.load import Workspace
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import Chosen, chosen_targets


@dataclass
class Compilation:
    """What compiling gives: files for every owner, what waits, and everything that was found."""

    selection: Selection
    assembled: list[Assembled] = field(default_factory=list)
    deferred: dict[Owner, tuple[Deferred, ...]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

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
        _compile_shared(result, workspace, project, environment, built.of(environment), chosen)
    if not environments:
        _compile_shared(result, workspace, project, None, built.all(), chosen)
    result.diagnostics = in_order([*result.diagnostics, *output_findings(result.assembled, project, workspace.root)])
    return result


def _compile_plan(result: Compilation, plan: Plan, chosen: Iterable[Chosen]) -> None:
    owner = Owner(plan.unit.environment, plan.name)
    made = [(choice, choice.target.compile(plan, choice.options)) for choice in chosen]
    patched = apply_patches(plan.unit, [Patched(choice.target.name, compiled) for choice, compiled in made])
    result.diagnostics += [found for _, compiled in made for found in compiled.diagnostics]
    result.diagnostics += patched.diagnostics
    result.deferred[owner] = tuple(waiting for _, compiled in made for waiting in compiled.deferred)
    result.assembled.append(
        _assembled(owner, plan.unit.file, patched.compiled, result.deferred[owner], str(plan.unit.project.output))
    )


def _compile_shared(
    result: Compilation,
    workspace: Workspace,
    project: Project,
    environment: str | None,
    plans_: Sequence[Plan],
    chosen: Iterable[Chosen],
) -> None:
    """What pipelines share. Not for a part of the pipelines alone: it would be of all that are shared."""
    shared = Shared(project, workspace.project_root, environment, plans_)
    made = [(choice.target.name, choice.target.compile_shared(shared, choice.options)) for choice in chosen]
    result.diagnostics += [found for _, compiled in made for found in compiled.diagnostics]
    owner = Owner(environment)
    result.deferred[owner] = tuple(waiting for _, compiled in made for waiting in compiled.deferred)
    result.assembled.append(_assembled(owner, "fairlead.yaml", made, result.deferred[owner], str(project.output)))


def _assembled(
    owner: Owner, source: str, made: Iterable[tuple[str, Compiled]], deferred: Iterable[Deferred], output: str
) -> Assembled:
    raise NotImplementedError((owner, source, made, deferred, output, Made, assemble))
