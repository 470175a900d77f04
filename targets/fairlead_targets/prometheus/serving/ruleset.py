"""All rules of a pipeline's server that are no objective."""

from __future__ import annotations

from fairlead.catalogue.measurements import Measurement, measure
from fairlead.plan.nodes import Serve
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Case, RuleSet, silent
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.rules import Group
from fairlead_targets.prometheus.serving.idle import costs, idle
from fairlead_targets.prometheus.serving.saturation import Tested, autoscaler_at_maximum, engine, throttled

PURPOSE = "serving"


def server(context: Context) -> RuleSet | None:
    """The rules of the server, where there is one that doesn't wait, and `monitoring` asks for any."""
    node = context.plan.only(Serve)
    if node is None or node.waits or context.unit.pipeline.monitoring is None:
        return None
    found: list[Tested] = []
    if node.replicas.most > max(1, node.replicas.min) and _by_autoscaler(node):
        found.append(autoscaler_at_maximum(context, node))
    if node.hardware.gpu is None:
        found.append(throttled(context, node))
    saturation = _measure(context, node, "saturation")
    if saturation is not None:
        found += engine(context, node, saturation)
    requests = _measure(context, node, "requests")
    if requests is not None and costs(node):
        found.append(idle(context, node, requests))
    if not found:
        return None
    alerts = [alert for alert, _ in found]
    cases: list[Case] = [case for _, cases in found for case in cases]
    return RuleSet(PURPOSE, (Group(context.group(PURPOSE), alerts),), (*cases, silent(alerts, Duration.of(hours=2))))


def _by_autoscaler(node: Serve) -> bool:
    """Whether a HorizontalPodAutoscaler scales the server: always in Standard mode (KEDA makes one too), and in Knative
    mode for what Knative's own autoscaler does not know.
    """
    if node.scale_on is None:
        return False
    return node.mode == "standard" or node.scale_on.cpu is not None or node.scale_on.memory is not None


def _measure(context: Context, node: Serve, signal: str) -> Measurement | None:
    platform, model = context.unit.project.platform, context.unit.pipeline.model
    found = measure(
        signal,
        at="edge",
        runtime=node.runtime.name,
        mode=node.mode,
        kserve=platform.kserve,
        knative=platform.knative,
        gateway_kind=platform.gateway.kind,
        controller=platform.gateway.controller,
        exposed=node.access.expose == "gateway",
        task=model.task if model else None,
    )
    return found if isinstance(found, Measurement) else None
