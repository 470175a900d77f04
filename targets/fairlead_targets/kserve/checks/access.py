"""Callers, names and hosts that the platform can't hold, take or route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.plan.nodes import Serve
from fairlead.resources.conventions import DNS_LABEL
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.ingress import known_by_namespace, tells_callers_apart
from fairlead_targets.kserve.route import backend

BY_NAMESPACE = Code(
    "FL4206",
    "callers are held by namespace",
    """
    A NetworkPolicy selects namespaces and Pods, and no service accounts. Without a mesh that knows who calls, every Pod
    in the namespace of a listed service account may call, and where the gateway routes to the service, whoever
    reaches the gateway.

    ```yaml
    serving: {access: {callers: [triage/ui]}}       # FL4206: every Pod in `triage` may call
    ```

    With Istio (`platform.gateway.kind: istio`, or `controller: istio` of the Gateway API) the mesh's
    AuthorizationPolicy holds each service account.
    """,
    Severity.NOTE,
)
BEHIND_THE_QUEUE = Code(
    "FL4207",
    "callers that Knative hides",
    """
    In Knative mode every request reaches the server from the activator or from the gateway, so nothing at the server
    can tell callers apart. The NetworkPolicy keeps everybody from calling around them; who may call has to be decided
    at the gateway.

    ```yaml
    serving: {mode: knative, access: {callers: [triage/ui]}}        # FL4207
    ```

    Mended: serve in Standard mode, or decide at the gateway and leave `callers` as the documentation of it.
    """,
    Severity.WARNING,
)
REFUSED_NAME = Code(
    "FL4208",
    "a name that KServe refuses",
    """
    The name of an InferenceService or InferenceGraph starts with a letter (`[a-z]([-a-z0-9]*[a-z0-9])?`), because it
    becomes a Service's name.

    ```yaml
    metadata: {name: 3d-segmentation}       # FL4208
    ```

    Mended:

    ```yaml
    metadata: {name: segmentation-3d}
    ```
    """,
)
LONG_HOST = Code(
    "FL4209",
    "a host name that becomes too long",
    """
    KServe makes a host `<service>-predictor-<namespace>.<domain>` for a service at the gateway, by its default
    `domainTemplate`, and a label of a host name has 63 characters at the most. KServe refuses to make a longer one, and
    the service never becomes ready. A template with dots, as `{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}`,
    avoids it.

    Shorten `metadata.name` or the namespace, or change the template.
    """,
    Severity.WARNING,
)
NO_ROUTE = Code(
    "FL4210",
    "a host or a graph that no gateway routes to",
    """
    KServe gives an InferenceGraph in Standard mode no route, and no service a host of your choosing: Fairlead writes
    that route, for which it has to know the Gateway and the host.

    ```yaml
    platform: {gateway: {kind: gateway-api}}
    ---
    serving: {host: digits.ml.acme.example, access: {expose: gateway}}      # FL4210: which Gateway?
    ```

    Mended:

    ```yaml
    platform: {gateway: {kind: gateway-api, ref: gateways/ml-private}}
    ```
    """,
)


def access(context: Context[Any]) -> Iterator[Diagnostic]:
    """Who can call, and under which name."""
    yield from _callers(context)
    if not context.name[:1].isalpha():
        message = f"the name `{context.name}` starts with a digit, and KServe's names start with a letter"
        yield at(context, REFUSED_NAME, ("metadata", "name"), message, "start it with a letter")
    yield from _host_length(context)
    yield from _routes(context)


def _callers(context: Context[Any]) -> Iterator[Diagnostic]:
    if not known_by_namespace(context) or tells_callers_apart(context):
        return
    path = ("serving", "access", "callers")
    if context.mode == "knative":
        message = "in Knative mode every request comes from the activator or the gateway, which hide who called"
        yield at(
            context, BEHIND_THE_QUEUE, path, message, "decide at the gateway who may call, or use `mode: standard`"
        )
        return
    namespaces = ", ".join(
        f"`{name}`" for name in dict.fromkeys(namespace for namespace, _ in known_by_namespace(context))
    )
    plural = "s" if "," in namespaces else ""
    gateway = ", and whoever reaches the gateway" if context.exposed else ""
    message = (
        f"a NetworkPolicy can't select service accounts, so every Pod in the namespace{plural} {namespaces} "
        f"may call{gateway}"
    )
    help_ = "keep other workloads out of these namespaces, or use a mesh: `platform.gateway.kind: istio`"
    yield at(context, BY_NAMESPACE, path, message, help_)


def _host_length(context: Context[Any]) -> Iterator[Diagnostic]:
    if not (isinstance(context.node, Serve) and context.exposed and context.mode == "standard"):
        return
    label = f"{backend(context)}-{context.namespace}"
    if len(label) > DNS_LABEL:
        message = (
            f"KServe's host `{label}` has {len(label)} characters before its first dot, and {DNS_LABEL} are the most"
        )
        help_ = f"shorten `metadata.name` by {len(label) - DNS_LABEL}, or give KServe a `domainTemplate` with dots"
        yield at(context, LONG_HOST, ("metadata", "name"), message, help_)


def _routes(context: Context[Any]) -> Iterator[Diagnostic]:
    if context.mode == "knative":
        return
    host, gateway = context.node.host, context.gateway
    own_route = host is not None or (not isinstance(context.node, Serve) and context.exposed)
    if not own_route:
        return
    if host is not None and not context.exposed:
        message = f"the host `{host}` is one of the gateway, and the service is not exposed there"
        yield at(
            context, NO_ROUTE, ("serving", "host"), message, "write `serving.access.expose: gateway`, or leave it out"
        )
    elif gateway.kind == "none" or gateway.ref is None:
        message = "the route has to hang on a Gateway, and `platform.gateway` names none"
        path = ("serving", "host") if host else ("serving", "access", "expose")
        yield at(context, NO_ROUTE, path, message, "write `platform.gateway` with its kind and `ref: namespace/name`")
    elif host is None:
        message = "KServe makes no route to a graph in Standard mode, and without a host one would take every request"
        yield at(context, NO_ROUTE, ("serving", "access", "expose"), message, "write `serving.host`")
