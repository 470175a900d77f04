"""The Kustomizations: what Flux applies in each environment, and the one that applies the others.

Each is there only while its folder is: Flux makes a kustomization of its own for a folder without one, of whatever lies
below it, and fails where there is no folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.resources.pods import metadata
from fairlead.resources.resource import SHARED, Folder, Origin, Resource
from fairlead_targets.flux.context import NAME, Context
from fairlead_targets.flux.kinds import KUSTOMIZE_API, HealthExpr, Kustomization, KustomizationSpec, Patch
from fairlead_targets.flux.sources import reference

GUARDED: Final = (
    "InferenceService", "InferenceGraph", "ServingRuntime", "HTTPRoute", "VirtualService", "DomainMapping",
    "AuthorizationPolicy", "NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "EventBus",
)  # fmt: skip
"""What serves, routes, guards or holds something, and what that can't do without."""
KEEP: Final = "kustomize.toolkit.fluxcd.io/prune"
READY: Final = {"EventBus": "Deployed", "EventSource": "Deployed", "Sensor": "Deployed"}
"""Kinds that have no condition `Ready`, which Flux looks for, and what they have in its place."""


def kustomizations(context: Context) -> Iterator[Resource]:
    """The Kustomizations of every environment, in order of promotion."""
    for name in map(str, context.project.environments):
        place = context.place("environments", name)
        if context.options.kustomizations == "environment":
            yield _resource(context, name, None, Origin(NAME, place, f"what Flux applies in {name}"), ())
            continue
        shared = Origin(NAME, place, f"what Flux applies in {name} for all pipelines")
        yield _resource(context, name, SHARED, shared, ())
        for plan in context.shared.plans:
            if plan.unit.environment == name:
                origin = Origin(
                    NAME, plan.unit.place("metadata", "name"), f"what Flux applies in {name} for {plan.name}"
                )
                yield _resource(context, name, plan.name, origin, _members(plan))


def _members(plan: Plan) -> tuple[str, ...]:
    """The pipelines whose servers a graph asks: it is no use before them.

    Nothing else waits for another. What pipelines share has to be there for an alert to start a training, and an
    EventBus that fails is no reason to hold up a model. Promotion is in the locks, so production doesn't wait for
    staging.
    """
    graph = plan.unit.pipeline.serving.graph if plan.unit.pipeline.serving else None
    return tuple(sorted({str(member.pipeline) for member in graph.of})) if graph else ()


def _resource(context: Context, environment: str, part: str | None, origin: Origin, after: tuple[str, ...]) -> Resource:
    suffix = [part] if part and part != SHARED else []
    manifest: Kustomization = {
        "apiVersion": KUSTOMIZE_API,
        "kind": "Kustomization",
        "metadata": metadata(
            context.named(environment, *suffix),
            context.namespace,
            {**context.labels, "fairlead.dev/environment": environment},
        ),
        "spec": _spec(context, environment, part, after),
    }
    return Resource(dict(manifest), origin, only_with=Folder(environment, part))


def _spec(context: Context, environment: str, part: str | None, after: tuple[str, ...]) -> KustomizationSpec:
    options, settings, prune = context.options, context.settings(environment), context.prune(environment)
    spec: KustomizationSpec = {
        "interval": options.interval.go,
        "retryInterval": options.retry_interval.go,
        "timeout": options.timeout.go,
        "sourceRef": reference(context, environment),
        "path": context.folder("/".join([environment, *([part] if part else [])])),
        "prune": prune != "never",
        # What is applied outlives its Kustomization, where a person is to decide.
        "deletionPolicy": "MirrorPrune" if prune == "automatic" else "Orphan",
        "wait": True,
        "force": False,
    }
    if after:
        spec["dependsOn"] = [{"name": context.named(environment, name)} for name in after]
    if settings.service_account is not None:
        spec["serviceAccountName"] = str(settings.service_account)
    if settings.kubeconfig is not None:
        spec["kubeConfig"] = {"secretRef": {"name": str(settings.kubeconfig)}}
    # What alerts reach is where training is.
    if context.project.environment(environment).trains and (checks := list(_checks(context))):
        spec["healthCheckExprs"] = checks
    if prune == "guarded" and (kept := list(_kept(context))):
        spec["patches"] = kept
    return spec


def _checks(context: Context) -> Iterator[HealthExpr]:
    for version, kind in sorted(context.kinds):
        if kind in READY:
            current = f"status.conditions.exists(e, e.type == '{READY[kind]}' && e.status == 'True')"
            yield {"apiVersion": version, "kind": kind, "current": current}


def _kept(context: Context) -> Iterator[Patch]:
    """An annotation on what is not to be pruned: patched in while Flux builds, because it is nobody else's business."""
    kinds = sorted({kind for _, kind in context.kinds} & set(GUARDED) | set(context.options.guarded))
    if kinds:
        annotated = {"name": "any", "annotations": {KEEP: "disabled"}}
        patch = {"apiVersion": "v1", "kind": "Any", "metadata": annotated}
        yield {"target": {"kind": f"({'|'.join(kinds)})"}, "patch": json.dumps(patch, indent=2) + "\n"}


def root(context: Context) -> Kustomization:
    """The Kustomization that applies the others: a person applies it once.

    It is not listed in the folder that it points at, so it can't prune itself.
    """
    options = context.options
    return {
        "apiVersion": KUSTOMIZE_API,
        "kind": "Kustomization",
        "metadata": metadata(context.named(), context.namespace, context.labels),
        "spec": {
            "interval": options.interval.go,
            "retryInterval": options.retry_interval.go,
            "timeout": options.timeout.go,
            "sourceRef": reference(context),
            "path": context.folder(SHARED),
            "prune": True,
            # Not until the others are ready, but until they are there: each says for itself how it is.
            "wait": False,
            "force": False,
        },
    }
