"""Saturation, and servers that cost and that nobody calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.prometheus.watched import SLOS, churn, llm, watch

RANGE = "{replicas: {min: 1, max: 4}}"


def test_an_autoscaler_at_its_maximum(tmp_path: Path) -> None:
    alert = watch(tmp_path, churn(serving=RANGE)).alert("AutoscalerAtMaximum")
    assert "All 4 replicas" in alert["annotations"]["description"]
    assert alert["expr"].count('namespace="ml"') == 2


@pytest.mark.parametrize(
    "serving",
    ["{replicas: {min: 2, max: 2}}", "{mode: knative, replicas: {min: 1, max: 4}, scale_on: {concurrency: 8}}"],
)
def test_no_autoscaler_no_alert(tmp_path: Path, serving: str) -> None:
    assert "AutoscalerAtMaximum" not in watch(tmp_path, churn(serving=serving)).names


def test_cpu_is_watched_where_it_does_the_work(tmp_path: Path) -> None:
    assert "CpuThrottled" in watch(tmp_path, churn()).names
    assert "CpuThrottled" not in watch(tmp_path, churn(hardware="gpu")).names


def test_a_language_models_engine_says_when_it_is_full(tmp_path: Path) -> None:
    watched = watch(tmp_path, llm("{availability: 99%}"))
    own = '{namespace="ml",inference_service="assistant"}'
    assert watched.alert("RequestsWaiting")["expr"] == f"min(min_over_time(vllm:num_requests_waiting{own}[5m])) > 0"
    assert watched.alert("CacheFull")["expr"] == f"max(avg_over_time(vllm:kv_cache_usage_perc{own}[5m])) > 0.95"


@pytest.mark.parametrize(("hardware", "found"), [("free", 0), ("priced", 1), ("gpu", 1)])
def test_idleness_matters_where_it_costs(tmp_path: Path, hardware: str, found: int) -> None:
    assert len(watch(tmp_path, churn(hardware=hardware)).alerts("ServerIdle")) == found


def test_what_scales_to_zero_is_never_idle(tmp_path: Path) -> None:
    serving = "{mode: knative, replicas: {min: 0, max: 4}, scale_on: {concurrency: 8}}"
    assert "ServerIdle" not in watch(tmp_path, churn(serving=serving, hardware="gpu")).names


def test_the_price_and_the_patience_are_said(tmp_path: Path) -> None:
    alert = watch(tmp_path, churn(hardware="priced"), idle="3d").alert("ServerIdle")
    assert alert["for"] == "3d"
    assert "each at 0.09/h" in alert["annotations"]["description"]


def test_a_server_that_nobody_asked_to_watch_has_no_alerts(tmp_path: Path) -> None:
    unwatched = churn(hardware="gpu").replace(f"monitoring:\n  {SLOS}\n", "")
    assert watch(tmp_path, unwatched).compiled.files == []
