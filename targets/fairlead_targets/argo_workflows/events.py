"""A training on an alert: the project's EventBus and EventSource, and a Sensor for each pipeline.

Alertmanager posts to the EventSource, with a bearer token. A Sensor passes on what is firing and carries its pipeline's
name, and submits the pipeline's WorkflowTemplate, whose first step decides whether the cooldown is over: a rate limit
would only delay a trigger, and Alertmanager repeats itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.plan.nodes import Retrain
from fairlead.project.model import Project
from fairlead.resources import conventions
from fairlead.resources.kinds import NetworkPolicy, NetworkPolicyEgress, PolicyRule, ResourceAmounts
from fairlead.resources.metric_names import PIPELINE_LABEL, RETRAIN_LABEL
from fairlead.resources.pods import container_security, metadata, pod_security
from fairlead.resources.resource import Origin, Resource
from fairlead_targets.argo_workflows.access import HTTPS, KUBERNETES, account
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.event_kinds import (
    EVENTS_API,
    ContainerTemplate,
    Dependency,
    EventBus,
    EventSource,
    PodTemplate,
    Sensor,
    Trigger,
)
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions

SIGNALS = ("drift", "quality")
"""What of `retraining.on` comes as an alert."""
EVENT = "alerts"
NATS = 4222
"""The port of the EventBus's servers for their clients."""
ALERTMANAGER = {"app.kubernetes.io/name": "alertmanager"}
"""The label that the Prometheus operator gives to Alertmanager's Pods."""
EVENTS = "events"
"""The component that the EventSource's Pods are."""
SMALL: ResourceAmounts = {
    "requests": {"cpu": "100m", "memory": "128Mi"},
    "limits": {"cpu": "100m", "memory": "128Mi"},
}


def on_alert(retrain: Retrain | None) -> list[str]:
    """The signals whose alert starts a training. A pipeline that is suspended listens to none."""
    if retrain is None or retrain.suspended:
        return []
    return [signal for signal in SIGNALS if signal in retrain.on]


def sensor(context: Context, retrain: Retrain) -> Iterator[Resource]:
    """The Sensor of a pipeline, its account and its network policy."""
    name = conventions.retrainer(context.name)
    origin = context.origin(retrain, f"starts a training on an alert: {', '.join(on_alert(retrain))}")
    rules: list[PolicyRule] = [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "get", "list"]},
        {
            "apiGroups": ["argoproj.io"],
            "resources": ["workflowtemplates"],
            "resourceNames": [conventions.training(context.name)],
            "verbs": ["get"],
        },
    ]
    yield from account(context, name, rules, origin, mounted=True)
    labels = context.pod_labels("retrain")
    manifest: Sensor = {
        "apiVersion": EVENTS_API,
        "kind": "Sensor",
        "metadata": context.metadata(name),
        "spec": {
            "eventBusName": conventions.events(str(context.unit.project.metadata.name)),
            "replicas": 1,
            "template": _pod(name, labels),
            "dependencies": [_dependency(context, signal) for signal in on_alert(retrain)],
            "triggers": [_trigger(context, signal) for signal in on_alert(retrain)],
        },
    }
    yield Resource(manifest, origin)
    selected = conventions.component(context.unit, "retrain")
    policy: NetworkPolicy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": context.metadata(name),
        "spec": {
            "podSelector": {"matchLabels": selected},
            # No list of what may come in: nothing may.
            "policyTypes": ["Ingress", "Egress"],
            "egress": _egress(HTTPS, KUBERNETES),
        },
    }
    yield Resource(policy, origin)


