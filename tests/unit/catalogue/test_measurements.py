from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from typing import TypedDict, Unpack

import pytest

from fairlead.catalogue.measurements import SIGNALS, Measurement, Unmeasured, measure
from fairlead.catalogue.runtimes import NAMES, runtime
from fairlead.catalogue.shipped import KSERVE_VERSIONS


class Where(TypedDict, total=False):
    at: str
    runtime: str
    mode: str
    kserve: str | None
    knative: str | None
    gateway_kind: str
    controller: str
    exposed: bool
    task: str | None


def measured(signal: str, **where: Unpack[Where]) -> Measurement:
    found = ask(signal, **where)
    assert isinstance(found, Measurement), found
    return found


def unmeasured(signal: str, **where: Unpack[Where]) -> Unmeasured:
    found = ask(signal, **where)
    assert isinstance(found, Unmeasured), found
    return found


def ask(signal: str, **where: Unpack[Where]) -> Measurement | Unmeasured:
    usual = Where(at="server", runtime="sklearn", mode="standard", kserve="0.20")
    usual.update(where)
    return measure(
        signal, at=usual["at"], runtime=usual["runtime"], mode=usual["mode"], kserve=usual["kserve"],
        knative=usual.get("knative"), gateway_kind=usual.get("gateway_kind", "none"),
        controller=usual.get("controller", "istio"), exposed=usual.get("exposed", True), task=usual.get("task"),
    )  # fmt: skip


EVERYWHERE = [
    Where(at=at, runtime=name, mode=mode, kserve=kserve, knative=knative, gateway_kind=kind, controller=controller,
          exposed=exposed)
    for at, name, kserve, (mode, knative), (kind, controller), exposed in product(
        ("server", "edge"), (*NAMES, "graph"), KSERVE_VERSIONS,
        (("standard", None), ("knative", "1.15"), ("knative", "1.18"), ("knative", "1.19"), ("knative", None)),
        (("none", "istio"), ("istio", "istio"), ("gateway-api", "istio"), ("gateway-api", "envoy-gateway"),
         ("gateway-api", "other")),
        (True, False),
    )
]  # fmt: skip


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_answer_can_be_used_or_is_explained(signal: str) -> None:
    for where in EVERYWHERE:
        found = ask(signal, **where)
        if isinstance(found, Unmeasured):
            assert found.reason[0].islower() or found.reason.startswith(
                ("Knative", "Triton", "TorchServe", "TensorFlow")
            )
            assert not found.reason.endswith(".")
            assert found.help
            continue
        assert found.signal == signal
        if signal in {"saturation", "in_flight"}:
            assert found.gauges
        else:
            assert found.totals
        if signal == "availability":
            assert found.errors
        assert (found.bucket is not None) == (signal in {"latency", "time_to_first_token", "inter_token_latency"})
        assert (found.bucket is not None) == bool(found.buckets) == (found.unit_seconds is not None)
        for _, operator, value in found.matchers("tumor", "ml"):
            assert operator in {"=", "!=", "=~", "!~"}
            assert "\\" not in value


def test_what_a_pod_monitor_scrapes_is_the_port_of_the_runtime_or_of_the_queue() -> None:
    for signal, where in product(SIGNALS, EVERYWHERE):
        found = ask(signal, **where)
        if isinstance(found, Measurement) and found.scrape.by == "pod-monitor":
            ports = (
                {9091} if found.source == "knative-queue-proxy" else {runtime(where["runtime"], "0.20").metrics_port}
            )
            assert found.scrape.port in ports


def test_a_python_server_alone_cannot_tell_errors() -> None:
    found = unmeasured("availability")
    assert "Standard mode" in found.reason
    assert "platform.gateway" in found.help


def test_availability_comes_from_the_gateway_where_one_counts() -> None:
    found = measured("availability", gateway_kind="gateway-api", controller="istio")
    assert found.totals == ("istio_requests_total",)
    assert found.error_matchers == (("response_code", "=~", "5.."),)
    assert ("reporter", "=", "source") in found.matchers("tumor", "ml")


def test_a_service_that_is_not_exposed_does_not_pass_the_gateway() -> None:
    found = unmeasured("availability", gateway_kind="gateway-api", exposed=False)
    assert "expose: gateway" in found.help


