"""The Pods of a training on several nodes: fetch, train, upload."""

from __future__ import annotations

from typing import Any

from fairlead.plan import contract
from fairlead.plan.companions import SMALL
from fairlead.plan.nodes import BUILT_IN, Register, Run, Train
from fairlead.resources import conventions
from fairlead.resources.kinds import EnvVar
from fairlead.resources.pods import (
    amounts,
    container_security,
    environment,
    node_selector,
    pod_security,
    tolerations,
    unexpanded,
)
from fairlead_targets.argo_workflows.containers import CONFIG, INPUTS, OUTPUTS
from fairlead_targets.argo_workflows.lowering import Lowering
from fairlead_targets.argo_workflows.searching import Search

UPLOAD_SECONDS = 3600
"""How long the upload of the model may take after the training has ended."""
PARAMETERS_KEY = "train.json"
"""The key of the pipeline's ConfigMap with the parameters of the training."""
RUN = f"$({contract.RUN_ID})"
"""The id of the run, as Kubernetes expands it in a variable's value."""
JOBSET = "metadata.labels['jobset.sigs.k8s.io/jobset-name']"
INDEX = "metadata.labels['batch.kubernetes.io/job-completion-index']"
COORDINATOR_PORT = 6379


def pod(lowering: Lowering, node: Train, run: Run, search: Search | None) -> dict[str, Any]:
    """The Pod of each node."""
    profile = run.hardware
    tuned = search if node.tuned else None
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "serviceAccountName": run.service_account or conventions.training(lowering.context.name),
        "securityContext": pod_security(),
        "terminationGracePeriodSeconds": UPLOAD_SECONDS,
        "initContainers": [_fetch(lowering, node), _upload(lowering)],
        "containers": [_node(lowering, node, run, tuned)],
        "volumes": _volumes(lowering, run, tuned),
    }
    if profile.nodes:
        spec["nodeSelector"] = node_selector(profile)
    if profile.tolerations:
        spec["tolerations"] = tolerations(profile)
    if profile.priority:
        spec["priorityClassName"] = str(profile.priority)
    return spec


def _node(lowering: Lowering, node: Train, run: Run, tuned: Search | None) -> dict[str, Any]:
    shm = [{"name": "shm", "mountPath": "/dev/shm"}] if run.hardware.shm else []  # noqa: S108 - a volume of its own
    return {
        "name": "node",
        "image": run.image.reference,
        "command": [unexpanded(word) for word in run.command],
        "env": _variables(lowering, node, run, tuned),
        "resources": amounts(run.hardware),
        "securityContext": container_security(),
        "volumeMounts": [*_FOLDERS, *shm, {"name": "config", "mountPath": CONFIG}],
    }


def _fetch(lowering: Lowering, node: Train) -> dict[str, Any]:
    """Copies the inputs from the object store before the training starts."""
    values: dict[str, str] = {}
    for use in _copied(node):
        values[contract.input_variable(use)] = lowering.context.store.address(_path(lowering, node, use), RUN)
        values[contract.output_variable(use)] = f"{INPUTS}/{use}"
    return _helper(lowering, "fetch", values)


def _upload(lowering: Lowering) -> dict[str, Any]:
    """Copies the model to the object store when the training has ended."""
    values = {
        contract.input_variable("model"): f"{OUTPUTS}/model",
        contract.output_variable("model"): lowering.context.store.address("model", RUN),
    }
    return {**_helper(lowering, "upload", values), "restartPolicy": "Always"}


def _helper(lowering: Lowering, step: str, values: dict[str, str]) -> dict[str, Any]:
    context = lowering.context
    register = context.plan.only(Register)
    assert register is not None
    assert register.run is not None
    fixed = {contract.STEP: step, contract.PIPELINE: context.name, contract.ARTIFACTS: str(context.store.uri)}
    variables = environment({"HOME": "/tmp", **context.store.variables, **fixed, **values}, context.store.credentials)  # noqa: S108
    return {
        "name": step,
        "image": register.run.image.reference,
        "command": [*BUILT_IN, step],
        "env": [_run_id(), *variables],
        "resources": amounts(SMALL),
        "securityContext": container_security(),
        "volumeMounts": _FOLDERS,
    }


