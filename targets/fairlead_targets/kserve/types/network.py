"""The custom resources around a server: Istio's, the Gateway API's, Knative's and the Prometheus operator's."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import LabelSelector, Metadata


class Principals(TypedDict, total=False):
    """Who sends a request, by the identity in its certificate."""

    principals: list[str]


class Source(TypedDict):
    """Who may send."""

    source: Principals


class Request(TypedDict, total=False):
    """What is asked for."""

    ports: list[str]
    paths: list[str]
    methods: list[str]


class Operation(TypedDict):
    """What may be asked for."""

    operation: Request


AuthorizationRule = TypedDict(
    "AuthorizationRule", {"from": NotRequired[list[Source]], "to": NotRequired[list[Operation]]}
)


class AuthorizationPolicySpec(TypedDict):
    """Which requests are let through; all others are refused."""

    selector: LabelSelector
    action: Literal["ALLOW"]
    rules: list[AuthorizationRule]


class AuthorizationPolicy(TypedDict):
    """security.istio.io/v1 AuthorizationPolicy."""

    apiVersion: Literal["security.istio.io/v1"]
    kind: Literal["AuthorizationPolicy"]
    metadata: Metadata
    spec: AuthorizationPolicySpec


class ParentRef(TypedDict):
    """The Gateway that a route hangs on."""

    group: Literal["gateway.networking.k8s.io"]
    kind: Literal["Gateway"]
    name: str
    namespace: str


class BackendRef(TypedDict):
    """A Service that requests go to."""

    group: Literal[""]
    kind: Literal["Service"]
    name: str
    port: int
    weight: int


class PathMatch(TypedDict):
    """The paths that a rule is for."""

    type: Literal["PathPrefix"]
    value: str


class RouteMatch(TypedDict):
    """The requests that a rule is for."""

    path: PathMatch


class RouteTimeouts(TypedDict):
    """How long a request may take."""

    request: str


class RouteRule(TypedDict):
    """Where matching requests go."""

    matches: list[RouteMatch]
    backendRefs: list[BackendRef]
    timeouts: RouteTimeouts


class HTTPRouteSpec(TypedDict):
    """Which hosts of which Gateway go where."""

    parentRefs: list[ParentRef]
    hostnames: list[str]
    rules: list[RouteRule]


class HTTPRoute(TypedDict):
    """gateway.networking.k8s.io/v1 HTTPRoute."""

    apiVersion: Literal["gateway.networking.k8s.io/v1"]
    kind: Literal["HTTPRoute"]
    metadata: Metadata
    spec: HTTPRouteSpec


class PortSelector(TypedDict):
    """A port of a Service."""

    number: int


class Destination(TypedDict):
    """A Service, by its full name."""

    host: str
    port: PortSelector


class WeightedDestination(TypedDict):
    """A destination of a route."""

    destination: Destination


class VirtualRoute(TypedDict):
    """Where requests go, and how long they may take."""

    route: list[WeightedDestination]
    timeout: str


class VirtualServiceSpec(TypedDict):
    """Which hosts of which Gateway go where."""

    hosts: list[str]
    gateways: list[str]
    http: list[VirtualRoute]


class VirtualService(TypedDict):
    """networking.istio.io/v1 VirtualService."""

    apiVersion: Literal["networking.istio.io/v1"]
    kind: Literal["VirtualService"]
    metadata: Metadata
    spec: VirtualServiceSpec


class KnativeReference(TypedDict):
    """The Knative Service that a host stands for."""

    apiVersion: Literal["serving.knative.dev/v1"]
    kind: Literal["Service"]
    name: str


class DomainMappingSpec(TypedDict):
    """What a host stands for."""

    ref: KnativeReference


class DomainMapping(TypedDict):
    """serving.knative.dev/v1beta1 DomainMapping; its name is the host."""

    apiVersion: Literal["serving.knative.dev/v1beta1"]
    kind: Literal["DomainMapping"]
    metadata: Metadata
    spec: DomainMappingSpec


class Relabeling(TypedDict):
    """A label of a series, made of labels of the Pod."""

    action: Literal["replace"]
    sourceLabels: list[str]
    targetLabel: str


class MetricsEndpoint(TypedDict):
    """A port to scrape."""

    port: str
    path: str
    interval: str
    scrapeTimeout: str
    relabelings: list[Relabeling]


class PodMonitorSpec(TypedDict):
    """Which Pods are scraped, and how."""

    selector: LabelSelector
    podMetricsEndpoints: list[MetricsEndpoint]


class PodMonitor(TypedDict):
    """monitoring.coreos.com/v1 PodMonitor."""

    apiVersion: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PodMonitor"]
    metadata: Metadata
    spec: PodMonitorSpec