def test_a_mesh_counts_what_is_not_exposed_too() -> None:
    found = measured("availability", gateway_kind="istio", exposed=False)
    assert ("reporter", "=", "destination") in found.matchers("tumor", "ml")


def test_a_gateway_of_an_unknown_kind_measures_nothing() -> None:
    assert "`other`" in unmeasured("latency", at="edge", gateway_kind="gateway-api", controller="other").reason


def test_a_server_that_counts_its_own_errors_stands_in_where_there_is_no_gateway() -> None:
    found = measured("availability", at="edge", runtime="vllm")
    assert (found.source, found.totals) == ("vllm", ("http_requests_total",))
    assert "never reached" in found.blind_to
    assert measured("availability", at="edge", runtime="mlflow").source == "mlserver"


def test_the_edge_is_preferred_to_the_server_for_availability() -> None:
    assert measured("availability", at="server", runtime="vllm", gateway_kind="istio").source == "istio-mesh"


def test_latency_at_the_server_and_at_the_edge_are_different_histograms() -> None:
    assert measured("latency", at="server").bucket == "request_predict_seconds_bucket"
    edge = measured("latency", at="edge", gateway_kind="gateway-api")
    assert edge.bucket == "istio_request_duration_milliseconds_bucket"
    assert edge.unit_seconds == Decimal("0.001")


def test_probes_and_listings_are_no_requests() -> None:
    fixed = measured("availability", runtime="vllm").matchers("llm", "ml")
    handlers = [(operator, value) for label, operator, value in fixed if label == "handler"]

    def counts(path: str) -> bool:
        return all((re.fullmatch(value, path) is not None) == (operator == "=~") for operator, value in handlers)

    assert counts("/v1/chat/completions")
    assert not counts("/v1/models")
    assert not counts("/health")


@pytest.mark.parametrize("knative", ["1.15", "1.16", "1.17", "1.18"])
def test_knative_up_to_1_18_counts_in_milliseconds(knative: str) -> None:
    found = measured("latency", at="edge", mode="knative", knative=knative)
    assert found.bucket == "revision_request_latencies_bucket"
    assert found.bucket_at(Decimal("0.4")) is not None
    bucket = found.bucket_at(Decimal("0.25"))
    assert bucket is not None
    assert bucket.le == "250"
    assert measured("availability", mode="knative", knative=knative).error_matchers == (
        ("response_code_class", "=", "5xx"),
    )


def test_knative_1_19_counts_in_seconds_and_only_when_told_to() -> None:
    found = measured("latency", at="edge", mode="knative", knative="1.19")
    assert found.bucket == "http_server_request_duration_seconds_bucket"
    assert found.bucket_at(Decimal("0.4")) is None
    assert "request-metrics-protocol: prometheus" in found.needs[0]


def test_the_version_of_knative_has_to_be_known() -> None:
    assert "platform.knative" in unmeasured("availability", mode="knative").help


def test_a_bound_between_two_boundaries_is_answered_with_both() -> None:
    found = measured("latency", at="server")
    below, above = found.around(Decimal("0.3"))
    assert below is not None
    assert above is not None
    assert (below.seconds, above.seconds) == (Decimal("0.25"), Decimal("0.5"))
    assert found.around(Decimal("0.001"))[0] is None
    assert found.around(Decimal(3600))[1] is None


@pytest.mark.parametrize("name", ["triton", "onnx", "torchserve", "tensorflow", "custom", "graph"])
def test_a_server_without_a_histogram_has_no_latency_objective(name: str) -> None:
    assert "at: edge" in unmeasured("latency", runtime=name).help


@pytest.mark.parametrize("signal", ["time_to_first_token", "inter_token_latency"])
def test_only_vllm_times_tokens(signal: str) -> None:
    assert measured(signal, runtime="vllm").source == "vllm"
    assert "vllm" in unmeasured(signal, runtime="triton").help
    assert "vLLM backend" in measured(signal, runtime="huggingface").needs[0]


