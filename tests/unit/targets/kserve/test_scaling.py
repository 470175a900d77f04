"""What replicas follow, in KServe's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.targets.kserve.served import churn, lock, serve

CLASS = "serving.kserve.io/autoscalerClass"


def compiled(folder: Path, serving: str, hardware: str = "{default: small}") -> tuple[dict[str, str], Any]:
    served = serve(folder, churn(serving, hardware=hardware), lock())
    return served.get("InferenceService")["metadata"]["annotations"], served.predictor


@pytest.mark.parametrize("metric", ["cpu", "memory"])
def test_a_horizontal_autoscaler_follows_cpu_and_memory(tmp_path: Path, metric: str) -> None:
    annotations, predictor = compiled(tmp_path, f"{{replicas: {{min: 2, max: 6}}, scale_on: {{{metric}: 65%}}}}")
    assert annotations[CLASS] == "hpa"
    assert (predictor["scaleMetric"], predictor["scaleTarget"]) == (metric, 65)
    assert "autoScaling" not in predictor


def test_a_fixed_number_has_no_autoscaler(tmp_path: Path) -> None:
    annotations, predictor = compiled(tmp_path, "{replicas: {min: 3}}")
    assert annotations[CLASS] == "none"
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (3, 3)


def test_keda_asks_prometheus_and_gets_no_scale_metric(tmp_path: Path) -> None:
    query = 'sum(queue_length{namespace="ml"})'
    annotations, predictor = compiled(
        tmp_path, f"{{replicas: {{min: 0, max: 6}}, scale_on: {{query: '{query}', target: 2.5}}}}"
    )
    assert annotations[CLASS] == "keda"
    assert "scaleMetric" not in predictor, "the webhook refuses it with KEDA"
    assert predictor["autoScaling"]["metrics"] == [
        {
            "type": "External",
            "external": {
                "metric": {
                    "backend": "prometheus",
                    "serverAddress": "http://prometheus.monitoring.svc:9090",
                    "query": query,
                },
                "target": {"type": "Value", "value": "2.5"},
            },
        }
    ]
    assert predictor["minReplicas"] == 0


def test_requests_a_second_are_those_that_the_gateway_counts_for_this_service(tmp_path: Path) -> None:
    serving = "{replicas: {min: 1, max: 6}, scale_on: {rps: 20}, access: {expose: gateway}}"
    _, predictor = compiled(tmp_path, serving)
    external = predictor["autoScaling"]["metrics"][0]["external"]
    assert external["metric"]["query"].startswith("sum(rate(istio_requests_total{")
    assert 'destination_service_namespace="ml"' in external["metric"]["query"]
    assert "churn(-v[0-9]+(-[0-9a-f]+)?)?-predictor" in external["metric"]["query"]
    assert external["target"]["value"] == "20"


def test_concurrency_in_standard_mode_is_the_time_spent_in_requests(tmp_path: Path) -> None:
    serving = "{replicas: {min: 1, max: 6}, scale_on: {concurrency: 4}, access: {expose: gateway}}"
    _, predictor = compiled(tmp_path, serving)
    query = predictor["autoScaling"]["metrics"][0]["external"]["metric"]["query"]
    assert query.startswith("sum(rate(istio_request_duration_milliseconds_sum{")
    assert query.endswith(" * 0.001"), "milliseconds a second are thousandths of requests in flight"


def test_gpus_are_those_of_this_services_pods_and_of_no_others(tmp_path: Path) -> None:
    serving = "{replicas: {min: 1, max: 4}, scale_on: {gpu: 60%}}"
    _, predictor = compiled(tmp_path, serving, "{serving: gpu}")
    query = predictor["autoScaling"]["metrics"][0]["external"]["metric"]["query"]
    assert 'exported_pod=~"churn-(.+-)?predictor-.+"' in query
    assert 'exported_namespace="ml"' in query


@pytest.mark.parametrize("metric", ["concurrency", "rps"])
def test_knative_follows_requests_itself(tmp_path: Path, metric: str) -> None:
    serving = f"{{mode: knative, replicas: {{min: 0, max: 4}}, scale_on: {{{metric}: 8}}}}"
    annotations, predictor = compiled(tmp_path, serving)
    assert CLASS not in annotations
    assert (predictor["scaleMetric"], predictor["scaleTarget"], predictor["minReplicas"]) == (metric, 8, 0)


def test_knative_follows_cpu_through_its_class_for_horizontal_autoscalers(tmp_path: Path) -> None:
    annotations, predictor = compiled(tmp_path, "{mode: knative, replicas: {min: 1, max: 4}, scale_on: {cpu: 70%}}")
    assert annotations["autoscaling.knative.dev/class"] == "hpa.autoscaling.knative.dev"
    assert predictor["scaleMetric"] == "cpu"
