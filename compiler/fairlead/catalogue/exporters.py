"""What each exporter of request metrics offers: one function an exporter, from a signal to its measurement.

A function returns None for a signal that its exporter does not have; why that is, and what to do, `measurements` says.
"""

from __future__ import annotations

from decimal import Decimal

from fairlead.catalogue import buckets, shipped
from fairlead.catalogue.measurement import Measurement, Scrape, Source
from fairlead.catalogue.versions import at_least

_SECOND = Decimal(1)
_MILLISECOND = Decimal("0.001")
_COUNTS = frozenset({"availability", "requests"})


def queue_proxy(signal: str, knative: str, *, graph: bool = False) -> Measurement | None:
    """Knative's queue-proxy, on port 9091 (`http-usermetric`) of every Pod.

    The outermost handler's metrics are taken: they include the time in the queue, the queue's own refusals and its
    time-outs, which `revision_app_*` and `kn_queueproxy_app_*` leave out. Knative 1.19 records the latter in whole
    seconds besides (`float64(latency / time.Second)`, pkg/queue/request_metric.go), and prints a revision's name in
    `target_info` only, where no query can group by it.
    """
    scrape = Scrape("pod-monitor", 9091, "http-usermetric")
    blind = "requests that the activator turns away or holds while no replica is there"
    otel = at_least(knative, "1.19")
    needs = (
        ("Knative's ConfigMap config-observability says `request-metrics-protocol: prometheus`; the default is none",)
        if otel
        else ()
    )
    if signal == "in_flight":
        gauge = "kn_queueproxy_depth" if otel else "revision_queue_depth"
        limit = "containerConcurrency is set: without a limit there is no queue to report"
        return Measurement(
            signal, "knative-queue-proxy", scrape, "pods", gauges=(gauge,), needs=(*needs, limit), graph=graph
        )
    if signal not in _COUNTS | {"latency"}:
        return None
    # otelhttp, in knative.dev/serving v0.46 (1.19); OpenCensus, component `revision`, up to v0.45 (1.18).
    histogram = "http_server_request_duration_seconds" if otel else "revision_request_latencies"
    count = f"{histogram}_count" if otel else "revision_request_count"
    if signal == "latency":
        return Measurement(
            signal, "knative-queue-proxy", scrape, "pods",
            totals=(f"{histogram}_count",), bucket=f"{histogram}_bucket",
            buckets=buckets.OTEL_HTTP if otel else buckets.KNATIVE_OPENCENSUS,
            unit_seconds=_SECOND if otel else _MILLISECOND, needs=needs, blind_to=blind, graph=graph,
        )  # fmt: skip
    failed = ("http_response_status_code", "=~", "5..") if otel else ("response_code_class", "=", "5xx")
    return Measurement(
        signal, "knative-queue-proxy", scrape, "pods", totals=(count,), errors=(count,), error_matchers=(failed,),
        needs=needs, blind_to=blind, graph=graph,
    )  # fmt: skip


def istio(signal: str, source: Source, *, graph: bool = False) -> Measurement | None:
    """A proxy of Istio: the gateway's, which reports as the source, or the server's sidecar, as the destination."""
    mesh = source == "istio-mesh"
    fixed = (("reporter", "=", "destination" if mesh else "source"),)
    needs = (
        ("the namespace is in the mesh: the server's Pods have a sidecar, and Prometheus scrapes it",)
        if mesh
        else ("Prometheus scrapes the gateway's Pods",)
    )
    blind = "requests that no sidecar has seen" if mesh else "requests from inside the cluster that pass the gateway by"
    scrape = Scrape("platform")
    if signal == "latency":
        return Measurement(
            signal, source, scrape, "destination",
            totals=("istio_request_duration_milliseconds_count",), bucket="istio_request_duration_milliseconds_bucket",
            buckets=buckets.ENVOY, unit_seconds=_MILLISECOND, fixed=fixed, needs=needs, blind_to=blind, graph=graph,
        )  # fmt: skip
    if signal in _COUNTS:
        return Measurement(
            signal, source, scrape, "destination", totals=("istio_requests_total",), errors=("istio_requests_total",),
            error_matchers=(("response_code", "=~", "5.."),), fixed=fixed, needs=needs, blind_to=blind, graph=graph,
        )  # fmt: skip
    return None


def envoy_gateway(signal: str, *, graph: bool = False) -> Measurement | None:
    """Envoy Gateway: Envoy's own statistics of a cluster, which is a rule of an HTTPRoute.

    internal/gatewayapi/helpers.go of v1.5 (`irRouteDestinationName`): all weighted backends of a rule are one cluster.
    """
    scrape, needs = Scrape("platform", path="/stats/prometheus"), ("Prometheus scrapes Envoy Gateway's proxies",)
    blind = "which version answered; requests from inside the cluster that pass the gateway by"
    if signal == "latency":
        return Measurement(
            signal, "envoy-gateway", scrape, "route", totals=("envoy_cluster_upstream_rq_time_count",),
            bucket="envoy_cluster_upstream_rq_time_bucket", buckets=buckets.ENVOY, unit_seconds=_MILLISECOND,
            needs=needs, blind_to=blind, graph=graph,
        )  # fmt: skip
    if signal in _COUNTS:
        return Measurement(
            signal, "envoy-gateway", scrape, "route", totals=("envoy_cluster_upstream_rq_xx",),
            errors=("envoy_cluster_upstream_rq_xx",), error_matchers=(("envoy_response_code_class", "=", "5"),),
            needs=needs, blind_to=blind, graph=graph,
        )  # fmt: skip
    return None