def bus(project: Project, namespace: str, options: ArgoWorkflowsOptions, origin: Origin) -> Iterator[Resource]:
    """The EventBus and the EventSource that all pipelines of a project share, in the environment that trains."""
    name = conventions.events(str(project.metadata.name))
    labels = {"app.kubernetes.io/name": name, **conventions.project_labels(project)}
    pods = {**labels, conventions.COMPONENT: EVENTS}
    event_bus: EventBus = {
        "apiVersion": EVENTS_API,
        "kind": "EventBus",
        "metadata": metadata(name, namespace, labels),
        "spec": {
            "jetstream": {
                "version": options.nats,
                "replicas": 3,
                "persistence": {"accessMode": "ReadWriteOnce", "volumeSize": "2Gi"},
                "metadata": {"labels": {**labels, conventions.COMPONENT: "event-bus"}},
                "securityContext": pod_security(),
                "containerTemplate": _container(),
                "metricsContainerTemplate": _container(),
                "reloaderContainerTemplate": _container(),
            }
        },
    }
    source: EventSource = {
        "apiVersion": EVENTS_API,
        "kind": "EventSource",
        "metadata": metadata(name, namespace, labels),
        "spec": {
            "eventBusName": name,
            "service": {"ports": [{"port": conventions.EVENTS_PORT, "targetPort": conventions.EVENTS_PORT}]},
            "template": _pod(name, pods),
            "webhook": {
                EVENT: {
                    "port": str(conventions.EVENTS_PORT),
                    "endpoint": conventions.EVENTS_PATH,
                    "method": "POST",
                    "authSecret": {"name": name, "key": conventions.EVENTS_TOKEN},
                }
            },
        },
    }
    listener: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name, namespace, labels),
        # A webhook asks nothing of Kubernetes: its token comes as a volume, its bus as a variable.
        "automountServiceAccountToken": False,
    }
    for manifest in (event_bus, source, listener, _source_policy(name, namespace, labels)):
        yield Resource(manifest, origin)


def _source_policy(name: str, namespace: str, labels: dict[str, str]) -> NetworkPolicy:
    """Only Alertmanager may post, from whichever namespace it runs in."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, namespace, labels),
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name, conventions.COMPONENT: EVENTS}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {
                    "from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": ALERTMANAGER}}],
                    "ports": [{"port": conventions.EVENTS_PORT, "protocol": "TCP"}],
                }
            ],
            "egress": _egress(),
        },
    }


def _egress(*more: int) -> list[NetworkPolicyEgress]:
    """DNS, the EventBus, and `more` ports: a Sensor's are those of the API server, whose address is not known."""
    return [
        {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
        {"ports": [{"port": port, "protocol": "TCP"} for port in sorted({NATS, *more})]},
    ]


def _pod(name: str, labels: dict[str, str]) -> PodTemplate:
    return {
        "metadata": {"labels": labels},
        "serviceAccountName": name,
        "securityContext": pod_security(),
        "container": _container(),
    }


def _container() -> ContainerTemplate:
    return {"resources": SMALL, "securityContext": container_security()}


def _dependency(context: Context, signal: str) -> Dependency:
    """Alertmanager groups these alerts by both labels, so they are common to all in a group.

    The alert's namespace is no condition: what drifts is in another environment than the one that trains.
    """
    conditions = {
        "body.status": "firing",
        f"body.commonLabels.{PIPELINE_LABEL}": context.name,
        f"body.commonLabels.{RETRAIN_LABEL}": signal,
    }
    return {
        "name": signal,
        "eventSourceName": conventions.events(str(context.unit.project.metadata.name)),
        "eventName": EVENT,
        "filters": {"data": [{"path": path, "type": "string", "value": [value]} for path, value in conditions.items()]},
    }


def _trigger(context: Context, signal: str) -> Trigger:
    name = conventions.training(context.name)
    workflow = {
        "apiVersion": EVENTS_API,
        "kind": "Workflow",
        "metadata": {"generateName": f"{conventions.fit(name, 57)}-", "labels": context.labels},
        "spec": {
            "workflowTemplateRef": {"name": name},
            "arguments": {"parameters": [{"name": "trigger", "value": signal}]},
        },
    }
    return {
        "template": {
            "name": signal,
            "conditions": signal,
            "argoWorkflow": {"operation": "submit", "source": {"resource": workflow}},
        },
        "retryStrategy": {"steps": 5, "duration": "10s", "factor": "2"},
        "atLeastOnce": True,
    }
