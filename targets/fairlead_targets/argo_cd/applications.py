"""What Argo CD applies: an ApplicationSet for each environment, and the one Application that a person applies.

The sets look for the kustomizations in the output, so an Application is there as soon as its folder is, and a pipeline
more changes nothing here. They delete none: where a folder vanishes, by a merge or by a mistake, its Application shows
that it is gone, and what it applied goes on until a person deletes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.resources.pods import metadata
from fairlead.resources.resource import SHARED, Origin, Resource
from fairlead_targets.argo_cd.context import IN_CLUSTER, NAME, Context
from fairlead_targets.argo_cd.kinds import (
    ARGO_API,
    Application,
    ApplicationSet,
    ApplicationSource,
    ApplicationSpec,
    IgnoredDifference,
    Retry,
    SyncPolicy,
)
from fairlead_targets.argo_cd.waves import GUARDED, patches

KUSTOMIZATION: Final = "kustomization.yaml"
RETRY: Final[Retry] = {
    "limit": 5,
    "refresh": True,
    "backoff": {"duration": "30s", "factor": 2, "maxDuration": "10m"},
}
SYNC_OPTIONS: Final = ("ServerSideApply=true", "SkipDryRunOnMissingResource=true", "PruneLast=true")


def application_sets(context: Context) -> Iterator[Resource]:
    """An ApplicationSet for each environment, in order of promotion."""
    for name in map(str, context.project.environments):
        origin = Origin(NAME, context.place("environments", name), f"what Argo CD applies in {name}")
        yield Resource(dict(_set(context, name)), origin)


def _set(context: Context, environment: str) -> ApplicationSet:
    source = context.source(environment)
    by_pipeline = context.options.applications == "pipeline"
    folder = f"{source.path}/{environment}"
    pattern = f"{folder}/*/{KUSTOMIZATION}" if by_pipeline else f"{folder}/{KUSTOMIZATION}"
    own = context.application(environment)
    # What pipelines share is called as the environment is.
    suffix = f'{{{{ if ne .path.basename "{SHARED}" }}}}-{{{{ .path.basename }}}}{{{{ end }}}}'
    return {
        "apiVersion": ARGO_API,
        "kind": "ApplicationSet",
        "metadata": metadata(own, context.namespace, context.labels),
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [
                {
                    "git": {
                        "repoURL": source.url,
                        "revision": source.branch,
                        "requeueAfterSeconds": context.options.poll.whole_seconds,
                        "files": [{"path": pattern}],
                    }
                }
            ],
            "syncPolicy": {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True},
            "template": {
                "metadata": {
                    "name": own + suffix if by_pipeline else own,
                    "labels": {**context.labels, "fairlead.dev/environment": environment},
                    "annotations": {
                        # Only a commit to its own folder makes an Application build it again.
                        "argocd.argoproj.io/manifest-generate-paths": ".",
                        # The API server says what would change, with the defaults that it fills in.
                        "argocd.argoproj.io/compare-options": "ServerSideDiff=true",
                    },
                },
                "spec": _application(context, environment),
            },
        },
    }


def _application(context: Context, environment: str) -> ApplicationSpec:
    spec: ApplicationSpec = {
        "project": context.name,
        "source": _source(context, environment),
        "destination": context.destination(environment),
        "syncPolicy": _policy(context, environment),
    }
    if context.options.ignore_differences:
        spec["ignoreDifferences"] = list(_ignored(context))
    return spec


def _source(context: Context, environment: str) -> ApplicationSource:
    source = context.source(environment)
    kinds = {kind for _, kind in context.kinds} | set(context.options.guarded)
    guarded = (*GUARDED, *context.options.guarded) if context.prune(environment) == "confirm" else None
    made = list(patches(kinds, guarded))
    found: ApplicationSource = {"repoURL": source.url, "targetRevision": source.branch, "path": "{{ .path.path }}"}
    if made:
        found["kustomize"] = {"patches": made}
    return found


def _policy(context: Context, environment: str) -> SyncPolicy:
    settings = context.settings(environment)
    respect = ("RespectIgnoreDifferences=true",) if context.options.ignore_differences else ()
    policy: SyncPolicy = {"syncOptions": [*SYNC_OPTIONS, *respect], "retry": RETRY}
    if settings.sync == "manual":
        return policy
    prunes = context.prune(environment) != "never"
    return {"automated": {"prune": prunes, "selfHeal": settings.self_heal}, **policy}


def _ignored(context: Context) -> Iterator[IgnoredDifference]:
    for ignored in context.options.ignore_differences:
        group, _, kind = ignored.kind.rpartition("/")
        entry: IgnoredDifference = {"kind": kind}
        if group:
            entry = {"group": group, **entry}
        if ignored.name is not None:
            entry["name"] = str(ignored.name)
        if ignored.pointers:
            entry["jsonPointers"] = list(ignored.pointers)
        if ignored.managers:
            entry["managedFieldsManagers"] = list(ignored.managers)
        yield entry


def root(context: Context) -> Application:
    """The Application that applies the AppProject and the sets: a person applies it once.

    It is not listed in the folder that it points at, so it can't delete itself; and it deletes nothing of what is there
    either, because with a set go its Applications.
    """
    source = context.source()
    return {
        "apiVersion": ARGO_API,
        "kind": "Application",
        "metadata": metadata(context.name, context.namespace, context.labels),
        "spec": {
            "project": str(context.options.root_project),
            "source": {
                "repoURL": source.url,
                "targetRevision": source.branch,
                "path": f"{source.path}/{SHARED}",
            },
            "destination": {"server": IN_CLUSTER, "namespace": context.namespace},
            "syncPolicy": {
                "automated": {"prune": False, "selfHeal": True},
                "syncOptions": ["ServerSideApply=true"],
                "retry": RETRY,
            },
        },
    }
