"""Training on several nodes, as a TrainJob of Kubeflow Trainer.

Argo Workflows has no gang scheduling, so it only creates the TrainJob and waits for it. What is the same in every run
is in a TrainingRuntime, which Argo never reads: no text of a user's is in the TrainJob. Its name is the id of the
run, and a Pod finds that in the label that JobSet gives it.

The Pods of a TrainJob have none of Argo's helpers, so a first container fetches the inputs from the object store, and
a container beside the training uploads the model when the training has ended: Kubernetes stops such a container only
after the others, and a Pod has not succeeded before it has stopped. It acts on the first node alone.

After any failure all nodes start again, because the loss of one makes the others fail with codes of their own; 10 and
11 are final all the same. Argo itself tries again only what concerns the Pod that watches.
"""

from __future__ import annotations

import json
from typing import Any

from fairlead.plan import contract
from fairlead.plan.nodes import Run, Train
from fairlead.resources import conventions
from fairlead.resources.resource import Resource
from fairlead_targets.argo_workflows import models, retries
from fairlead_targets.argo_workflows.containers import CONFIG, TRIAL
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.lowering import Lowering
from fairlead_targets.argo_workflows.searching import Search
from fairlead_targets.argo_workflows.steps import Step
from fairlead_targets.argo_workflows.storage import RUN
from fairlead_targets.argo_workflows.templates import QUEUE
from fairlead_targets.argo_workflows.trainer_kinds import (
    TRAINER_API,
    ExitCodes,
    FailurePolicy,
    FailureRule,
    JobSpec,
    Labels,
    MlPolicy,
    ReplicatedJob,
    TrainingRuntime,
    TrainJob,
)
from fairlead_targets.argo_workflows.training_pods import UPLOAD_SECONDS, pod

NODE = "node"
"""The name of the replicated job and of its container: Kubeflow Trainer looks for it."""
MARGIN = 24 * 3600
"""Seconds that a job may wait until all of its nodes are free, beyond what its attempts may take."""
COMPLETED = "status.jobsStatus.0.succeeded > 0"
"""Argo reads conditions as label selectors (issue 7143), which cannot search a list of conditions by type."""


def template(context: Context, node: Train, step: Step, search: Search | None) -> models.Template:
    """The template that creates the TrainJob and waits for it."""
    run = step.run
    seconds = (run.timeout.whole_seconds + UPLOAD_SECONDS) * run.attempts + MARGIN
    # Conditions stand in the order in which they came, and a job under Kueue is suspended first.
    failed = f"status.conditions.{1 if run.hardware.queue else 0}.type == Failed"
    return models.Template(
        name=step.name,
        inputs=models.Inputs(parameters=[models.Parameter(name=name) for name in step.arguments]),
        active_deadline_seconds=models.IntOrString(seconds),
        retry_strategy=retries.strategy(run),
        resource=models.ResourceTemplate(
            # `apply`: when the Pod that watches is lost, the next one finds the same job, not its name taken.
            action="apply",
            set_owner_reference=True,
            success_condition=COMPLETED,
            failure_condition=failed,
            manifest=json.dumps(_train_job(context, node, run, search), indent=2),
        ),
    )


def runtime(lowering: Lowering, node: Train, run: Run, search: Search | None) -> Resource:
    """The TrainingRuntime that the TrainJob refers to."""
    context, distributed = lowering.context, node.distributed
    assert distributed is not None
    final_codes: ExitCodes = {
        "containerName": NODE,
        "operator": "In",
        "values": [contract.REFUSED, contract.BAD_DATA],
    }
    job: JobSpec = {
        "completionMode": "Indexed",
        "backoffLimit": 0,
        "activeDeadlineSeconds": run.timeout.whole_seconds + UPLOAD_SECONDS,
        "podFailurePolicy": {"rules": [{"action": "FailJob", "onExitCodes": final_codes}]},
        "template": {
            "metadata": {"labels": context.pod_labels("train")},
            "spec": pod(lowering, node, run, search),
        },
    }
    final: FailureRule = {"name": "final", "action": "FailJobSet", "onJobFailureReasons": ["PodFailurePolicy"]}
    # The defaults of the definition are written out: a reconciler that compares lists as a whole would see what the
    # server adds to them as a difference, and never be done.
    failures: FailurePolicy = {"maxRestarts": run.retries, "restartStrategy": "Recreate", "rules": [final]}
    policy: MlPolicy = {"numNodes": distributed.nodes}
    if distributed.framework == "pytorch":
        policy["torch"] = {}
    # By this label Kubeflow Trainer knows to which job the TrainJob's settings go.
    step: Labels = {"labels": {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}}
    replicated: ReplicatedJob = {
        "name": NODE,
        "groupName": "default",
        "replicas": 1,
        "template": {"metadata": step, "spec": job},
    }
    manifest: TrainingRuntime = {
        "apiVersion": TRAINER_API,
        "kind": "TrainingRuntime",
        "metadata": context.metadata(conventions.training(context.name)),
        "spec": {
            "mlPolicy": policy,
            "template": {
                "spec": {
                    "failurePolicy": failures,
                    "replicatedJobs": [replicated],
                }
            },
        },
    }
    return Resource(manifest, context.origin(node, f"the Pods of a training on {distributed.nodes} nodes"))


def _train_job(context: Context, node: Train, run: Run, search: Search | None) -> TrainJob:
    distributed = node.distributed
    assert distributed is not None
    gpus = run.hardware.gpu.count if run.hardware.gpu else 1
    labels = {**context.labels, **({QUEUE: str(run.hardware.queue)} if run.hardware.queue else {})}
    variables: list[dict[str, Any]] = [{"name": "MLFLOW_RUN_ID", "value": "{{inputs.parameters.mlflow-run}}"}]
    if search is not None and node.tuned:
        variables.append({"name": contract.PARAMETERS, "value": f"{CONFIG}/{TRIAL}.json"})
        for name in search.searched:
            reference = {"name": search.name, "key": f"{TRIAL}.{name}"}
            variable = contract.parameter_variable(name)
            variables.append({"name": variable, "valueFrom": {"configMapKeyRef": reference}})
    return {
        "apiVersion": TRAINER_API,
        "kind": "TrainJob",
        "metadata": {"name": RUN, "namespace": context.namespace, "labels": labels},
        "spec": {
            "runtimeRef": {
                "apiGroup": "trainer.kubeflow.org",
                "kind": "TrainingRuntime",
                "name": conventions.training(context.name),
            },
            "trainer": {
                "numNodes": distributed.nodes,
                "numProcPerNode": distributed.processes_per_node or gpus,
                "env": variables,
            },
        },
    }
