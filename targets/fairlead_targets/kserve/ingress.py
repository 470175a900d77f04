"""Who can reach the Pods: NetworkPolicies, and the mesh's policy where there is a mesh.

A NetworkPolicy knows namespaces and Pods, not service accounts; Istio's AuthorizationPolicy knows the service account
in a caller's certificate, and needs the callers to be in the mesh and to call the server itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from fairlead.catalogue.measurements import GRAPH_POD_LABEL, SERVICE_POD_LABEL
from fairlead.plan.nodes import Serve
from fairlead.resources import conventions
from fairlead.resources.kinds import NetworkPeer, NetworkPolicy, NetworkPolicyIngress, NetworkPort
from fairlead.resources.resource import Resource
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.types.network import AuthorizationPolicy, AuthorizationRule

AGENT: Final = 9081
"""The port of KServe's agent, which stands before the server where payloads are logged."""
ROUTER: Final = 8080
"""The port of an InferenceGraph's router."""
QUEUE_REQUESTS: Final = (8012, 8013, 8112)
"""Knative's queue-proxy for requests: HTTP/1, HTTP/2 and TLS."""
QUEUE_METRICS: Final = 9091
"""Knative's queue-proxy for metrics of requests (`http-usermetric`)."""
QUEUE_STATISTICS: Final = 9090
"""Knative's queue-proxy for its autoscaler."""
SIDECAR_METRICS: Final = 15020
"""The merged metrics of Istio's sidecar."""
KNATIVE: Final = "knative-serving"
"""The namespace of Knative's activator and autoscaler, as its releases install it."""
ISTIO: Final = "istio-system"
"""The namespace of Istio's own gateways, where the platform names no other."""
KNATIVE_GATEWAYS: Final = (ISTIO, "kourier-system")
"""The namespaces of Knative's gateways inside the cluster, as net-istio and net-kourier install them. Which of the two
the clusters have is not known; nothing else has these names."""
_NAMESPACE: Final = "kubernetes.io/metadata.name"


def policies(context: Context[Any]) -> list[Resource]:
    """Everything that limits who can reach the Pods."""
    found = [network_policy(context)]
    if tells_callers_apart(context):
        found.append(authorization_policy(context))
    return found


def tells_callers_apart(context: Context[Any]) -> bool:
    """Whether a mesh sees who calls: in Knative mode it only sees the activator and the gateway.

    Istio's control plane is there where it is the gateway, and where it implements the Gateway API. Its policy counts
    in namespaces that are in the mesh; elsewhere the NetworkPolicy beside it still holds the callers' namespaces.
    """
    gateway = context.gateway
    istio = gateway.kind == "istio" or (gateway.kind == "gateway-api" and gateway.controller == "istio")
    return bool(context.callers) and istio and context.mode == "standard"


def pod_label(context: Context[Any]) -> dict[str, str]:
    """The label that KServe puts on the Pods."""
    return {SERVICE_POD_LABEL if isinstance(context.node, Serve) else GRAPH_POD_LABEL: context.name}


def network_policy(context: Context[Any]) -> Resource:
    """Nothing reaches the Pods but what is listed."""
    policy: NetworkPolicy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": context.metadata(conventions.serving_account(context.plan.name)),
        "spec": {
            "podSelector": {"matchLabels": pod_label(context)},
            "policyTypes": ["Ingress"],
            "ingress": _ingress(context),
        },
    }
    callers = context.origin("who may call", "serving", "access")
    return context.resource(
        policy, context.origin("refuses everybody else", "serving", "access"), {("spec", "ingress"): callers}
    )


def _ingress(context: Context[Any]) -> list[NetworkPolicyIngress]:
    rules: list[NetworkPolicyIngress] = [
        {"from": _requesters(context), "ports": _tcp(request_ports(context))},
    ]
    if context.mode == "knative":
        rules.append({"from": [_in(KNATIVE)], "ports": _tcp([*QUEUE_REQUESTS, QUEUE_STATISTICS])})
    if scraped := _scraped_ports(context):
        rules.append({"from": [_prometheus(context)], "ports": _tcp(scraped)})
    return rules


def request_ports(context: Context[Any]) -> list[int]:
    """The ports of a Pod that requests arrive at."""
    if context.mode == "knative":
        return list(QUEUE_REQUESTS)
    if not isinstance(context.node, Serve):
        return [ROUTER]
    return [AGENT] if context.node.payloads.log != "none" else [context.node.runtime.port]


