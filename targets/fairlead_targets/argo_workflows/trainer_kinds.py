"""The kinds of Kubeflow Trainer 2.1 that Fairlead emits, as typed mappings; only the fields that it writes."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import Metadata

TrainerApi = Literal["trainer.kubeflow.org/v1alpha1"]
TRAINER_API: TrainerApi = "trainer.kubeflow.org/v1alpha1"


class Torch(TypedDict):
    """Launching by torchrun, with its defaults."""


class MlPolicy(TypedDict):
    """How many nodes, and what starts the processes on them."""

    numNodes: int
    torch: NotRequired[Torch]


class Labels(TypedDict):
    """Metadata that has labels alone."""

    labels: dict[str, str]


class ExitCodes(TypedDict):
    """Exit codes of a container."""

    containerName: str
    operator: Literal["In"]
    values: list[int]


class PodFailureRule(TypedDict):
    """What happens on certain exit codes."""

    action: Literal["FailJob"]
    onExitCodes: ExitCodes


class PodFailurePolicy(TypedDict):
    """What happens when a Pod fails; the first rule that applies counts."""

    rules: list[PodFailureRule]


class PodTemplate(TypedDict):
    """The Pods of a job."""

    metadata: Labels
    spec: dict[str, Any]


class JobSpec(TypedDict):
    """batch/v1 Job."""

    completionMode: Literal["Indexed"]
    backoffLimit: int
    activeDeadlineSeconds: int
    podFailurePolicy: PodFailurePolicy
    template: PodTemplate


class JobTemplate(TypedDict):
    """A job of a set."""

    metadata: Labels
    spec: JobSpec


class ReplicatedJob(TypedDict):
    """One of the jobs of a set, by the name that Kubeflow Trainer looks for."""

    name: str
    groupName: Literal["default"]
    replicas: int
    template: JobTemplate


class FailureRule(TypedDict):
    """What happens to the set when a job fails for certain reasons."""

    name: str
    action: Literal["FailJobSet"]
    onJobFailureReasons: list[str]


class FailurePolicy(TypedDict):
    """How often all jobs start again when one has failed."""

    maxRestarts: int
    restartStrategy: Literal["Recreate"]
    rules: list[FailureRule]


class JobSetSpec(TypedDict):
    """jobset.x-k8s.io JobSet."""

    failurePolicy: FailurePolicy
    replicatedJobs: list[ReplicatedJob]


class JobSetTemplate(TypedDict):
    """The set of jobs that a TrainJob becomes."""

    spec: JobSetSpec


class TrainingRuntimeSpec(TypedDict):
    """What TrainJobs that refer to a runtime have in common."""

    mlPolicy: MlPolicy
    template: JobSetTemplate


class TrainingRuntime(TypedDict):
    """trainer.kubeflow.org/v1alpha1 TrainingRuntime."""

    apiVersion: TrainerApi
    kind: Literal["TrainingRuntime"]
    metadata: Metadata
    spec: TrainingRuntimeSpec


class Reference(TypedDict):
    """The runtime of a TrainJob."""

    apiGroup: Literal["trainer.kubeflow.org"]
    kind: Literal["TrainingRuntime"]
    name: str


class Trainer(TypedDict):
    """What of the nodes differs from job to job."""

    numNodes: int
    numProcPerNode: int
    env: list[dict[str, Any]]


class TrainJobSpec(TypedDict):
    """One training."""

    runtimeRef: Reference
    trainer: Trainer


class TrainJob(TypedDict):
    """trainer.kubeflow.org/v1alpha1 TrainJob."""

    apiVersion: TrainerApi
    kind: Literal["TrainJob"]
    metadata: Metadata
    spec: TrainJobSpec