def kserve_server(signal: str) -> Measurement | None:
    """KServe's Python servers (kserve/metrics.py): histograms by model name, without a status."""
    if signal not in {"latency", "requests"}:
        return None
    histogram = "request_predict_seconds"
    latency = signal == "latency"
    return Measurement(
        signal, "kserve-server", Scrape("pod-monitor", 8080), "pods", totals=(f"{histogram}_count",),
        bucket=f"{histogram}_bucket" if latency else None, buckets=buckets.PROMETHEUS_CLIENT if latency else (),
        unit_seconds=_SECOND if latency else None,
        blind_to="queueing, parsing and the network: only the call of `predict` is timed",
    )  # fmt: skip


def vllm(signal: str, kserve: str, *, source: Source = "vllm") -> Measurement | None:
    """The engine of vLLM and its OpenAI server, in the version that this release of KServe ships.

    The names changed in 0.9 (`gpu_cache_usage_perc`) and 0.11 (`time_per_output_token_seconds`).
    """
    recent = at_least(shipped.vllm_version(kserve), "0.11")
    inside = source == "kserve-server"
    needs = ("the model runs on the vLLM backend of the Hugging Face server (KServe #3983)",) if inside else ()
    scrape = Scrape("pod-monitor", 8080)
    histograms = {
        "latency": ("vllm:e2e_request_latency_seconds", buckets.VLLM_REQUEST),
        "time_to_first_token": ("vllm:time_to_first_token_seconds", buckets.VLLM_FIRST_TOKEN),
        "inter_token_latency": (
            "vllm:inter_token_latency_seconds" if recent else "vllm:time_per_output_token_seconds",
            buckets.VLLM_NEXT_TOKEN,
        ),
    }
    if signal in histograms:
        name, boundaries = histograms[signal]
        return Measurement(
            signal, source, scrape, "pods", totals=(f"{name}_count",), bucket=f"{name}_bucket", buckets=boundaries,
            unit_seconds=_SECOND, needs=needs, blind_to="requests that failed before the engine had them",
        )  # fmt: skip
    if signal == "saturation":
        cache = "vllm:kv_cache_usage_perc" if recent else "vllm:gpu_cache_usage_perc"
        return Measurement(signal, source, scrape, "pods", gauges=("vllm:num_requests_waiting", cache), needs=needs)
    if signal == "in_flight":
        return Measurement(signal, source, scrape, "pods", gauges=("vllm:num_requests_running",), needs=needs)
    if signal in _COUNTS and not inside:
        # prometheus-fastapi-instrumentator groups statuses as 5xx. The readiness probe asks for /v1/models.
        return Measurement(
            signal, source, scrape, "pods", totals=("http_requests_total",), errors=("http_requests_total",),
            error_matchers=(("status", "=", "5xx"),),
            fixed=(("handler", "=~", "/v1/.+"), ("handler", "!~", "/v1/models.*")),
            blind_to="requests that never reached a living server, and answers that broke off while they were streamed",
        )  # fmt: skip
    return None


def triton(signal: str) -> Measurement | None:
    """Triton, on port 8002: counters, and durations as sums only (23.05)."""
    if signal not in _COUNTS:
        return None
    success, failure = "nv_inference_request_success", "nv_inference_request_failure"
    return Measurement(
        signal, "triton", Scrape("pod-monitor", 8002), "pods", totals=(success, failure), errors=(failure,),
        blind_to="requests that never reached a living server, or that it refused before the model had them",
    )  # fmt: skip


def mlserver(signal: str) -> Measurement | None:
    """MLServer, on port 8082: the middleware of starlette_exporter with the prefix `rest_server`."""
    scrape = Scrape("pod-monitor", 8082)
    fixed = (("path", "=~", "/v2/models/.+/(infer|infer_stream|generate|generate_stream)"),)
    blind = "requests that never reached a living server, and those over gRPC"
    if signal == "in_flight":
        return Measurement(signal, "mlserver", scrape, "pods", gauges=("rest_server_requests_in_progress",))
    if signal == "latency":
        name = "rest_server_request_duration_seconds"
        return Measurement(
            signal, "mlserver", scrape, "pods", totals=(f"{name}_count",), bucket=f"{name}_bucket",
            buckets=buckets.PROMETHEUS_CLIENT, unit_seconds=_SECOND, fixed=fixed, blind_to=blind,
        )  # fmt: skip
    if signal in _COUNTS:
        name = "rest_server_requests_total"
        return Measurement(
            signal, "mlserver", scrape, "pods", totals=(name,), errors=(name,),
            error_matchers=(("status_code", "=~", "5.."),), fixed=fixed, blind_to=blind,
        )  # fmt: skip
    return None
