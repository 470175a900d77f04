"""What the number of replicas can follow in each mode, by which mechanism, and why not otherwise.

KServe v0.15.2 and v0.20.0: pkg/apis/serving/v1beta1 (component.go, the validators of autoscaling) and the reconcilers
for HPA, KEDA and Knative; Knative Serving: the classes `kpa` and `hpa` of its autoscaler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Metric = Literal["cpu", "memory", "concurrency", "rps", "gpu", "query"]
Mechanism = Literal["hpa", "keda", "knative"]

METRICS: tuple[Metric, ...] = ("cpu", "memory", "concurrency", "rps", "gpu", "query")
"""What `scale_on` can name."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How replicas follow a metric."""

    mechanism: Mechanism
    metric: Metric
    to_zero: bool
    """Whether it can go down to no replica at all."""


@dataclass(frozen=True, slots=True)
class Unscalable:
    """Why replicas can't follow a metric, and what can be done."""

    reason: str
    help: str


def scale(
    metric: Metric, *, mode: str, keda: bool = False, prometheus: bool = False, gateway: bool = False
) -> Scaling | Unscalable:
    """How replicas follow `metric` in a mode (`standard` or `knative`), on a platform that has these things.

    keda: KEDA is installed. prometheus: its address is known, which every trigger of KEDA's here needs. gateway: a
    mesh or gateway counts this service's requests, so that KEDA can be given a query for them.
    """
    if mode == "knative":
        return _knative(metric)
    if metric in {"cpu", "memory"}:
        # An HPA treats `minReplicas: 0` as 1 (KServe #3514; the API gates HPAScaleToZero).
        return Scaling("hpa", metric, to_zero=False)
    if not keda:
        return Unscalable(
            f"in Standard mode a HorizontalPodAutoscaler follows CPU and memory only, so {metric} needs KEDA",
            "set `platform.keda`, scale on cpu, or use Knative mode",
        )
    if not prometheus:
        return Unscalable(
            f"KEDA asks Prometheus for {metric}, and where Prometheus answers is not known",
            "set `platform.prometheus` to its address inside the cluster",
        )
    if metric in {"concurrency", "rps"} and not gateway:
        return Unscalable(
            f"in Standard mode no model server counts requests in a way that {metric} could follow, and no mesh or "
            "gateway is there to count them",
            "set `platform.gateway`, scale on cpu, or use Knative mode",
        )
    if metric == "concurrency":
        return Unscalable(
            "in Standard mode a gateway counts requests that have ended, not those in flight",
            "scale on rps, on a query of your own, or use Knative mode",
        )
    # A trigger on requests can wake nothing: at no replica the gateway has nowhere to send the first one to.
    return Scaling("keda", metric, to_zero=metric == "query")


def _knative(metric: Metric) -> Scaling | Unscalable:
    """Knative's own autoscaler has concurrency and rps, its class `hpa` has cpu and memory; nothing else is asked."""
    if metric in {"concurrency", "rps"}:
        return Scaling("knative", metric, to_zero=True)
    if metric in {"cpu", "memory"}:
        return Scaling("hpa", metric, to_zero=False)
    return Unscalable(
        f"Knative scales on concurrency, rps, cpu or memory, and has no way to ask for {metric}",
        "scale on concurrency, or use Standard mode with KEDA",
    )