def _requesters(context: Context[Any]) -> list[NetworkPeer]:
    """The namespaces of callers and of the gateway, and the graphs that this service is a member of.

    In Knative mode every request passes a gateway of Knative's, so the callers' own namespaces reach no Pod.
    """
    if not context.callers:
        return [{"namespaceSelector": {}}]
    gateway = context.gateway_namespace or (ISTIO if context.gateway.kind == "istio" else None)
    if context.mode == "knative":
        return [_in(namespace) for namespace in dict.fromkeys([*([gateway] if gateway else []), *KNATIVE_GATEWAYS])]
    if context.exposed and gateway is None:
        # Requests come from a gateway that the project does not name.
        return [{"namespaceSelector": {}}]
    callers = [namespace for namespace, _ in known_by_namespace(context)]
    if context.exposed and gateway:
        callers.append(gateway)
    namespaces: list[NetworkPeer] = [_in(namespace) for namespace in dict.fromkeys(callers)]
    return namespaces + [_router(conventions.service(graph)) for graph in context.graphs()]


def known_by_namespace(context: Context[Any]) -> list[tuple[str, str]]:
    """The callers that only their namespace tells: a graph of this environment is known by its Pods' label."""
    graphs = {(context.namespace, conventions.serving_account(graph)) for graph in context.graphs()}
    return [caller for caller in context.callers if caller not in graphs]


def _scraped_ports(context: Context[Any]) -> list[int]:
    ports: list[int] = []
    if isinstance(context.node, Serve) and context.node.runtime.metrics_port is not None:
        ports.append(context.node.runtime.metrics_port)
    if context.mode == "knative":
        ports.append(QUEUE_METRICS)
    if context.gateway.kind == "istio":
        ports.append(SIDECAR_METRICS)
    return ports


def _prometheus(context: Context[Any]) -> NetworkPeer:
    """Prometheus's namespace, read from its address inside the cluster; any, where the project does not give one."""
    address = str(context.platform.prometheus or "")
    inside = re.fullmatch(r"https?://[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.[a-z0-9.-]+)?(:[0-9]+)?(/.*)?", address)
    return _in(inside[1]) if inside else {"namespaceSelector": {}}


def _in(namespace: str) -> NetworkPeer:
    return {"namespaceSelector": {"matchLabels": {_NAMESPACE: namespace}}}


def _router(graph: str) -> NetworkPeer:
    return {"podSelector": {"matchLabels": {GRAPH_POD_LABEL: graph}}}


def _tcp(ports: Iterable[int]) -> list[NetworkPort]:
    return [{"port": port, "protocol": "TCP"} for port in ports]


def authorization_policy(context: Context[Any]) -> Resource:
    """The callers' service accounts, the gateway, the graphs that ask this service, and Prometheus for metrics only."""
    accounts = [*context.callers]
    if context.exposed:
        namespace, _, name = (context.gateway.ref or f"{ISTIO}/istio-ingressgateway").partition("/")
        # Istio's classic gateways run as `<name>-service-account`, those of its Helm chart as their own name, and those
        # that it deploys for a Gateway resource as `<name>-istio`.
        accounts += [(namespace, f"{name}{suffix}") for suffix in ("-service-account", "", "-istio")]
    accounts += [(context.namespace, conventions.serving_account(graph)) for graph in context.graphs()]
    # `*` stands for the trust domain, which is the mesh's own business.
    principals = [f"*/ns/{namespace}/sa/{name}" for namespace, name in dict.fromkeys(accounts)]
    rules: list[AuthorizationRule] = [{"from": [{"source": {"principals": principals}}]}]
    if isinstance(context.node, Serve) and context.node.runtime.metrics_path:
        rules.append({
            "to": [{"operation": {
                "ports": [str(context.node.runtime.metrics_port)],
                "paths": [context.node.runtime.metrics_path],
                "methods": ["GET"],
            }}],
        })  # fmt: skip
    policy: AuthorizationPolicy = {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": context.metadata(conventions.serving_account(context.plan.name)),
        "spec": {"selector": {"matchLabels": pod_label(context)}, "action": "ALLOW", "rules": rules},
    }
    return context.resource(policy, context.origin("lets these service accounts call", "serving", "access", "callers"))
