"""The version that is served, as the gate and drift find it at run time."""

from __future__ import annotations

from fairlead.plan import contract
from fairlead.resources import conventions
from fairlead.resources.kinds import ConfigMap
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.source.nodes import place_of
from fairlead_targets.argo_workflows.context import Context


def champion(context: Context) -> Resource | Deferred:
    """The ConfigMap `<name>-champion`; waits until there is a version.

    It is not part of any template: a promotion changes it and nothing else, and ends no run that is under way. Before
    the first version it does not exist, and every variable that refers to it is optional.
    """
    name = conventions.champion(context.name)
    lock, unit = context.unit.lock, context.unit
    if lock is None or lock.model is None:
        why = "what is served, once there is a version"
        origin = Origin("register", unit.place("metadata", "name"), why)
        detail = "no version has been registered and locked in this environment"
        return Deferred("ConfigMap", name, "awaiting-first-version", detail, origin)
    model = lock.model
    place = place_of(unit.lock_root, ("model",)) if unit.lock_root else unit.place("metadata", "name")
    data = contract.champion(model)
    manifest: ConfigMap = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": context.metadata(name), "data": data}
    return Resource(manifest, Origin("register", place, f"version {model.version}, which is served here"))
