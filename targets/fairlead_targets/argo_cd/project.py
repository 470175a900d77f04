"""The AppProject: from where, to where, and what the Applications of a project may apply."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.resources.pods import metadata
from fairlead.resources.resource import Origin, Resource
from fairlead_targets.argo_cd.context import Context
from fairlead_targets.argo_cd.kinds import ARGO_API, AppProject, GroupKind
from fairlead_targets.argo_cd.waves import WAVE


def app_project(context: Context) -> Resource:
    """The repository of each environment, its namespace in its cluster, and the kinds that the targets write.

    Nothing that belongs to a cluster as a whole. The kinds are those that the targets may write, and not those that
    there are now: Argo CD deletes only what is permitted, so the last CronWorkflow could not be deleted.
    """
    environments = [str(name) for name in context.project.environments]
    manifest: AppProject = {
        "apiVersion": ARGO_API,
        "kind": "AppProject",
        # Before the Applications that it permits.
        "metadata": metadata(context.name, context.namespace, context.labels, {WAVE: "-1"}),
        "spec": {
            "description": f"Pipelines of {context.project.metadata.name}, written by Fairlead",
            "sourceRepos": sorted({context.source(name).url for name in environments}),
            "destinations": [context.destination(name) for name in environments],
            "clusterResourceWhitelist": [],
            "namespaceResourceWhitelist": permitted(context),
        },
    }
    return Resource(dict(manifest), Origin("argo-cd", context.place(), "what may be applied, and where"))


def permitted(context: Context) -> list[GroupKind]:
    """Every kind that another target may write, and those that the options add."""
    declared = ((version.rpartition("/")[0], kind) for version, kind in context.kinds)
    return [{"group": group, "kind": kind} for group, kind in sorted({*declared, *_added(context.options.kinds)})]


def _added(kinds: Iterable[str]) -> Iterable[tuple[str, str]]:
    return ((group, kind) for group, _, kind in (each.rpartition("/") for each in kinds))
