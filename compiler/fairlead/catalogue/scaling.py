"""What the number of replicas can follow in each mode, by which mechanism, and why not otherwise.

KServe v0.15.2 and v0.20.0: pkg/apis/serving/v1beta1/inference_service_validation.go (what each autoscaler takes:
`validateScalingHPACompExtension`, `...Keda...`, `...KPA...`) and pkg/controller/v1alpha1/utils (the annotations that
Knative gets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Metric = Literal["cpu", "memory", "concurrency", "rps", "gpu", "query"]
Mechanism = Literal["hpa", "keda", "knative", "knative-hpa"]

METRICS: tuple[Metric, ...] = ("cpu", "memory", "concurrency", "rps", "gpu", "query")
"""What `scale_on` can name."""
KNATIVE_CLASS = "autoscaling.knative.dev/class"
"""The annotation that chooses Knative's autoscaler."""
KNATIVE_HPA = "hpa.autoscaling.knative.dev"
"""Its value for `knative-hpa`; KServe writes the one for `knative` by itself."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How replicas follow a metric."""

    mechanism: Mechanism
    """hpa: `scaleMetric` in Standard mode. keda: `autoScaling.metrics` with the autoscaler class keda. knative:
    `scaleMetric` in Knative mode. knative-hpa: the same, with `KNATIVE_CLASS` set to `KNATIVE_HPA`."""
    metric: str
    to_zero: bool
    """Whether it can go down to no replica at all."""
    whole: bool
    """Whether the target must be a whole number: KServe's `scaleTarget` is an integer."""
    needs: str = ""
    """What has to be installed besides, as a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Unscalable:
    """Why replicas can't follow a metric, and what can be done."""

    reason: str
    """One sentence, lower-case start, no full stop."""
    help: str


def scale(
    metric: str, *, mode: str, keda: bool = False, prometheus: bool = False, counted: bool = False
) -> Scaling | Unscalable:
    """How replicas follow `metric` in a mode (`standard` or `knative`), on a platform that has these things.

    keda: KEDA is installed. prometheus: its address is known, which every trigger of KEDA's here needs. counted:
    something measures this service's requests (`measurements.measure` of `latency` at the edge for concurrency, of
    `requests` for rps), so that KEDA can be given a query. Raises KeyError for a metric that the language lacks.
    """
    if metric not in METRICS:
        raise KeyError(metric)
    if mode == "knative":
        return _knative(metric)
    if metric in {"cpu", "memory"}:
        # An HPA treats `minReplicas: 0` as 1 (KServe #3514; the API gates HPAScaleToZero).
        return Scaling("hpa", metric, to_zero=False, whole=True)
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
    if metric in {"concurrency", "rps"} and not counted:
        return Unscalable(
            f"nothing on this platform counts the service's requests, so there is no {metric} to follow",
            "set `platform.gateway`, scale on cpu, or use Knative mode",
        )
    # At no replica there is no GPU to be busy, and a request has nowhere to go: only a query can see work that waits.
    return Scaling("keda", metric, to_zero=metric == "query", whole=False)


def _knative(metric: str) -> Scaling | Unscalable:
    """Knative's own autoscaler has concurrency and rps, its class `hpa` has cpu and memory; nothing else is asked."""
    if metric in {"concurrency", "rps"}:
        return Scaling("knative", metric, to_zero=True, whole=True)
    if metric in {"cpu", "memory"}:
        extension = "Knative's extension for HorizontalPodAutoscalers (serving-hpa) is installed"
        return Scaling("knative-hpa", metric, to_zero=False, whole=True, needs=extension)
    return Unscalable(
        f"Knative scales on concurrency, rps, cpu or memory, and has no way to ask for {metric}",
        "scale on concurrency, or use Standard mode with KEDA",
    )
