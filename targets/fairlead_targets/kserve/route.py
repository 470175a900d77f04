"""The host that a specification names, where KServe gives a service no host of its own choosing.

KServe makes host names from one template for the whole cluster, and routes none to an InferenceGraph in Standard mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fairlead.plan.nodes import Serve
from fairlead.resources import conventions
from fairlead.resources.resource import Resource
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.rollout import stable_name
from fairlead_targets.kserve.types.network import DomainMapping, HTTPRoute, VirtualService

PORT: Final = 80
"""The port of the Services that KServe makes in Standard mode (`CommonDefaultHttpPort`)."""


def route(context: Context[Any]) -> Resource | None:
    """The route from the host to the service, or None where KServe's own is enough."""
    host = context.node.host
    if host is None:
        return None
    manifest: Mapping[str, Any]
    if context.mode == "knative":
        manifest = _domain_mapping(context, host)
    elif context.gateway.kind == "istio":
        manifest = _virtual_service(context, host)
    elif context.gateway.kind == "gateway-api":
        manifest = _http_route(context, host)
    else:
        return None
    origin = context.origin("the host name at the gateway", "serving", "host")
    return context.resource(manifest, origin)


def backend(context: Context[Any]) -> str:
    """The Service that answers: the router's, or the predictor's in the name that KServe gives it."""
    if not isinstance(context.node, Serve):
        return context.name
    name = stable_name(context)
    return f"{context.name}-{name}-predictor" if name else f"{context.name}-predictor"


def _name(context: Context[Any]) -> str:
    return conventions.host_route(context.plan.name)


def _http_route(context: Context[Any], host: str) -> HTTPRoute:
    namespace, _, gateway = (context.gateway.ref or "/").partition("/")
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": context.metadata(_name(context)),
        "spec": {
            "parentRefs": [
                {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway, "namespace": namespace}
            ],
            "hostnames": [host],
            "rules": [
                {
                    # What the API server would fill in is written out.
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "backendRefs": [
                        {"group": "", "kind": "Service", "name": backend(context), "port": PORT, "weight": 1}
                    ],
                    "timeouts": {"request": _timeout(context)},
                }
            ],
        },
    }


def _virtual_service(context: Context[Any], host: str) -> VirtualService:
    service = f"{backend(context)}.{context.namespace}.svc.cluster.local"
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": context.metadata(_name(context)),
        "spec": {
            "hosts": [host],
            "gateways": [context.gateway.ref or ""],
            "http": [
                {
                    "route": [{"destination": {"host": service, "port": {"number": PORT}}}],
                    "timeout": _timeout(context),
                }
            ],
        },
    }


def _domain_mapping(context: Context[Any], host: str) -> DomainMapping:
    return {
        "apiVersion": "serving.knative.dev/v1beta1",
        "kind": "DomainMapping",
        "metadata": context.metadata(host),
        "spec": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": backend(context)}},
    }


def _timeout(context: Context[Any]) -> str:
    """In the Gateway API's notation (GEP-2257), whose numbers have five digits at the most; Istio reads it too."""
    seconds, rest = divmod(context.node.timeout.milliseconds, 1000)
    return (f"{seconds}s" if seconds else "") + (f"{rest}ms" if rest else "")
