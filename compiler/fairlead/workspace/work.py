"""The work that compiling consists of: one plan, or what plans share, through every target. Pure, for any process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from fairlead.output.desired import PROJECT_FILE, Owner
from fairlead.plan.plan import Plan
from fairlead.resources.crds import UNREADABLE_CRDS, Judge, Unreadable
from fairlead.resources.patches import apply_patches
from fairlead.resources.shapes import misshapen
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place
from fairlead.target import Compiled, Shared
from fairlead.workspace.targets import Chosen

Task: TypeAlias = Plan | Shared
"""A pipeline in an environment, or what pipelines share."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the targets made for one owner, patches applied; why some of it may be missing, and what was found."""

    owner: Owner
    source: str
    compiled: Mapping[str, Compiled]
    explained: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    unmatched: Mapping[Place, Diagnostic | None] = field(default_factory=dict)
    """Of every patch, what to say if it matches nothing in any environment."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to every task."""

    chosen: tuple[Chosen, ...]
    judge: Judge | None = None
    crds: Place = field(default_factory=lambda: Place.start_of(PROJECT_FILE))
    """Where fairlead.yaml names the folder of CRDs."""

    def __call__(self, task: Task) -> Made:
        """Compiles a task."""
        made = self._plan(task) if isinstance(task, Plan) else self._shared(task)
        return replace(made, diagnostics=(*made.diagnostics, *self._refused(made)))

    def _plan(self, plan: Plan) -> Made:
        unit = plan.unit
        made = {choice.target.name: choice.target.compile(plan, choice.options) for choice in self.chosen}
        found = [each for compiled in made.values() for each in compiled.diagnostics]
        unmatched: Mapping[Place, Diagnostic | None] = {}
        if unit.pipeline.patches:
            deferred = [waiting for compiled in made.values() for waiting in compiled.deferred]
            resources = [resource for compiled in made.values() for resource in compiled.resources]
            patched = apply_patches(unit, resources, deferred)
            remaining = iter(patched.resources)
            made = {
                name: replace(compiled, resources=tuple(islice(remaining, len(compiled.resources))))
                for name, compiled in made.items()
            }
            found += [*patched.diagnostics, *self._misshapen(made)]
            unmatched = patched.unmatched
        reasons = tuple(f"{node.id}: {waiting.reason}" for node, waiting in plan.waiting())
        return Made(Owner(unit.environment, plan.name), unit.file, made, reasons, tuple(found), unmatched)

    def _shared(self, shared: Shared) -> Made:
        made = {choice.target.name: choice.target.compile_shared(shared, choice.options) for choice in self.chosen}
        found = tuple(each for compiled in made.values() for each in compiled.diagnostics)
        return Made(Owner(shared.environment), PROJECT_FILE, made, (), found)

    def _misshapen(self, made: Mapping[str, Compiled]) -> Iterator[Diagnostic]:
        """What patches have made of resources that their types refuse."""
        for choice in self.chosen:
            for resource in made[choice.target.name].resources:
                shape = choice.target.shapes.get((str(resource.manifest["apiVersion"]), str(resource.manifest["kind"])))
                if shape is not None:
                    yield from misshapen(resource, shape, unknown=self.judge is None)

    def _refused(self, made: Made) -> Iterator[Diagnostic]:
        """What the clusters' own CRDs refuse."""
        if self.judge is None:
            return
        try:
            for compiled in made.compiled.values():
                for resource in compiled.resources:
                    yield from self.judge.judge(resource)
        except Unreadable as error:
            yield unreadable(error, self.crds)


def unreadable(error: Unreadable, place: Place) -> Diagnostic:
    """What to say of a folder of CRDs that can't be used."""
    message = f"the CRDs in `platform.crds` can't be read: {error}"
    return Diagnostic(UNREADABLE_CRDS, place, message, "name a folder of CustomResourceDefinitions")
