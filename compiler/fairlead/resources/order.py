"""The order in which kinds of resources are applied and shown: what others need comes first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fairlead.resources.resource import Identity, Resource

KINDS: Final = (
    # What everything else stands in or is limited by.
    "Namespace",
    "CustomResourceDefinition",
    "PriorityClass",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "PodDisruptionBudget",
    # Identities before what runs under them.
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    # Data that workloads mount.
    "Secret",
    "ExternalSecret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    # Runtimes and buses before what refers to them.
    "ClusterServingRuntime",
    "ServingRuntime",
    "TrainingRuntime",
    "ClusterTrainingRuntime",
    "EventBus",
    "Service",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ScaledObject",
    "TriggerAuthentication",
    "HorizontalPodAutoscaler",
    "InferenceService",
    "LLMInferenceService",
    "InferenceGraph",
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "GRPCRoute",
    "VirtualService",
    "DestinationRule",
    "PeerAuthentication",
    "AuthorizationPolicy",
    # A schedule starts things, so what it starts is there before.
    "WorkflowTemplate",
    "ClusterWorkflowTemplate",
    "EventSource",
    "Sensor",
    "CronWorkflow",
    "Job",
    "CronJob",
    # What watches the rest.
    "ServiceMonitor",
    "PodMonitor",
    "Probe",
    "PrometheusRule",
    "AlertmanagerConfig",
)
"""The kinds that have a rank; any other comes after all of them, by name."""

_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


def rank(identity: Identity) -> tuple[int, str, str, str, str]:
    """A sort key: the kind's rank, then group, kind, namespace and name."""
    return (_RANK.get(identity.kind, len(KINDS)), *identity)


def in_order(resources: Iterable[Resource]) -> list[Resource]:
    """`resources` in the order in which they are applied; deleting goes the other way round."""
    return sorted(resources, key=lambda resource: rank(resource.identity))
