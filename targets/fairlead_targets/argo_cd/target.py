"""The target as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from fairlead.plan.plan import Plan
from fairlead.resources.resource import File, Origin
from fairlead.source.diagnostics import has_errors
from fairlead.target import Compiled, Options, Shared, Target
from fairlead_targets.argo_cd.applications import application_sets, root
from fairlead_targets.argo_cd.checks import findings
from fairlead_targets.argo_cd.context import NAME, Context
from fairlead_targets.argo_cd.kinds import ARGO_API, ApplicationSet, AppProject
from fairlead_targets.argo_cd.options import ArgoCdOptions
from fairlead_targets.argo_cd.project import app_project

BOOTSTRAP = PurePosixPath("bootstrap/application.yaml")
"""Beside what it points at, and not listed there."""


class ArgoCd(Target):
    """Argo CD applies the output: an AppProject, and an ApplicationSet for each environment."""

    name: ClassVar[str] = NAME
    summary: ClassVar[str] = "an AppProject and ApplicationSets, for Argo CD to apply the output"
    options: ClassVar[type[Options]] = ArgoCdOptions
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = {
        (ARGO_API, "AppProject"): AppProject,
        (ARGO_API, "ApplicationSet"): ApplicationSet,
    }

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """Nothing: an Application in a pipeline's folder would apply itself, and delete itself."""
        return Compiled()

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """The AppProject and the sets, for the repository as a whole."""
        assert isinstance(options, ArgoCdOptions)
        if shared.environment is not None:
            return Compiled()
        context = Context(shared, options)
        found = list(findings(context))
        if has_errors(found):
            return Compiled(diagnostics=found)
        origin = Origin(NAME, context.place(), "what a person applies once")
        return Compiled(
            resources=[app_project(context), *application_sets(context)],
            files=[File(BOOTSTRAP, dict(root(context)), origin)],
            diagnostics=found,
        )
