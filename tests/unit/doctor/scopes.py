"""Scopes and clusters for tests of single checks."""

from __future__ import annotations

from typing import Any

from fairlead.doctor.scope import Scope
from fairlead.project.model import Project
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Mapping
from fairlead.source.places import Place

PLACE = Place("specs/churn.yaml", 7, 3, 7, 9)


def resource(kind: str, name: str, api: str = "v1", namespace: str = "ml", **more: Any) -> Resource:
    """A resource of the output, with an origin."""
    metadata = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    manifest = {"apiVersion": api, "kind": kind, "metadata": metadata, **more}
    return Resource(manifest, Origin("train", PLACE, "a test"))


def scope(*resources: Resource, platform: dict[str, Any] | None = None, project: tuple[Resource, ...] = ()) -> Scope:
    """An environment with these resources, in the namespace `ml`."""
    made = Project.model_validate(
        {
            "apiVersion": "fairlead.dev/v1",
            "kind": "Project",
            "metadata": {"name": "acme"},
            "targets": ["kserve", *(["argo-cd"] if project else [])],
            "platform": platform or {},
            "environments": {"production": {"namespace": "ml"}},
        }
    )
    return Scope(made, Mapping({}, PLACE), "production", resources, project)


def found(kind: str, name: str, api: str = "v1", namespace: str = "", **more: Any) -> dict[str, Any]:
    """An object of a cluster."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}
