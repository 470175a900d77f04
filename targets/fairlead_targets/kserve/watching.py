"""What is scraped: the model server's own metrics, and in Knative mode the queue-proxy's."""

from __future__ import annotations

import re
from typing import Any, Final

from fairlead.catalogue.exporters import queue_proxy
from fairlead.catalogue.measurements import REVISION_LABEL, REVISION_POD_LABEL, SERVICE_LABEL
from fairlead.plan.nodes import Serve
from fairlead.resources.resource import Resource
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.ingress import pod_label
from fairlead_targets.kserve.runtime import METRICS, REQUESTS
from fairlead_targets.kserve.types.network import MetricsEndpoint, PodMonitor, Relabeling

INTERVAL: Final = "30s"
"""How often Pods are scraped: ten times in the shortest window of an alert, 5 minutes."""
_TIMEOUT: Final = "10s"
_KNATIVE_USER_PORT: Final = "user-port"
"""What Knative calls the server's port in its Pods (pkg/apis/serving/v1: `UserPortName`)."""


def pod_monitor(context: Context[Any]) -> Resource | None:
    """The PodMonitor, or None where there is nothing to scrape or nobody who would."""
    endpoints = _endpoints(context)
    if not endpoints or context.platform.prometheus_operator is None:
        return None
    manifest: PodMonitor = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": context.metadata(context.name),
        "spec": {"selector": {"matchLabels": pod_label(context)}, "podMetricsEndpoints": endpoints},
    }
    return context.resource(manifest, context.origin("scrapes what objectives and alerts are measured with"))


def _endpoints(context: Context[Any]) -> list[MetricsEndpoint]:
    found: list[MetricsEndpoint] = []
    if isinstance(context.node, Serve) and (port := server_port(context)) is not None:
        found.append(_endpoint(context, port, context.node.runtime.metrics_path or "/metrics"))
    if context.mode == "knative" and context.platform.knative is not None:
        queue = queue_proxy("requests", context.platform.knative)
        assert queue is not None
        assert queue.scrape.port_name is not None
        found.append(_endpoint(context, queue.scrape.port_name, queue.scrape.path))
    return found


def server_port(context: Context[Serve]) -> str | None:
    """The name of the server's port with metrics. Knative lets a container declare one port only."""
    facts = context.node.runtime
    if facts.metrics_port is None:
        return None
    if context.mode == "knative":
        return _KNATIVE_USER_PORT if facts.metrics_port == facts.port else None
    return REQUESTS if facts.metrics_port == facts.port else METRICS


def _endpoint(context: Context[Any], port: str, path: str) -> MetricsEndpoint:
    """A port, whose series get the names of the service and of the version from the Pod's labels."""
    (service,) = pod_label(context)
    return {
        "port": port,
        "path": path,
        "interval": INTERVAL,
        "scrapeTimeout": _TIMEOUT,
        "relabelings": [_copy(service, SERVICE_LABEL), _copy(REVISION_POD_LABEL, REVISION_LABEL)],
    }


def _copy(pod_label_: str, label: str) -> Relabeling:
    meta = "__meta_kubernetes_pod_label_" + re.sub(r"[^A-Za-z0-9_]", "_", pod_label_)
    return {"action": "replace", "sourceLabels": [meta], "targetLabel": label}