def test_names_of_vllm_follow_the_release() -> None:
    assert measured("inter_token_latency", runtime="vllm", kserve="0.15").bucket == (
        "vllm:time_per_output_token_seconds_bucket"
    )
    assert measured("inter_token_latency", runtime="vllm", kserve="0.20").bucket == (
        "vllm:inter_token_latency_seconds_bucket"
    )
    assert "vllm:gpu_cache_usage_perc" in measured("saturation", runtime="vllm", kserve="0.15").gauges
    assert "vllm:kv_cache_usage_perc" in measured("saturation", runtime="vllm", kserve="0.20").gauges


def test_the_hugging_face_server_answers_by_its_task() -> None:
    assert measured("latency", runtime="huggingface", task="embedding").bucket == "request_predict_seconds_bucket"
    assert measured("latency", runtime="huggingface", task="text-generation").bucket == (
        "vllm:e2e_request_latency_seconds_bucket"
    )


def test_a_scraped_server_is_selected_by_the_labels_that_the_pod_monitor_copies() -> None:
    found = measured("latency")
    assert found.matchers("tumor", "ml", 7) == (
        ("namespace", "=", "ml"),
        ("inference_service", "=", "tumor"),
        ("model_version", "=", "7"),
    )
    assert found.matchers("tumor", "ml")[:2] == found.matchers("tumor", "ml", 7)[:2]


def destination(found: Measurement, service: str, version: int | None = None) -> re.Pattern[str]:
    values = {label: value for label, _, value in found.matchers(service, "ml", version)}
    return re.compile(values["destination_service_name"])


@pytest.mark.parametrize("name", ["tumor-predictor", "tumor-v7-predictor", "tumor-v12-3fa9-predictor"])
def test_all_versions_of_a_service_are_selected_at_the_gateway(name: str) -> None:
    found = measured("availability", gateway_kind="gateway-api")
    assert destination(found, "tumor").fullmatch(name)


@pytest.mark.parametrize("name", ["tumor-large-predictor", "big-tumor-predictor", "tumor-v2-v1-predictor", "tumor"])
def test_other_services_are_not_selected_at_the_gateway(name: str) -> None:
    found = measured("availability", gateway_kind="gateway-api")
    assert not destination(found, "tumor").fullmatch(name)


def test_one_version_is_selected_at_the_gateway() -> None:
    pattern = destination(measured("availability", gateway_kind="gateway-api"), "tumor", 7)
    assert pattern.fullmatch("tumor-v7-predictor")
    assert not pattern.fullmatch("tumor-v70-predictor")
    assert not pattern.fullmatch("tumor-predictor")


def test_envoy_gateway_cannot_tell_versions_apart() -> None:
    found = measured("latency", at="edge", gateway_kind="gateway-api", controller="envoy-gateway")
    assert not found.per_version
    [(label, operator, value)] = found.matchers("tumor", "ml")
    assert (label, operator) == ("envoy_cluster_name", "=~")
    assert re.fullmatch(value, "httproute/ml/tumor-predictor/rule/0")
    assert re.fullmatch(value, "httproute/ml/tumor/rule/1")
    assert not re.fullmatch(value, "httproute/ml/tumor-large/rule/0")
    with pytest.raises(ValueError, match="can't tell the versions"):
        found.matchers("tumor", "ml", 7)


def test_a_graph_is_the_service_of_its_own_name() -> None:
    found = measured("availability", runtime="graph", gateway_kind="gateway-api")
    assert destination(found, "triage").pattern == "triage"
    assert not found.per_version


def test_the_time_that_requests_spend_gives_the_number_in_flight() -> None:
    assert measured("latency", at="edge", gateway_kind="istio").sum == "istio_request_duration_milliseconds_sum"
    assert measured("requests").sum is None


def test_a_queue_shows_requests_in_flight_where_the_server_does_not() -> None:
    assert measured("in_flight", mode="knative", knative="1.19").gauges == ("kn_queueproxy_depth",)
    assert measured("in_flight", runtime="mlflow", mode="knative", knative="1.19").source == "mlserver"
    assert unmeasured("in_flight").help


def test_what_the_language_has_no_word_for_is_refused() -> None:
    with pytest.raises(KeyError):
        ask("throughput")
    with pytest.raises(KeyError):
        ask("latency", runtime="seldon")
