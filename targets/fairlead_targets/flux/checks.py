"""What keeps a project from being reconciled by Flux."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.project.delivery import source_findings, unknown_environments
from fairlead.source.diagnostics import Diagnostic
from fairlead_targets.flux import codes
from fairlead_targets.flux.context import Context


def findings(context: Context) -> Iterator[Diagnostic]:
    """Everything that is wrong with the target's options, or with the project for this target."""
    yield from source_findings(context.project, context.place())
    named = [(str(name), context.place("environments", str(name))) for name in context.options.environments]
    yield from unknown_environments(context.project, named)
    deploy = context.project.git.deploy if context.project.git else None
    if context.options.artifact is not None and deploy is not None:
        message = "the output is fetched as an artifact, and `git.deploy` names a repository for it"
        yield Diagnostic(codes.TWO_SOURCES, context.place("artifact"), message, "remove one of them")
    yield from _names(context)


def _names(context: Context) -> Iterator[Diagnostic]:
    """Names that two Kustomizations would have."""
    if context.options.kustomizations == "environment":
        return
    taken = {context.named(name): name for name in map(str, context.project.environments)}
    for plan in context.shared.plans:
        name, what = context.named(plan.unit.environment, plan.name), f"{plan.name} in {plan.unit.environment}"
        if name in taken:
            message = f"the Kustomizations of {taken[name]} and of {what} would both be called `{name}`"
            help_ = "rename an environment, or say `kustomizations: environment`"
            yield Diagnostic(codes.SAME_NAME, context.place(), message, help_)
        taken.setdefault(name, what)
