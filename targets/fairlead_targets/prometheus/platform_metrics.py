"""Metrics of the platform itself that rules read, with where each is defined.

kube-state-metrics v2 (docs/metrics/workload: deployment-metrics.md and horizontalpodautoscaler-metrics.md) and the
kubelet's cAdvisor (google/cadvisor, docs/storage/prometheus.md). Both label their series with the namespace of what
they describe when they are scraped with `honorLabels`, as the operator's own charts do.
"""

from __future__ import annotations

from typing import Final

from fairlead_targets.prometheus.promql.expressions import Selector
from fairlead_targets.prometheus.promql.matchers import exactly

REPLICAS: Final = "kube_deployment_status_replicas_available"
"""Gauge: the Pods of a Deployment that are available, by `namespace` and `deployment`."""
AUTOSCALER_NOW: Final = "kube_horizontalpodautoscaler_status_current_replicas"
"""Gauge: how many Pods an autoscaler has now, by `namespace` and `horizontalpodautoscaler`."""
AUTOSCALER_MOST: Final = "kube_horizontalpodautoscaler_spec_max_replicas"
"""Gauge: how many it may have at the most."""
THROTTLED: Final = "container_cpu_cfs_throttled_periods_total"
"""Counter: scheduling periods in which a container was held back at its CPU limit, by `namespace`, `pod`,
`container`."""
PERIODS: Final = "container_cpu_cfs_periods_total"
"""Counter: all scheduling periods of a container with a limit."""
CONTAINER: Final = "kserve-container"
"""The name that KServe gives to the container of the model server (pkg/constants: `InferenceServiceContainerName`)."""


def deployments(service: str, namespace: str) -> Selector:
    """The Deployments of a service: `<service>-predictor`, or with a version or revision in the middle or behind it."""
    pattern = f"{exactly(service)}(-v[0-9]+(-[0-9a-f]+)?)?-predictor(-[0-9]+-deployment)?"
    return Selector(REPLICAS, (("namespace", "=", namespace), ("deployment", "=~", pattern)))


def autoscaler(metric: str, service: str, namespace: str) -> Selector:
    """The autoscalers of a service: KServe names one after its Deployment, KEDA `keda-hpa-` and that, Knative after the
    revision.
    """
    pattern = f"(keda-hpa-)?{exactly(service)}(-v[0-9]+(-[0-9a-f]+)?)?-predictor(-[0-9]+)?"
    return Selector(metric, (("namespace", "=", namespace), ("horizontalpodautoscaler", "=~", pattern)))


def server(metric: str, service: str, namespace: str) -> Selector:
    """The containers of a service's model server."""
    pattern = f"{exactly(service)}(-v[0-9]+(-[0-9a-f]+)?)?-predictor-.+"
    return Selector(metric, (("namespace", "=", namespace), ("pod", "=~", pattern), ("container", "=", CONTAINER)))