_FOLDERS = [
    {"name": "in", "mountPath": INPUTS},
    {"name": "out", "mountPath": OUTPUTS},
    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the Pod's own
]


def _run_id() -> EnvVar:
    """First of all variables, because others are expanded with it."""
    return {"name": contract.RUN_ID, "valueFrom": {"fieldRef": {"fieldPath": JOBSET}}}


def _variables(lowering: Lowering, node: Train, run: Run, tuned: Search | None) -> list[EnvVar]:
    context = lowering.context
    mlflow = context.unit.project.mlflow
    searched = tuned.searched if tuned else ()
    values = {"HOME": "/tmp", "MLFLOW_EXPERIMENT_NAME": context.name}  # noqa: S108
    if mlflow is not None:
        values["MLFLOW_TRACKING_URI"] = str(mlflow.tracking_uri)
    if lowering.uses_store(node):
        values |= context.store.variables
    values |= {name: unexpanded(value) for name, value in run.env.items()}
    values |= {
        contract.STEP: node.id,
        contract.PIPELINE: context.name,
        contract.SEED: str(run.seed),
        contract.PARAMETERS: f"{CONFIG}/{PARAMETERS_KEY}",
        contract.output_variable("model"): f"{OUTPUTS}/model",
        **{contract.input_variable(use): f"{INPUTS}/{use}" for use in _copied(node)},
        **{
            contract.parameter_variable(name): unexpanded(contract.parameter_text(value))
            for name, value in run.parameters.items()
            if name not in searched
        },
    }
    for use in lowering.inputs(node)[0]:
        if use.address is not None:
            values[contract.input_variable(use.name)] = use.address.replace("run-{{workflow.uid}}", RUN)
    if node.checkpoint is not None:
        values[contract.CHECKPOINTS] = context.store.address("checkpoints/", RUN)
    credentials = context.store.credentials if lowering.uses_store(node) else {}
    return [_run_id(), *_launcher(node), *environment(values, {**credentials, **run.secrets})]


def _launcher(node: Train) -> list[EnvVar]:
    """What JAX needs to find the other processes. For PyTorch, Kubeflow Trainer sets what torchrun reads."""
    assert node.distributed is not None
    if node.distributed.framework != "jax":
        return []
    return [
        {"name": "JAX_COORDINATOR_ADDRESS", "value": f"{RUN}-node-0-0.{RUN}:{COORDINATOR_PORT}"},
        {"name": "JAX_NUM_PROCESSES", "value": str(node.distributed.nodes)},
        {"name": "JAX_PROCESS_ID", "valueFrom": {"fieldRef": {"fieldPath": INDEX}}},
    ]


def _copied(node: Train) -> list[str]:
    """The names of the inputs that are copied. The best trial's parameters come from their ConfigMap."""
    return [use.name for use in node.uses if use.mode == "copy" and use.name != "parameters"]


def _path(lowering: Lowering, node: Train, name: str) -> str:
    """The place of an input in the store, below the run's folder."""
    return next(lowering.context.plan.bytes_of(use.artifact) for use in node.uses if use.name == name)


def _volumes(lowering: Lowering, run: Run, tuned: Search | None) -> list[dict[str, Any]]:
    profile = run.hardware
    disk = {"sizeLimit": str(profile.disk)} if profile.disk else {}
    volumes: list[dict[str, Any]] = [
        {"name": "in", "emptyDir": disk},
        {"name": "out", "emptyDir": disk},
        {"name": "tmp", "emptyDir": {}},
    ]
    if profile.shm:
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": str(profile.shm)}})
    account = conventions.training(lowering.context.name)
    parameters: dict[str, Any] = {"name": account, "items": [{"key": PARAMETERS_KEY, "path": PARAMETERS_KEY}]}
    volumes.append({"name": "config", "configMap": {"name": tuned.name} if tuned else parameters})
    return volumes
