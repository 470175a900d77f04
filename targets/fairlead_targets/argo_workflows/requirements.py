"""What a pipeline asks of Argo Workflows that it can't have; what the platform lacks, the cross-checks say."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Train
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Diagnostic
from fairlead_targets.argo_workflows import codes
from fairlead_targets.argo_workflows.storage import SCHEMES


def missing(plan: Plan) -> Iterator[Diagnostic]:
    """Why the workflows of a plan can't be written."""
    artifacts = plan.unit.project.artifacts
    if artifacts is None or artifacts.uri.scheme not in SCHEMES:
        message = "steps hand on what they make through an object store, and fairlead.yaml has no `artifacts`"
        if artifacts is not None:
            message = f"steps can't write to {artifacts.uri}: a store is {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}"
        place = plan.unit.project_place("artifacts", "uri")
        yield Diagnostic(codes.NO_STORE, place, message, "write `artifacts: {uri: s3://<bucket>}`")
    train = plan.only(Train)
    if train is not None and train.distributed is not None and train.distributed.framework == "mpi":
        nodes = train.distributed.nodes
        message = f"mpirun reaches its {nodes} nodes by SSH, which Restricted Pod Security leaves no room for"
        place = plan.unit.place("model", "train", "distributed", "framework")
        yield Diagnostic(codes.NO_LAUNCHER, place, message, "launch with `pytorch` or `jax`")
