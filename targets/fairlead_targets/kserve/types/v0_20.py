"""KServe 0.20: what it has beyond 0.15. Read from config/crd/full of KServe v0.20.0."""

# ruff: noqa: N815  (fields are spelt as Kubernetes spells them)

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import Metadata
from fairlead_targets.kserve.types import v0_15
from fairlead_targets.kserve.types.v0_15 import ServingRuntime

__all__ = ["InferenceGraph", "InferenceService", "Predictor", "ServingRuntime"]


class LoggerStorage(TypedDict):
    """An object store for payloads. The webhook wants all of path, parameters and key."""

    path: str
    key: str
    parameters: dict[str, str]
    serviceAccountName: str


class Logger(v0_15.Logger):
    """Payloads to an object store too, in batches: at most `batchSize` records, at least every `batchInterval`."""

    storage: NotRequired[LoggerStorage]
    batchSize: NotRequired[int]
    batchInterval: NotRequired[str]


class Predictor(v0_15.Predictor):
    """With a name, which KServe calls the Deployment and the Service after: `<service>-<name>-predictor`."""

    name: NotRequired[str]
    logger: NotRequired[Logger]  # type: ignore[misc]


class CanaryPredictor(TypedDict):
    """What differs from the stable predictor; the rest is merged from it. It has a fixed number of replicas."""

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    minReplicas: int
    model: v0_15.Model


class Canary(TypedDict):
    """A second version with a share of the traffic, in Standard mode."""

    trafficPercent: int
    predictor: CanaryPredictor


class InferenceServiceSpec(TypedDict):
    """What is served, and what is tried beside it."""

    predictor: Predictor
    canary: NotRequired[list[Canary]]


class InferenceService(TypedDict):
    """serving.kserve.io/v1beta1 InferenceService."""

    apiVersion: Literal["serving.kserve.io/v1beta1"]
    kind: Literal["InferenceService"]
    metadata: Metadata
    spec: InferenceServiceSpec


class Step(v0_15.Step):
    """One member of a router, whose request can be the answer before it in the form of protocol v1."""

    mapPredictionsToInstances: NotRequired[bool]


class RouterTimeouts(TypedDict):
    """Times of the router, in seconds."""

    serverRead: int
    serverWrite: int
    serverIdle: int
    serviceClient: int


class InferenceGraphSpec(v0_15.InferenceGraphSpec):
    """With the router's own times."""

    routerTimeouts: RouterTimeouts


class InferenceGraph(TypedDict):
    """serving.kserve.io/v1alpha1 InferenceGraph."""

    apiVersion: Literal["serving.kserve.io/v1alpha1"]
    kind: Literal["InferenceGraph"]
    metadata: Metadata
    spec: InferenceGraphSpec
