"""The work that compiling consists of: one plan, or what plans share, through every target.

Pure, for any process, and done to the last byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from fairlead.output.assemble import assemble
from fairlead.output.desired import PROJECT_FILE, Assembled, Owner
from fairlead.plan.plan import Plan
from fairlead.policy.base import Output
from fairlead.policy.policy import NO_RULES, Rules
from fairlead.project.unit import Question, Unit, Watched
from fairlead.resources.crds import UNREADABLE_CRDS, Judge, Unreadable
from fairlead.resources.patches import apply_patches
from fairlead.resources.resource import Deferred
from fairlead.resources.shapes import is_patched, misshapen
from fairlead.source.diagnostics import Diagnostic, has_errors
from fairlead.source.places import Place
from fairlead.target import Compiled, Shared
from fairlead.workspace.cache.fingerprint import Stat
from fairlead.workspace.targets import Chosen

Task: TypeAlias = Plan | Shared
"""A pipeline in an environment, or what pipelines share."""


@dataclass(frozen=True, slots=True)
class Made:
    """What there is to write for one owner; what waits, and what was found."""

    assembled: Assembled
    deferred: tuple[Deferred, ...]
    diagnostics: tuple[Diagnostic, ...]
    unmatched: Mapping[Place, Diagnostic | None] = field(default_factory=dict)
    """Of every patch, what to say if it matches nothing in any environment."""
    compiled: Mapping[str, Compiled] = field(default_factory=dict)
    """What each target gave, patches applied; only where it was asked for, because it takes much memory."""
    asked: frozenset[Question] = frozenset()
    """What was asked of the other pipelines of the environment, from the plan to the last byte."""
    loaded: Mapping[str, Stat] = field(default_factory=dict)
    """The modules that were loaded for it in a worker process, as `fingerprint.modules` describes them."""


class _Patched(NamedTuple):
    made: Mapping[str, Compiled]
    diagnostics: tuple[Diagnostic, ...]
    unmatched: Mapping[Place, Diagnostic | None]


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to every task."""

    chosen: tuple[Chosen, ...]
    output: PurePosixPath
    rules: Rules = NO_RULES
    judge: Judge | None = None
    crds: Place = field(default_factory=lambda: Place.start_of(PROJECT_FILE))
    """Where fairlead.yaml names the folder of CRDs."""
    keep: bool = False
    """Whether what each target gave is kept beside the files."""

    def __call__(self, task: Task) -> Made:
        """Compiles a task, to the last byte; where something is wrong with it, there are no files."""
        made: Mapping[str, Compiled]
        if isinstance(task, Plan):
            unit = task.unit
            owner, source = Owner(unit.environment, task.name), unit.file
            reasons = tuple(f"{node.id}: {waiting.reason}" for node, waiting in task.waiting())
            made = {choice.target.name: choice.target.compile(task, choice.options) for choice in self.chosen}
        else:
            owner, source, reasons = Owner(task.environment), PROJECT_FILE, ()
            made = {choice.target.name: choice.target.compile_shared(task, choice.options) for choice in self.chosen}
        found = [each for compiled in made.values() for each in compiled.diagnostics]
        found += self._against_policies(task, made)
        unmatched: Mapping[Place, Diagnostic | None] = {}
        if isinstance(task, Plan) and task.unit.pipeline.patches:
            patched = self._patch(task.unit, made)
            made = patched.made
            found += [*patched.diagnostics, *self._misshapen(made)]
            unmatched = patched.unmatched
        found += self._refused(made)
        deferred = tuple(waiting for compiled in made.values() for waiting in compiled.deferred)
        assembled = assemble(owner, source, {} if has_errors(found) else made, self.output, reasons)
        asked = (
            frozenset(task.peers.asked) if isinstance(task, Plan) and isinstance(task.peers, Watched) else frozenset()
        )
        return Made(assembled, deferred, tuple(found), unmatched, made if self.keep else {}, asked)

    def _against_policies(self, task: Task, made: Mapping[str, Compiled]) -> Iterator[Diagnostic]:
        """What policies find in what the targets give. What patches make of it is a matter of its own."""
        unit, environment, project = (
            (task.unit, task.unit.environment, task.unit.project)
            if isinstance(task, Plan)
            else (None, task.environment, task.project)
        )
        protected = environment is not None and project.environment(environment).protected
        for target, compiled in made.items():
            yield from self.rules.of_output(
                unit, Output(target, environment, protected, compiled.resources, unit is None)
            )

    def _patch(self, unit: Unit, made: Mapping[str, Compiled]) -> _Patched:
        deferred = [waiting for compiled in made.values() for waiting in compiled.deferred]
        resources = [resource for compiled in made.values() for resource in compiled.resources]
        patched = apply_patches(unit, resources, deferred)
        remaining = iter(patched.resources)
        return _Patched(
            {
                name: replace(compiled, resources=tuple(islice(remaining, len(compiled.resources))))
                for name, compiled in made.items()
            },
            (*patched.diagnostics, *self.rules.of_patches(unit, resources, patched.resources)),
            patched.unmatched,
        )

    def _misshapen(self, made: Mapping[str, Compiled]) -> Iterator[Diagnostic]:
        """What patches have made of resources that their types refuse."""
        for choice in self.chosen:
            for resource in filter(is_patched, made[choice.target.name].resources):
                shape = choice.target.shapes.get((str(resource.manifest["apiVersion"]), str(resource.manifest["kind"])))
                if shape is not None:
                    yield from misshapen(resource, shape, unknown=self.judge is None)

    def _refused(self, made: Mapping[str, Compiled]) -> Iterator[Diagnostic]:
        """What the clusters' own CRDs refuse."""
        if self.judge is None:
            return
        try:
            for compiled in made.values():
                for resource in compiled.resources:
                    yield from self.judge.judge(resource)
        except Unreadable as error:
            yield unreadable(error, self.crds)


def unreadable(error: Unreadable, place: Place) -> Diagnostic:
    """What to say of a folder of CRDs that can't be used."""
    message = f"the CRDs in `platform.crds` can't be read: {error}"
    return Diagnostic(UNREADABLE_CRDS, place, message, "name a folder of CustomResourceDefinitions")
