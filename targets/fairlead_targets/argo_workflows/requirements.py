"""What the platform must have for a pipeline, said before anything is compiled."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Retrain, Train, Tune
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead_targets.argo_workflows import codes
from fairlead_targets.argo_workflows.storage import SCHEMES

EVENTS = ("drift", "quality")


def missing(plan: Plan) -> Iterator[Diagnostic]:
    """What the platform lacks for the workflows of a plan."""
    project = plan.unit.project
    platform = project.platform
    running = [node for node in plan.nodes.values() if node.run is not None]
    if not running:
        return
    if platform.argo_workflows is None:
        message = f"{running[0].title} runs in Argo Workflows, and `platform` in fairlead.yaml does not list it"
        yield _at(plan, codes.NO_ARGO, running[0].path, message, 'add `argo-workflows: "4.1"` under `platform`')
    if project.artifacts is None or project.artifacts.uri.scheme not in SCHEMES:
        yield _no_store(plan)
    if plan.trains and project.mlflow is None:
        message = "a training needs MLflow, and fairlead.yaml has no `mlflow`"
        yield _at(
            plan, codes.NO_TRACKING, ("model", "train"), message, "add `mlflow: {tracking_uri: ...}` to fairlead.yaml"
        )
    yield from _events(plan)
    yield from _queues(plan)
    yield from _trainer(plan)


def _at(plan: Plan, code: Code, path: Path, message: str, help_: str) -> Diagnostic:
    related = Related(plan.unit.project_place("platform"), "what the clusters run")
    return Diagnostic(code, plan.unit.place(*path), message, help_, related=(related,))


def _no_store(plan: Plan) -> Diagnostic:
    artifacts = plan.unit.project.artifacts
    message = "steps hand on what they make through an object store, and fairlead.yaml has no `artifacts`"
    if artifacts is not None:
        message = f"steps can't write to {artifacts.uri}: a store is {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}"
    place = plan.unit.project_place("artifacts", "uri")
    return Diagnostic(codes.NO_STORE, place, message, "write `artifacts: {uri: s3://<bucket>}`")


def _events(plan: Plan) -> Iterator[Diagnostic]:
    retrain = plan.only(Retrain)
    if retrain is None or not plan.trains or plan.unit.project.platform.argo_events is not None:
        return
    for position, signal in enumerate(retrain.on):
        if signal in EVENTS:
            message = f"an alert on {signal} starts a training through Argo Events, and `platform` does not list it"
            help_ = 'add `argo-events: "1.9"` under `platform`, or retrain on a schedule'
            yield _at(plan, codes.NO_EVENTS, ("retraining", "on", position), message, help_)


def _queues(plan: Plan) -> Iterator[Diagnostic]:
    if plan.unit.project.platform.kueue is not None:
        return
    runs = [(node, run) for node in plan.nodes.values() if (run := node.run) is not None]
    runs += [(tune, run) for tune in plan.of(Tune) for run in (tune.score, tune.choose)]
    queues = dict.fromkeys((node.id, str(run.hardware.queue)) for node, run in runs if run.hardware.queue)
    for name, queue in queues:
        message = f"{plan.nodes[name].title} waits in the queue `{queue}`, and `platform` does not list Kueue"
        yield _at(plan, codes.NO_QUEUE, ("hardware",), message, 'add `kueue: "0.20"` under `platform`, or drop `queue`')


def _trainer(plan: Plan) -> Iterator[Diagnostic]:
    train = plan.only(Train)
    if train is None or train.distributed is None:
        return
    path = ("model", "train", "distributed")
    nodes = train.distributed.nodes
    if plan.unit.project.platform.kubeflow_trainer is None:
        message = f"training on {nodes} nodes needs Kubeflow Trainer, and `platform` does not list it"
        yield _at(plan, codes.NO_TRAINER, path, message, 'add `kubeflow-trainer: "2.1"` under `platform`')
    if train.distributed.framework == "mpi":
        message = f"mpirun reaches its {nodes} nodes by SSH, which Restricted Pod Security leaves no room for"
        yield _at(plan, codes.NO_LAUNCHER, (*path, "framework"), message, "launch with `pytorch` or `jax`")
