"""What a measurement is: metrics, the labels that select one service and one version in them, and their limits.

Whom a series belongs to. Model servers and queue-proxies label their series with themselves at best, and a scrape by
PodMonitor adds `namespace` and `pod`. The PodMonitor that Fairlead writes therefore copies two labels of the Pod into
every series: the InferenceService's name, which KServe puts on each of its Pods, and the version, which Fairlead puts
there. Every runtime in either mode is then selected in one way. What a gateway or mesh measures is scraped by the
platform, and has the labels of its own proxies.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fairlead.catalogue.buckets import Bucket, Matcher

Signal = Literal[
    "availability", "latency", "time_to_first_token", "inter_token_latency", "saturation", "requests", "in_flight"
]
Source = Literal[
    "knative-queue-proxy", "kserve-server", "vllm", "triton", "mlserver", "istio-mesh", "istio-gateway", "envoy-gateway"
]
Selection = Literal["pods", "destination", "route"]

SERVICE_LABEL = "inference_service"
"""The label of a series that names the InferenceService or InferenceGraph; a PodMonitor's relabeling sets it."""
REVISION_LABEL = "model_version"
"""The label of a series that names the version; a PodMonitor's relabeling sets it. What the lock calls a version is one
number in a registry; Knative's revisions have names that nobody knows before they exist, so they select nothing."""
SERVICE_POD_LABEL = "serving.kserve.io/inferenceservice"
"""The Pod's label that `SERVICE_LABEL` is copied from (KServe: `InferenceServicePodLabelKey`)."""
GRAPH_POD_LABEL = "serving.kserve.io/inferencegraph"
"""The same for the router of an InferenceGraph (KServe: `InferenceGraphLabel`)."""
REVISION_POD_LABEL = "fairlead.dev/version"
"""The Pod's label that `REVISION_LABEL` is copied from; `spec.predictor.labels` brings it there in both modes."""

_VERSION = "v[0-9]+(-[0-9a-f]+)?"


def predictor_name(version: str | int) -> str:
    """`predictor.name` of a version in Standard mode: KServe calls its Deployment `<service>-<name>-predictor`."""
    return f"v{version}"


@dataclass(frozen=True, slots=True)
class Scrape:
    """Who collects the series, and where."""

    by: Literal["pod-monitor", "platform"]
    """pod-monitor: the PodMonitor that Fairlead writes. platform: whoever runs the gateway or the mesh."""
    port: int | None = None
    port_name: str | None = None
    """The port's name where another system has given it; for a model server it is the ServingRuntime's to give."""
    path: str = "/metrics"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Which series measure a signal, and how to select one service and one version in them."""

    signal: str
    source: Source
    scrape: Scrape
    selection: Selection
    """pods: by the labels that the PodMonitor copies. destination: by the Service that a proxy of Istio sends to.
    route: by the HTTPRoute that a gateway follows; all versions behind it look the same."""
    totals: tuple[str, ...] = ()
    """The counters of all requests; their sum where there are several."""
    errors: tuple[str, ...] = ()
    """The counters of failed requests, selected by `error_matchers` as well."""
    error_matchers: tuple[Matcher, ...] = ()
    bucket: str | None = None
    """The histogram's `_bucket` metric; `totals` is then its `_count`."""
    buckets: tuple[Bucket, ...] = ()
    unit_seconds: Decimal | None = None
    """The unit of the histogram's boundaries and sum, in seconds: 0.001 for milliseconds."""
    gauges: tuple[str, ...] = ()
    """The gauges of `saturation` and `in_flight`, the most telling one first."""
    fixed: tuple[Matcher, ...] = ()
    """What every query selects besides: probes and management calls are no requests."""
    needs: tuple[str, ...] = ()
    """What has to be switched on for the series to exist, as sentences for a person."""
    blind_to: str = ""
    """What it can't see."""
    graph: bool = False
    """Whether the service is an InferenceGraph."""

    @property
    def per_version(self) -> bool:
        """Whether canary and stable can be told apart."""
        return self.selection != "route" and not self.graph

    @property
    def sum(self) -> str | None:
        """The histogram's `_sum`. Its rate, in seconds a second, is the mean number of requests in flight.

        Little's law: L = lambda W, so the time that all requests spent is the number that were there, over any while
        that is long against one request.
        """
        return f"{self.bucket.removesuffix('_bucket')}_sum" if self.bucket else None

    def matchers(self, service: str, namespace: str, version: str | int | None = None) -> tuple[Matcher, ...]:
        """What selects the series of one service, of one version of it where that is given.

        Raises ValueError for a version where `per_version` is false.
        """
        if version is not None and not self.per_version:
            raise ValueError(f"{self.source} can't tell the versions of a service apart")
        return (*_SELECT[self.selection](service, namespace, version, graph=self.graph), *self.fixed)

    def bucket_at(self, seconds: Decimal) -> Bucket | None:
        """The bucket whose boundary is exactly this; None where there is none."""
        return next((bucket for bucket in self.buckets if bucket.seconds == seconds), None)

    def around(self, seconds: Decimal) -> tuple[Bucket | None, Bucket | None]:
        """The greatest boundary below and the least one above, for a message that says what would be measurable."""
        below = [bucket for bucket in self.buckets if bucket.seconds < seconds]
        above = [bucket for bucket in self.buckets if bucket.seconds > seconds]
        return (below[-1] if below else None, above[0] if above else None)


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Why nothing on a platform measures a signal, and what can be done."""

    reason: str
    """One sentence, lower-case start, no full stop."""
    help: str


def _pods(service: str, namespace: str, version: str | int | None, *, graph: bool) -> tuple[Matcher, ...]:
    del graph  # The same label: the relabeling copies it from another label of the Pod.
    one: tuple[Matcher, ...] = () if version is None else ((REVISION_LABEL, "=", str(version)),)
    return (("namespace", "=", namespace), (SERVICE_LABEL, "=", service), *one)


def _destination(service: str, namespace: str, version: str | int | None, *, graph: bool) -> tuple[Matcher, ...]:
    """The name of the destination's Service: `<service>-predictor`, or `<service>-<predictor.name>-predictor`."""
    if graph:
        name: Matcher = ("destination_service_name", "=", service)
    elif version is None:
        name = ("destination_service_name", "=~", f"{service}(-{_VERSION})?-predictor")
    else:
        # A predictor's name may carry a hash after the version, where the same version is served in another way.
        pattern = f"{service}-{predictor_name(version)}(-[0-9a-f]+)?-predictor"
        name = ("destination_service_name", "=~", pattern)
    return (("destination_service_namespace", "=", namespace), name)


def _route(service: str, namespace: str, version: str | int | None, *, graph: bool) -> tuple[Matcher, ...]:
    """Envoy Gateway's clusters: `httproute/<namespace>/<route>/rule/<n>`.

    KServe has a route of the service's own name and one for the predictor, which v0.20.0 names as the Deployment.
    """
    del version
    route = service if graph else f"{service}((-{_VERSION})?-predictor)?"
    return (("envoy_cluster_name", "=~", f"httproute/{namespace}/{route}/rule/[0-9]+"),)


_SELECT = {"pods": _pods, "destination": _destination, "route": _route}
