"""Versions in a lock that serving would load from somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.project.lock import LockedModel
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Path, place_of

NOT_REGISTERED = Code(
    "FL3204",
    "a locked version that is not a registered model of the project",
    """
    Registering copies a model to a folder that is named after its digest, in `models/` below `artifacts`, and
    verifies it there. Nothing verifies it again: a server loads what is in the folder, and a model is a program. So a
    lock may name such a folder and no other, and the folder's name has to be the digest that the lock gives.

    ```yaml
    model:
      uri: s3://scratch/models/churn/latest/        # FL3204
      digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ```

    Restore the lock from Git, or let `fairlead lock` write it. Where `artifacts` have moved, copy the folder to the new
    place and write its address here: its digest stays.
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every version of a lock is in the folder of its own digest, among the project's models."""
    lock, artifacts = plan.unit.lock, plan.unit.project.artifacts
    if lock is None:
        return
    versions: list[tuple[Path, LockedModel | None]] = [
        (("model",), lock.model),
        (("rollout", "canary"), lock.rollout.canary if lock.rollout else None),
        (("previous",), lock.previous),
    ]
    for path, version in versions:
        if version is None:
            continue
        message = None
        if version.uri.key.strip("/").rpartition("/")[2] != f"sha256-{version.digest.hex}":
            message = f"the folder {version.uri} is not that of the digest {version.digest}"
        elif artifacts is not None and not version.uri.is_within(artifacts.uri.child("models")):
            message = f"the model is in {version.uri}, and the project's models are in {artifacts.uri.child('models')}"
        if message is not None:
            place = place_of(plan.unit.lock_root or plan.unit.root, (*path, "uri"))
            yield Diagnostic(NOT_REGISTERED, place, message, "restore the lock from Git, or lock a candidate")
