"""The target: from a plan's server or graph to the resources that KServe, the mesh and Prometheus read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from fairlead.plan.nodes import Combine, Serve, Waiting
from fairlead.plan.plan import Plan
from fairlead.resources import conventions, kinds
from fairlead.resources.resource import Deferred, Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.target import Compiled, Options, Target
from fairlead_targets.kserve.account import service_account
from fairlead_targets.kserve.checks.access import access
from fairlead_targets.kserve.checks.features import knative_features
from fairlead_targets.kserve.checks.graphs import graphs
from fairlead_targets.kserve.checks.rollouts import rollouts
from fairlead_targets.kserve.checks.storage import storage
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.disruption import disruption_budget
from fairlead_targets.kserve.graph import graph
from fairlead_targets.kserve.ingress import policies
from fairlead_targets.kserve.release import release
from fairlead_targets.kserve.route import route
from fairlead_targets.kserve.runtime import runtime
from fairlead_targets.kserve.service import service
from fairlead_targets.kserve.types import network, v0_20
from fairlead_targets.kserve.watching import pod_monitor

_SHAPES: Mapping[tuple[str, str], Any] = {
    ("v1", "ServiceAccount"): kinds.ServiceAccount,
    ("serving.kserve.io/v1alpha1", "ServingRuntime"): v0_20.ServingRuntime,
    ("serving.kserve.io/v1beta1", "InferenceService"): v0_20.InferenceService,
    ("serving.kserve.io/v1alpha1", "InferenceGraph"): v0_20.InferenceGraph,
    ("networking.k8s.io/v1", "NetworkPolicy"): kinds.NetworkPolicy,
    ("policy/v1", "PodDisruptionBudget"): kinds.PodDisruptionBudget,
    ("security.istio.io/v1", "AuthorizationPolicy"): network.AuthorizationPolicy,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): network.HTTPRoute,
    ("networking.istio.io/v1", "VirtualService"): network.VirtualService,
    ("serving.knative.dev/v1beta1", "DomainMapping"): network.DomainMapping,
    ("monitoring.coreos.com/v1", "PodMonitor"): network.PodMonitor,
}


class KServe(Target):
    """KServe: model servers and graphs of them."""

    name: ClassVar[str] = "kserve"
    summary: ClassVar[str] = "model servers and inference graphs for KServe, with who may call them and what is scraped"
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = _SHAPES

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """The server of a pipeline, or its graph; nothing for a pipeline that is not served."""
        node = plan.get("serve", Serve) or plan.get("serve", Combine)
        if node is None:
            return Compiled()
        version = plan.unit.project.platform.kserve
        if version is None:
            # The plan's checks have said so, at the line that serves.
            return Compiled()
        facts = release(version)
        if isinstance(node, Serve):
            return _server(Context(plan, node, facts))
        return _graph(Context(plan, node, facts))


def _server(context: Context[Serve]) -> Compiled:
    found = [
        *rollouts(context), *knative_features(context), *access(context), *storage(context),
    ]  # fmt: skip
    emitted = [
        service_account(context),
        runtime(context),
        service(context),
        *policies(context),
        disruption_budget(context),
        route(context),
        pod_monitor(context),
    ]
    return _compiled(context, context.node.waits, [made for made in emitted if made], found)


def _graph(context: Context[Combine]) -> Compiled:
    emitted = [
        service_account(context),
        graph(context),
        *policies(context),
        disruption_budget(context),
        route(context),
        pod_monitor(context),
    ]
    return _compiled(
        context, context.node.waits, [made for made in emitted if made], [*access(context), *graphs(context)]
    )


def _compiled(
    context: Context[Any], waits: Waiting | None, resources: Sequence[Resource], found: Sequence[Diagnostic]
) -> Compiled:
    """The resources, or what they wait for.

    The ServiceAccount never waits: the platform binds roles to it, and a first version can then be read at once.
    """
    if waits is None:
        return Compiled(resources=resources, diagnostics=found)
    account = conventions.serving_account(context.plan.name)
    ready = [made for made in resources if made.identity.kind == "ServiceAccount" and made.identity.name == account]
    deferred = [
        Deferred(made.identity.kind, made.identity.name, waits.reason, waits.detail, made.origin)
        for made in resources
        if made not in ready
    ]
    return Compiled(resources=ready, deferred=deferred, diagnostics=found)
