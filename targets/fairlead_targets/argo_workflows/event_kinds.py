"""The kinds of Argo Events 1.9 that Fairlead emits, as typed mappings; only the fields that it writes."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from fairlead.resources.kinds import ContainerSecurity, Metadata, PodSecurity, ResourceAmounts, SecretKey

EventsApi = Literal["argoproj.io/v1alpha1"]
EVENTS_API: EventsApi = "argoproj.io/v1alpha1"


class ContainerTemplate(TypedDict):
    """Settings of the container that Argo Events runs."""

    resources: ResourceAmounts
    securityContext: ContainerSecurity


class PodLabels(TypedDict):
    """Metadata of the Pod that Argo Events runs."""

    labels: dict[str, str]


class PodTemplate(TypedDict):
    """Settings of the Pod that Argo Events runs."""

    metadata: PodLabels
    serviceAccountName: str
    securityContext: PodSecurity
    container: ContainerTemplate


class Persistence(TypedDict):
    """The volume of each server of a JetStream."""

    accessMode: Literal["ReadWriteOnce"]
    volumeSize: str


class JetStream(TypedDict):
    """A cluster of NATS servers."""

    version: str
    replicas: int
    persistence: Persistence
    metadata: PodLabels
    securityContext: PodSecurity
    containerTemplate: ContainerTemplate
    metricsContainerTemplate: ContainerTemplate
    reloaderContainerTemplate: ContainerTemplate


class EventBusSpec(TypedDict):
    """What carries events from sources to sensors."""

    jetstream: JetStream


class EventBus(TypedDict):
    """argoproj.io/v1alpha1 EventBus."""

    apiVersion: EventsApi
    kind: Literal["EventBus"]
    metadata: Metadata
    spec: EventBusSpec


class ServicePort(TypedDict):
    """A port of the Service before a source."""

    port: int
    targetPort: int


class SourceService(TypedDict):
    """The Service before a source."""

    ports: list[ServicePort]


class Webhook(TypedDict):
    """An endpoint that takes events by HTTP."""

    port: str
    endpoint: str
    method: Literal["POST"]
    authSecret: SecretKey


class EventSourceSpec(TypedDict):
    """Where events come from."""

    eventBusName: str
    service: SourceService
    template: PodTemplate
    webhook: dict[str, Webhook]


class EventSource(TypedDict):
    """argoproj.io/v1alpha1 EventSource."""

    apiVersion: EventsApi
    kind: Literal["EventSource"]
    metadata: Metadata
    spec: EventSourceSpec


class DataFilter(TypedDict):
    """A condition on a field of an event."""

    path: str
    type: Literal["string"]
    value: list[str]


class Filters(TypedDict):
    """Conditions on an event; all must hold."""

    data: list[DataFilter]


class Dependency(TypedDict):
    """An event that a sensor waits for."""

    name: str
    eventSourceName: str
    eventName: str
    filters: Filters


class Backoff(TypedDict):
    """How a trigger is tried again."""

    steps: int
    duration: str
    factor: str


class WorkflowSource(TypedDict):
    """The Workflow that a trigger submits."""

    resource: dict[str, Any]


class WorkflowTrigger(TypedDict):
    """Submits a Workflow."""

    operation: Literal["submit"]
    source: WorkflowSource


class TriggerTemplate(TypedDict):
    """What a trigger does."""

    name: str
    conditions: str
    argoWorkflow: WorkflowTrigger


class Trigger(TypedDict):
    """What happens on an event."""

    template: TriggerTemplate
    retryStrategy: Backoff
    atLeastOnce: bool


class SensorSpec(TypedDict):
    """Which events start what."""

    eventBusName: str
    replicas: int
    template: PodTemplate
    dependencies: list[Dependency]
    triggers: list[Trigger]


class Sensor(TypedDict):
    """argoproj.io/v1alpha1 Sensor."""

    apiVersion: EventsApi
    kind: Literal["Sensor"]
    metadata: Metadata
    spec: SensorSpec
