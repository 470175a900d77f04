"""Aliases in MLflow: a projection of the locks, for people who look there. Nothing reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairlead.locking.codes import ALIAS
from fairlead.project.lock import Lock
from fairlead.project.unit import Unit, registered_of
from fairlead.remote.failures import RemoteFailure
from fairlead.source.diagnostics import Diagnostic

if TYPE_CHECKING:
    from fairlead.remote.mlflow import Mlflow


def canary_alias(environment: str) -> str:
    """The alias of the version that is tried in an environment."""
    return f"{environment}-canary"


def project(mlflow: Mlflow, unit: Unit, lock: Lock | None, environment: str) -> list[Diagnostic]:
    """Points the aliases of an environment to what its lock says, and says which could not be set.

    `<environment>` is the version that is served, and `<environment>-canary` the one that is tried beside it. Those of
    nothing are taken away.
    """
    registry = registered_of(unit)
    if registry is None:
        return []
    wanted = {
        environment: lock.model.version if lock is not None and lock.model is not None else None,
        canary_alias(environment): lock.rollout.canary.version
        if lock is not None and lock.rollout is not None
        else None,
    }
    found: list[Diagnostic] = []
    answers = mlflow.is_reachable()
    for alias, version in wanted.items():
        try:
            if not answers:
                # Whoever moves a version waits for no half minute for what nothing reads.
                raise RemoteFailure(f"MLflow at {mlflow.uri} can't be reached from here")
            if version is None:
                mlflow.delete_alias(registry, alias)
            else:
                mlflow.set_alias(registry, alias, version)
        except RemoteFailure as failure:
            place = unit.project_place("mlflow", "tracking_uri")
            where = "--local" if environment not in unit.project.environments else f"-e {environment}"
            again = f"the lock stands; `fairlead lock {unit.name} {where} --aliases` sets it again"
            message = f"the alias {alias} of {registry} in MLflow is not set: {failure.message}"
            found.append(Diagnostic(ALIAS, place, message, again))
    return found
