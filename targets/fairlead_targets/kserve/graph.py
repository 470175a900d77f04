"""An InferenceGraph: several pipelines' servers behind one router."""

from __future__ import annotations

from typing import Any, Final

from fairlead.plan.nodes import Combine
from fairlead.resources import conventions
from fairlead.resources.pods import amounts, node_selector, tolerations
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Path
from fairlead.spec.expressions import DEFAULT_GJSON
from fairlead.spec.serving import Member
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.scaling import AUTOSCALER
from fairlead_targets.kserve.service import MODE, visibility
from fairlead_targets.kserve.types.v0_15 import Router
from fairlead_targets.kserve.types.v0_20 import InferenceGraph, InferenceGraphSpec, Step

ROOT: Final = "root"
"""The router that a request starts at."""
_TYPES: Final = {"sequence": "Sequence", "switch": "Switch", "ensemble": "Ensemble", "splitter": "Splitter"}
_CPU_TARGET: Final = 70
"""Per cent of the requested CPU: what the language scales servers on where nothing is said."""
_GROWTH: Final = 2
"""How many times its least number of replicas a router may grow to: it only hands requests on, and is rarely slow."""
_IDLE: Final = 180
_SPARE: Final = 5
"""Seconds that the router has to write an answer after its members had theirs."""


def graph(context: Context[Combine]) -> Resource:
    """The InferenceGraph."""
    autoscaler = {AUTOSCALER: "hpa"} if context.mode == "standard" else {}
    manifest: InferenceGraph = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "InferenceGraph",
        "metadata": context.metadata(
            context.name, visibility(context), {MODE: context.release.modes[context.mode], **autoscaler}
        ),
        "spec": _spec(context),
    }
    timeout = context.origin("how long one request may take", "serving", "timeout")
    steps: dict[Path, Origin] = {
        ("spec", "nodes", ROOT, "steps", position): context.origin(
            f"the member {member.pipeline}", "serving", "graph", "of", position
        )
        for position, member in enumerate(context.node.graph.of)
    }
    return context.resource(manifest, context.origin("combines other pipelines' models", "serving", "graph"), {
        ("spec", "timeout"): timeout,
        ("spec", "routerTimeouts"): timeout,
        ("spec", "resources"): context.origin("what the router's profile gives", "hardware", "serving"),
        **steps,
    })  # fmt: skip


def _spec(context: Context[Combine]) -> InferenceGraphSpec:
    node = context.node
    seconds = -(-node.timeout.milliseconds // 1000)
    spec: dict[str, Any] = {
        "nodes": {ROOT: _router(context)},
        "resources": amounts(node.hardware),
        "minReplicas": context.least,
        "maxReplicas": context.least * _GROWTH,
    }
    if context.mode == "standard":
        spec |= {"scaleMetric": "cpu", "scaleTarget": _CPU_TARGET}
    spec["timeout"] = seconds
    if context.release.router_timeouts:
        spec["routerTimeouts"] = {
            "serverRead": seconds,
            "serverWrite": seconds + _SPARE,
            "serverIdle": max(_IDLE, seconds),
            "serviceClient": seconds,
        }
    # Without an account of its own the router would run as the namespace's default one, which members can't name.
    spec["serviceAccountName"] = conventions.serving_account(context.plan.name)
    if selector := node_selector(node.hardware):
        spec["nodeSelector"] = selector
    if accepted := tolerations(node.hardware):
        spec["tolerations"] = accepted
    return spec  # type: ignore[return-value]


def _router(context: Context[Combine]) -> Router:
    graph_ = context.node.graph
    steps = [_step(context, position, member) for position, member in enumerate(graph_.of)]
    return {"routerType": _TYPES[graph_.type], "steps": steps}  # type: ignore[typeddict-item]


def _step(context: Context[Combine], position: int, member: Member) -> Step:
    kind = context.node.graph.type
    step: Step = {"name": str(member.pipeline)}
    service = conventions.service(str(member.pipeline))
    if _is_graph(context, member):
        # KServe finds services by name, and other graphs by their address only.
        step["serviceUrl"] = f"http://{service}.{context.namespace}.svc.cluster.local"
    else:
        step["serviceName"] = service
    if kind == "switch":
        # A step without a condition would never be taken; this one always holds, so it stands last.
        step["condition"] = member.when.gjson() if member.when else DEFAULT_GJSON
    if kind == "sequence":
        # A member that fails ends the sequence: its answer would be nonsense to the next.
        step["dependency"] = "Hard"
        step["data"] = "$response" if position else "$request"
        if member.when and position:
            step["condition"] = member.when.gjson()
        if position and context.release.maps_predictions and _protocol(context, member) == "v1":
            step["mapPredictionsToInstances"] = True
    if kind == "splitter" and member.weight is not None:
        step["weight"] = int(member.weight.percent)
    if kind == "ensemble":
        step["dependency"] = "Hard"
    return step


def _is_graph(context: Context[Combine], member: Member) -> bool:
    peer = context.plan.peers.get(str(member.pipeline))
    return bool(peer and peer.pipeline.serving and peer.pipeline.serving.graph)


def _protocol(context: Context[Combine], member: Member) -> str | None:
    """The protocol that a member's specification names; v1 answers `predictions` where it takes `instances`."""
    peer = context.plan.peers.get(str(member.pipeline))
    return peer.pipeline.serving.protocol if peer and peer.pipeline.serving else None
