"""What keeps a project from being reconciled by Argo CD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.project.delivery import source_findings, unknown_environments
from fairlead.resources.conventions import DNS_LABEL
from fairlead.source.diagnostics import Diagnostic
from fairlead_targets.argo_cd import codes
from fairlead_targets.argo_cd.context import Context

OTHER: Final = "flux"
"""The other reconciler that comes with Fairlead."""


def findings(context: Context) -> Iterator[Diagnostic]:
    """Everything that is wrong with the target's options, or with the project for this target."""
    yield from source_findings(context.project, context.place())
    named = [(str(name), context.place("environments", str(name))) for name in context.options.environments]
    yield from unknown_environments(context.project, named)
    if any(str(name) == OTHER for name in context.project.targets):
        message = f"the project has both this target and `{OTHER}`"
        yield Diagnostic(codes.TWO_RECONCILERS, context.place(), message, "remove one of them from `targets`")
    for name, place in context.options.environments.items():
        if place.cluster is not None and place.server is not None:
            at = context.place("environments", str(name), "server")
            message = f"{name} has both the `cluster` {place.cluster} and a `server`"
            yield Diagnostic(codes.TWO_ADDRESSES, at, message, "remove one of them")
    for ignored in context.options.ignore_differences:
        if not ignored.pointers and not ignored.managers:
            at, message = context.place("ignore_differences"), f"no field of {ignored.kind} is named"
            yield Diagnostic(codes.NO_FIELDS, at, message, "add `pointers` or `managers`")
    yield from _names(context)


def _names(context: Context) -> Iterator[Diagnostic]:
    """Names of Applications that are too long, or that two of them would have."""
    taken: dict[str, str] = {}
    for name, what in _applications(context):
        if len(name) > DNS_LABEL:
            message = f"the Application of {what} would be called `{name}`, which has {len(name)} characters"
            help_ = f"an Application's name has at most {DNS_LABEL}: give a shorter `prefix`"
            yield Diagnostic(codes.LONG_NAME, context.place(), message, help_)
        elif name in taken:
            message = f"the Applications of {taken[name]} and of {what} would both be called `{name}`"
            help_ = "rename an environment, or say `applications: environment`"
            yield Diagnostic(codes.SAME_NAME, context.place(), message, help_)
        taken.setdefault(name, what)


def _applications(context: Context) -> Iterator[tuple[str, str]]:
    for environment in map(str, context.project.environments):
        yield context.application(environment), environment
    if context.options.applications == "pipeline":
        for plan in context.shared.plans:
            yield context.application(plan.unit.environment, plan.name), f"{plan.name} in {plan.unit.environment}"
