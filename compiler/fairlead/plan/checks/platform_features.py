"""What a pipeline needs of the clusters and of the project, and they lack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fairlead.plan.nodes import Combine, Serve
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place, name_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.hardware import Profile
from fairlead.spec.pipeline import Pipeline
from fairlead.spec.units import Name

LACKING = Code(
    "FL3154",
    "a feature that the platform lacks",
    """
    `platform` in fairlead.yaml lists what the clusters run, with versions. What is not listed is not there, and a
    feature that needs it would compile into resources that no controller knows.

    ```yaml
    # fairlead.yaml
    platform: {argo-workflows: "4.1", kserve: "0.20"}
    # specs/scene-encoder.yaml
    model: {train: {distributed: {nodes: 4}}}   # FL3154: it runs through Kubeflow Trainer
    ```

    Mended, once the clusters have it:

    ```yaml
    platform: {argo-workflows: "4.1", kserve: "0.20", kubeflow-trainer: "2.1"}
    ```

    Argo Workflows and KServe are asked for only where the project compiles to them.
    """,
)
NO_SECTION = Code(
    "FL3155",
    "a section of fairlead.yaml that is missing",
    """
    Training keeps data, models and candidate records in an object store and registers versions with MLflow, and both
    belong to the project: fairlead.yaml says where they are. The image of the training code is named after the owner
    of the repository where the specification does not name it.

    ```yaml
    artifacts: {uri: s3://acme-ml-artifacts, region: eu-central-1}
    mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
    git: {repository: acme/ml-platform, branch: main}
    ```
    """,
)


class Need(NamedTuple):
    """Something of the platform, and what needs it."""

    component: str
    """The key under `platform`."""
    place: Place
    what: str
    engine: bool = False
    """Whether it is what a target of the same name compiles to, and so only needed where the project does."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """The clusters run what is needed, and fairlead.yaml says what has no default."""
    unit = plan.unit
    platform = unit.project.platform
    told: set[tuple[str, Place]] = set()
    for need in _needs(plan):
        lacks = getattr(platform, need.component.replace("-", "_")) is None
        skipped = need.engine and Name(need.component) not in unit.project.targets
        if not lacks or skipped or (need.component, need.place) in told:
            continue
        told.add((need.component, need.place))
        message = f"{need.what} needs {need.component}, and `platform.{need.component}` is not set"
        related = (Related(key_of_project(plan, "platform"), "what the clusters run"),)
        help_ = f"set `platform.{need.component}` to the version that the clusters run, or do without"
        yield Diagnostic(LACKING, need.place, message, help_, related=related)
    yield from _gateway(plan)
    yield from _sections(plan)


def _needs(plan: Plan) -> Iterator[Need]:
    unit, pipeline = plan.unit, plan.unit.pipeline
    train = pipeline.model.train if pipeline.model else None
    serving, monitoring, retraining = pipeline.serving, pipeline.monitoring, pipeline.retraining
    if train is not None:
        yield Need("argo-workflows", key_place(unit, "model", "train"), "training", engine=True)
    if train is not None and train.distributed is not None:
        yield Need("kubeflow-trainer", key_place(unit, "model", "train", "distributed"), "distributed training")
    if serving is not None and serving.batch is not None:
        yield Need("argo-workflows", key_place(unit, "serving", "batch"), "batch scoring", engine=True)
    elif serving is not None:
        yield Need("kserve", key_place(unit, "serving"), "serving", engine=True)
    if serving is not None and serving.mode == "knative" and serving.batch is None:
        yield Need("knative", unit.place("serving", "mode"), "serving in Knative mode")
    for key in ("drift", "quality"):
        if getattr(monitoring, key, None) is not None:
            yield Need("argo-workflows", key_place(unit, "monitoring", key), f"watching {key}", engine=True)
    if retraining is not None and not pipeline.metadata.retired:
        for trigger in retraining.on:
            place = name_place(unit, ("retraining", "on"), trigger)
            # New data is looked for on a schedule; only alerts need somebody who listens.
            if trigger != "new-data":
                yield Need("argo-events", place, f"retraining on {trigger}")
                yield Need("prometheus-operator", place, f"retraining on {trigger}, which is an alert,")
    yield from _queues(plan, pipeline)


def _queues(plan: Plan, pipeline: Pipeline) -> Iterator[Need]:
    for role, choice in pipeline.hardware.items():
        own = isinstance(choice, Profile)
        profile = choice if isinstance(choice, Profile) else plan.unit.project.hardware.get(Name(choice))
        if profile is not None and profile.queue is not None:
            path: Path = ("hardware", str(role), "queue") if own else ("hardware", str(role))
            yield Need("kueue", plan.unit.place(*path), f"the queue `{profile.queue}`")


def _gateway(plan: Plan) -> Iterator[Diagnostic]:
    served = plan.get("serve", Serve) or plan.get("serve", Combine)
    unit, gateway = plan.unit, plan.unit.project.platform.gateway
    if served is None or served.access.expose != "gateway" or gateway.kind != "none":
        return
    if isinstance(served, Serve) and served.mode == "knative":
        return  # Knative brings an ingress of its own.
    related = (Related(key_of_project(plan, "platform"), "what the clusters run"),)
    message = "the server is to be exposed at the gateway, and `platform.gateway.kind` is `none`"
    place = unit.place("serving", "access", "expose")
    yield Diagnostic(
        LACKING, place, message, "set `platform.gateway`, or expose it inside the cluster", related=related
    )


def _sections(plan: Plan) -> Iterator[Diagnostic]:
    unit, project, model = plan.unit, plan.unit.project, plan.unit.pipeline.model
    if model is None or model.train is None or unit.pipeline.metadata.retired:
        return
    missing = [
        (
            "artifacts",
            "training keeps data, models and candidate records in an object store",
            project.artifacts is None,
        ),
        ("mlflow", "training registers its versions with MLflow", project.mlflow is None),
    ]
    images = [model.code.image, model.train.image]
    if not any(images):
        why = "the image of the training code is named after the repository's owner, as `model.code.image` names none"
        missing.append(("git", why, project.git is None))
    for section, why, absent in missing:
        if absent:
            message = f"{why}, and fairlead.yaml has no `{section}`"
            place = key_place(unit, "model", "train")
            related = (Related(Place.start_of(unit.project_root.place.file), f"`{section}` is missing here"),)
            yield Diagnostic(NO_SECTION, place, message, f"add `{section}` to fairlead.yaml", related=related)


def key_of_project(plan: Plan, key: str) -> Place:
    """Where fairlead.yaml has a key; its start where it has none."""
    entry = plan.unit.project_root.entries.get(key)
    return entry.key_place if entry else Place.start_of(plan.unit.project_root.place.file)
