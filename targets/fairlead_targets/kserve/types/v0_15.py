"""KServe 0.15: ServingRuntime and InferenceGraph v1alpha1, InferenceService v1beta1. Only the fields that are written.

Read from config/crd/full of KServe v0.15.2, and from its webhooks for what the schemas leave open.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import Metadata, PodSecurity, ResourceAmounts, TolerationSpec
from fairlead_targets.kserve.types.pods import Affinity, Container, DeploymentStrategy, TopologySpread, Volume


class SupportedFormat(TypedDict):
    """A model format that a runtime loads."""

    name: str
    version: NotRequired[str]
    autoSelect: bool


class ServingRuntimeSpec(TypedDict):
    """How a model server runs."""

    supportedModelFormats: list[SupportedFormat]
    multiModel: bool
    protocolVersions: NotRequired[list[str]]
    containers: list[Container]
    volumes: list[Volume]


class ServingRuntime(TypedDict):
    """serving.kserve.io/v1alpha1 ServingRuntime."""

    apiVersion: Literal["serving.kserve.io/v1alpha1"]
    kind: Literal["ServingRuntime"]
    metadata: Metadata
    spec: ServingRuntimeSpec


class ModelFormat(TypedDict):
    """What kind of model it is."""

    name: str
    version: NotRequired[str]


class Model(TypedDict):
    """Which model is served by which runtime. `name` stays empty: it is a container's, and the webhook writes it so."""

    name: Literal[""]
    modelFormat: ModelFormat
    runtime: str
    protocolVersion: NotRequired[str]
    storageUri: NotRequired[str]
    resources: ResourceAmounts


class Logger(TypedDict):
    """Which payloads are sent where: to an HTTP address, as CloudEvents."""

    mode: Literal["all", "request", "response"]
    url: str
    metadataHeaders: NotRequired[list[str]]
    metadataAnnotations: NotRequired[list[str]]


class MetricTarget(TypedDict):
    """The value that one replica, or the mean of all, should have."""

    type: Literal["Utilization", "Value"]
    value: NotRequired[str]
    averageUtilization: NotRequired[int]


class ExternalMetric(TypedDict):
    """A query to Prometheus."""

    backend: Literal["prometheus"]
    serverAddress: str
    query: str


class External(TypedDict):
    """A metric from outside the Pods."""

    metric: ExternalMetric
    target: MetricTarget


class ScalingMetric(TypedDict):
    """One metric that replicas follow."""

    type: Literal["External"]
    external: External


class AutoScaling(TypedDict):
    """What KEDA follows."""

    metrics: list[ScalingMetric]


class Predictor(TypedDict):
    """The server of the model. Times in seconds."""

    annotations: NotRequired[dict[str, str]]
    labels: NotRequired[dict[str, str]]
    serviceAccountName: NotRequired[str]
    automountServiceAccountToken: NotRequired[bool]
    securityContext: NotRequired[PodSecurity]
    priorityClassName: NotRequired[str]
    nodeSelector: NotRequired[dict[str, str]]
    tolerations: NotRequired[list[TolerationSpec]]
    affinity: NotRequired[Affinity]
    topologySpreadConstraints: NotRequired[list[TopologySpread]]
    terminationGracePeriodSeconds: NotRequired[int]
    deploymentStrategy: NotRequired[DeploymentStrategy]
    minReplicas: int
    maxReplicas: NotRequired[int]
    scaleMetric: NotRequired[Literal["cpu", "memory", "concurrency", "rps"]]
    scaleTarget: NotRequired[int]
    autoScaling: NotRequired[AutoScaling]
    canaryTrafficPercent: NotRequired[int]
    timeout: NotRequired[int]
    logger: NotRequired[Logger]
    model: Model


class InferenceServiceSpec(TypedDict):
    """What is served."""

    predictor: Predictor


class InferenceService(TypedDict):
    """serving.kserve.io/v1beta1 InferenceService."""

    apiVersion: Literal["serving.kserve.io/v1beta1"]
    kind: Literal["InferenceService"]
    metadata: Metadata
    spec: InferenceServiceSpec


class Step(TypedDict):
    """One member of a router."""

    name: str
    serviceName: NotRequired[str]
    serviceUrl: NotRequired[str]
    data: NotRequired[Literal["$request", "$response"]]
    condition: NotRequired[str]
    weight: NotRequired[int]
    dependency: NotRequired[Literal["Soft", "Hard"]]


class Router(TypedDict):
    """How a request finds its members."""

    routerType: Literal["Sequence", "Splitter", "Ensemble", "Switch"]
    steps: list[Any]


class InferenceGraphSpec(TypedDict):
    """Routers by name, of which `root` is the first. Times in seconds."""

    nodes: dict[str, Router]
    resources: ResourceAmounts
    minReplicas: int
    maxReplicas: int
    scaleMetric: NotRequired[Literal["cpu", "memory", "concurrency", "rps"]]
    scaleTarget: NotRequired[int]
    timeout: int
    nodeSelector: NotRequired[dict[str, str]]
    tolerations: NotRequired[list[TolerationSpec]]
    affinity: NotRequired[Affinity]
    serviceAccountName: str


class InferenceGraph(TypedDict):
    """serving.kserve.io/v1alpha1 InferenceGraph."""

    apiVersion: Literal["serving.kserve.io/v1alpha1"]
    kind: Literal["InferenceGraph"]
    metadata: Metadata
    spec: InferenceGraphSpec
