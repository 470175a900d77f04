"""Which exporter measures a signal for a server, on a platform: the answer that objectives, rules and rollouts share.

Read from Knative Serving v0.45 (1.18) and v0.46 (1.19), KServe v0.15.2 and v0.20.0, vLLM 0.8.5 and 0.24, MLServer 1.5
and 1.7, Triton 23.05, Istio's standard metrics, Envoy Gateway v1.5. What is selected by which labels stands in
`measurement`, names of metrics in `exporters`, boundaries in `buckets`.
"""

from __future__ import annotations

from fairlead.catalogue import exporters, shipped
from fairlead.catalogue.buckets import Bucket, Matcher, canonical
from fairlead.catalogue.measurement import (
    GRAPH_POD_LABEL,
    REVISION_LABEL,
    REVISION_POD_LABEL,
    SERVICE_LABEL,
    SERVICE_POD_LABEL,
    Measurement,
    Scrape,
    Selection,
    Signal,
    Source,
    Unmeasured,
    predictor_name,
)
from fairlead.catalogue.runtimes import runtime as facts_of

__all__ = [
    "GRAPH_POD_LABEL",
    "REVISION_LABEL",
    "REVISION_POD_LABEL",
    "SERVICE_LABEL",
    "SERVICE_POD_LABEL",
    "SIGNALS",
    "Bucket",
    "Matcher",
    "Measurement",
    "Scrape",
    "Selection",
    "Signal",
    "Source",
    "Unmeasured",
    "canonical",
    "measure",
    "predictor_name",
]

SIGNALS: tuple[Signal, ...] = (
    "availability", "latency", "time_to_first_token", "inter_token_latency", "saturation", "requests", "in_flight",
)  # fmt: skip
_TOKENS = frozenset({"time_to_first_token", "inter_token_latency"})
_EVERY_REQUEST = frozenset({"availability", "requests"})


def measure(
    signal: str,
    *,
    at: str,
    runtime: str,
    mode: str,
    kserve: str | None,
    knative: str | None = None,
    gateway_kind: str = "none",
    controller: str = "istio",
    exposed: bool = True,
    task: str | None = None,
) -> Measurement | Unmeasured:
    """What measures `signal` for a server.

    `at` (`server` or `edge`) decides for latency only. Availability and requests are counted at the edge wherever
    something counts there, because a dead server counts nothing; else by the server, where it knows its own errors.
    Tokens, saturation and requests in flight only the server knows (in Knative mode the queue as well). `runtime` is a
    runtime's name, or `graph` for the router of an InferenceGraph. `exposed`: the gateway routes to it; a service
    inside the cluster has no HTTPRoute. `task` tells whether the Hugging Face server runs on vLLM.

    Raises KeyError for a signal, runtime or version of KServe that is not known.
    """
    if signal not in SIGNALS:
        raise KeyError(signal)
    release = kserve or shipped.KSERVE_VERSIONS[-1]
    graph = runtime == "graph"
    if signal == "latency" and at == "edge":
        return _edge(signal, mode, knative, gateway_kind, controller, exposed=exposed, graph=graph)
    if signal in _EVERY_REQUEST:
        edge = _edge(signal, mode, knative, gateway_kind, controller, exposed=exposed, graph=graph)
        if isinstance(edge, Measurement):
            return edge
        return _server(signal, runtime, release, task) or edge
    server = _server(signal, runtime, release, task)
    if server is None and signal == "in_flight" and mode == "knative" and knative is not None:
        server = exporters.queue_proxy(signal, knative, graph=graph)
    return server or _why(signal, runtime)


def _edge(
    signal: str, mode: str, knative: str | None, gateway_kind: str, controller: str, *, exposed: bool, graph: bool
) -> Measurement | Unmeasured:
    """The queue-proxy in Knative mode, the platform's gateway or mesh in Standard mode."""
    if mode == "knative":
        if knative is None:
            return Unmeasured(
                "Knative's queue-proxy would measure it, and its version is not known, on which the metrics depend",
                "set `platform.knative`",
            )
        found = exporters.queue_proxy(signal, knative, graph=graph)
    elif gateway_kind == "istio":
        found = exporters.istio(signal, "istio-mesh", graph=graph)
    elif gateway_kind == "none":
        return Unmeasured(
            "in Standard mode nothing stands in front of the server, and `platform.gateway` names neither gateway nor "
            "mesh that counts its requests",
            "set `platform.gateway`, or serve in Knative mode, whose queue-proxy counts them",
        )
    elif not exposed:
        return Unmeasured(
            "requests inside the cluster don't pass the gateway, and this service is not exposed there",
            "write `serving.access.expose: gateway`, or use `platform.gateway.kind: istio`, whose mesh counts them all",
        )
    elif controller == "istio":
        found = exporters.istio(signal, "istio-gateway", graph=graph)
    elif controller == "envoy-gateway":
        found = exporters.envoy_gateway(signal, graph=graph)
    else:
        return Unmeasured(
            f"which metrics a gateway of the kind `{controller}` exposes is not known",
            "use a gateway of Istio or Envoy Gateway, or serve in Knative mode",
        )
    return found or Unmeasured(f"nothing at the edge measures {_say(signal)}", "measure it at the server")


def _server(signal: str, runtime: str, kserve: str, task: str | None) -> Measurement | None:
    """The model server's own metrics; None where it has none for the signal."""
    if runtime == "graph":
        return None
    facts = facts_of(runtime, kserve)
    match facts.family:
        case "vllm":
            return exporters.vllm(signal, kserve)
        case "kserve" if runtime == "huggingface" and (task == "text-generation" or signal not in _CALLS):
            return exporters.vllm(signal, kserve, source="kserve-server")
        case "kserve":
            return exporters.kserve_server(signal)
        case "triton":
            return exporters.triton(signal)
        case "mlserver":
            return exporters.mlserver(signal)
        case _:
            return None


_CALLS = frozenset({"latency", "requests", "availability"})


def _say(signal: str) -> str:
    return signal.replace("_", " ")


def _why(signal: str, runtime: str) -> Unmeasured:
    """Why a server doesn't measure a signal."""
    if signal in _TOKENS:
        return Unmeasured(
            f"only vLLM times tokens, and the runtime is `{runtime}`", "use `runtime: vllm`, or an objective on latency"
        )
    if signal == "latency":
        edge = "measure at the edge, with `at: edge` and a gateway, a mesh or Knative mode"
        reasons = {
            "triton": "Triton sums durations up in a counter, which gives a mean and no share below a bound",
            "onnx": "Triton, which serves ONNX, sums durations up in a counter: a mean, and no share below a bound",
            "torchserve": "TorchServe sums durations up in a counter, which gives a mean and no share below a bound",
            "tensorflow": "TensorFlow Serving exposes metrics only with a monitoring configuration of its own",
            "custom": "what a custom server exposes is not known",
            "graph": "the router of an InferenceGraph exposes no metrics",
        }
        return Unmeasured(reasons.get(runtime, f"the runtime `{runtime}` has no histogram of durations"), edge)
    return Unmeasured(
        f"the runtime `{runtime}` exposes no gauge of {_say(signal)}", "use a runtime that has one, such as vllm"
    )
