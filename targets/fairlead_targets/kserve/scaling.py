"""What the number of replicas follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from fairlead.catalogue.measurements import Measurement, measure
from fairlead.catalogue.scaling import KNATIVE_CLASS, KNATIVE_HPA, METRICS, Scaling, Unscalable, scale
from fairlead.plan.nodes import Serve
from fairlead.spec.serving import ScaleOn
from fairlead.spec.units import Percentage
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.types.v0_15 import ScalingMetric

AUTOSCALER: Final = "serving.kserve.io/autoscalerClass"
"""The annotation that chooses KServe's autoscaler in Standard mode: hpa, keda, external or none."""
RATE_WINDOW: Final = "2m"
"""Four scrapes at 30 s: the shortest window over which a rate survives missed scrapes, so that scaling is prompt."""


@dataclass(frozen=True, slots=True)
class Follows:
    """How replicas follow a metric, in KServe's words."""

    annotations: dict[str, str] = field(default_factory=dict)
    predictor: dict[str, Any] = field(default_factory=dict)
    """`scaleMetric` and `scaleTarget`, or `autoScaling`."""
    to_zero: bool = False


def chosen(scale_on: ScaleOn) -> tuple[str, Percentage | float | str]:
    """The metric that a `scale_on` names, and its value."""
    for metric in METRICS:
        value: Percentage | float | str | None = getattr(scale_on, metric)
        if value is not None:
            return metric, value
    raise ValueError("scale_on names no metric")


def mechanism(context: Context[Serve]) -> Scaling | Unscalable | None:
    """How the platform can follow the metric of this server; None where replicas are fixed."""
    node = context.node
    if node.scale_on is None:
        return None
    metric, _ = chosen(node.scale_on)
    return scale(
        metric,
        mode=node.mode,
        keda=context.platform.keda is not None,
        prometheus=context.platform.prometheus is not None,
        counted=_counted(context, metric) is not None,
    )


def follows(context: Context[Serve]) -> Follows:
    """What is written so that replicas follow the metric, or stay as many as they are."""
    node, how = context.node, mechanism(context)
    if how is None or isinstance(how, Unscalable):
        # `none` sets the Deployment's replicas; an autoscaler between two equal numbers would only be in the way.
        return Follows({AUTOSCALER: "none"} if node.mode == "standard" else {}, to_zero=node.mode == "knative")
    assert node.scale_on is not None
    metric, value = chosen(node.scale_on)
    if how.mechanism == "keda":
        return Follows(
            {AUTOSCALER: "keda"}, {"autoScaling": {"metrics": [_external(context, metric, value)]}}, how.to_zero
        )
    annotations = {"hpa": {AUTOSCALER: "hpa"}, "knative-hpa": {KNATIVE_CLASS: KNATIVE_HPA}}.get(how.mechanism, {})
    return Follows(annotations, {"scaleMetric": metric, "scaleTarget": int(_number(value))}, how.to_zero)


def _external(context: Context[Serve], metric: str, value: Percentage | float | str) -> ScalingMetric:
    """KEDA's trigger. It compares the query's value per replica with the target, so a query is a sum over replicas."""
    scale_on = context.node.scale_on
    assert scale_on is not None
    target = (scale_on.target or 1.0) if metric == "query" else value
    return {
        "type": "External",
        "external": {
            "metric": {
                "backend": "prometheus",
                "serverAddress": str(context.platform.prometheus),
                "query": query(context, metric, value),
            },
            # Argo CD and the API server keep it as it stands: a plain decimal number, in quotes.
            "target": {"type": "Value", "value": _plain(_number(target))},
        },
    }


def query(context: Context[Serve], metric: str, value: Percentage | float | str) -> str:
    """The PromQL query of a metric, summed over all replicas."""
    if metric == "query":
        return str(value)
    if metric == "gpu":
        return _gpus(context)
    counted = _counted(context, metric)
    if counted is None:
        raise ValueError(f"nothing on this platform measures {metric}")
    selector = ",".join(f'{label}{op}"{text}"' for label, op, text in counted.matchers(context.name, context.namespace))
    if metric == "rps":
        totals = [f"sum(rate({total}{{{selector}}}[{RATE_WINDOW}]))" for total in counted.totals]
        return " + ".join(totals)
    # Little's law: seconds spent in requests, per second, are the requests in flight.
    rate = f"sum(rate({counted.sum}{{{selector}}}[{RATE_WINDOW}]))"
    unit = counted.unit_seconds or Decimal(1)
    return rate if unit == 1 else f"{rate} * {_plain(unit)}"


def _gpus(context: Context[Serve]) -> str:
    """DCGM's utilisation in per cent. The exporter's own Pod takes the labels `namespace` and `pod` unless honoured."""
    pods = f"{context.name}-(.+-)?predictor-.+"
    metric, where = "DCGM_FI_DEV_GPU_UTIL", context.namespace
    renamed = f'{metric}{{exported_namespace="{where}",exported_pod=~"{pods}"}}'
    honoured = f'{metric}{{namespace="{where}",pod=~"{pods}"}}'
    return f"sum({renamed} or {honoured})"


def _counted(context: Context[Serve], metric: str) -> Measurement | None:
    """What measures requests at the edge, for the metrics that follow them."""
    if metric not in {"rps", "concurrency"}:
        return None
    platform, gateway = context.platform, context.gateway
    found = measure(
        "requests" if metric == "rps" else "latency",
        at="edge",
        runtime=context.node.runtime.name,
        mode=context.node.mode,
        kserve=platform.kserve,
        knative=platform.knative,
        gateway_kind=gateway.kind,
        controller=gateway.controller,
        exposed=context.exposed,
    )
    return found if isinstance(found, Measurement) and (metric == "rps" or found.sum) else None


def _number(value: Percentage | float | str) -> Decimal:
    return value.percent if isinstance(value, Percentage) else Decimal(str(value))


def _plain(value: Decimal) -> str:
    """A number without an exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
