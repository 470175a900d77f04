"""The target as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from fairlead.plan.plan import Plan
from fairlead.resources.resource import File, Origin
from fairlead.source.diagnostics import has_errors
from fairlead.target import Compiled, Options, Shared, Target
from fairlead_targets.flux.checks import findings
from fairlead_targets.flux.context import NAME, Context
from fairlead_targets.flux.kinds import KUSTOMIZE_API, SOURCE_API, GitRepository, Kustomization, OCIRepository
from fairlead_targets.flux.kustomizations import kustomizations, root
from fairlead_targets.flux.options import FluxOptions
from fairlead_targets.flux.sources import first, more

BOOTSTRAP = PurePosixPath("bootstrap")
"""Beside what it points at, and not listed there."""


class Flux(Target):
    """Flux applies the output: a Kustomization for each pipeline in each environment, or for each environment."""

    name: ClassVar[str] = NAME
    summary: ClassVar[str] = "Kustomizations and their sources, for Flux to apply the output"
    options: ClassVar[type[Options]] = FluxOptions
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = {
        (KUSTOMIZE_API, "Kustomization"): Kustomization,
        (SOURCE_API, "GitRepository"): GitRepository,
        (SOURCE_API, "OCIRepository"): OCIRepository,
    }

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """Nothing: a Kustomization in a pipeline's folder would apply itself, and prune itself."""
        return Compiled()

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """The Kustomizations and their sources, for the repository as a whole."""
        assert isinstance(options, FluxOptions)
        if shared.environment is not None:
            return Compiled()
        context = Context(shared, options)
        found = list(findings(context))
        if has_errors(found):
            return Compiled(diagnostics=found)
        origin = Origin(NAME, context.place(), "what a person applies once")
        return Compiled(
            resources=[*more(context), *kustomizations(context)],
            files=[
                File(BOOTSTRAP / "source.yaml", dict(first(context)), origin),
                File(BOOTSTRAP / "kustomization-root.yaml", dict(root(context)), origin),
            ],
            diagnostics=found,
        )
