"""Objectives: what is recorded, and what alerts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.targets.prometheus.watched import churn, llm, lock, project, version, watch

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


def test_every_window_is_recorded(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn())
    for window in WINDOWS:
        assert watched.record(f"pipeline:availability_requests:rate{window}")["expr"] == (
            'sum(rate(istio_requests_total{destination_service_namespace="ml",destination_service_name=~'
            f'"churn(-v[0-9]+(-[0-9a-f]+)?)?-predictor",reporter="destination"}}[{window}]))'
        )
        own = '{namespace="ml",pipeline="churn",environment="production"}'
        assert watched.record(f"pipeline:availability_failures:ratio_rate{window}")["expr"] == (
            f"pipeline:availability_failures:rate{window}{own} / (pipeline:availability_requests:rate{window}{own} > 0)"
        )


def test_a_counter_of_errors_that_does_not_exist_yet_counts_as_none(tmp_path: Path) -> None:
    expression = watch(tmp_path, churn()).record("pipeline:availability_failures:rate5m")["expr"]
    errors, none = expression.split("\nor ")
    assert 'response_code=~"5.."' in errors
    assert none == (
        'sum(pipeline:availability_requests:rate5m{namespace="ml",pipeline="churn",environment="production"}) * 0'
    )


def test_the_window_of_the_objective_is_built_from_the_five_minute_records(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {window: 28d, availability: 99.9%}"))
    own = '{namespace="ml",pipeline="churn",environment="production"}[28d]'
    assert watched.record("pipeline:availability_failures:ratio28d")["expr"] == (
        f"sum_over_time(pipeline:availability_failures:rate5m{own})"
        f" / (sum_over_time(pipeline:availability_requests:rate5m{own}) > 0)"
    )
    assert watched.record("pipeline:availability_error_budget:remaining")["expr"] == (
        '1 - pipeline:availability_failures:ratio28d{namespace="ml",pipeline="churn",environment="production"} / 0.001'
    )


def test_windows_longer_than_the_objectives_own_are_not_recorded(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {window: 2d, availability: 99.9%}"))
    assert not [rule for rule in watched.rules() if "3d" in rule.get("record", "")]


def test_both_windows_must_burn_and_enough_requests_fail(tmp_path: Path) -> None:
    page, _ = watch(tmp_path, churn()).alerts("AvailabilityBudgetBurn")
    first, second = page["expr"].split("\nor ")
    own = '{namespace="ml",pipeline="churn",environment="production"}'
    assert first == (
        f"pipeline:availability_failures:ratio_rate5m{own} > 0.0144"
        f" and pipeline:availability_failures:ratio_rate1h{own} > 0.0144"
        f" and pipeline:availability_failures:rate1h{own} * 3600 >= 5"
    )
    assert re.findall(r"rate([0-9a-z]+)\{", second) == ["30m", "6h", "6h"]


def test_the_guard_against_low_traffic_can_be_turned_off(tmp_path: Path) -> None:
    page, _ = watch(tmp_path, churn(), low_traffic=0).alerts("AvailabilityBudgetBurn")
    assert "3600" not in page["expr"]


def test_a_latency_asks_for_its_bucket_as_prometheus_two_and_three_keep_it(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {latency: {objective: 99%, below: 1s, at: edge}}"))
    assert 'le=~"1000|1000[.]0"' in watched.record("pipeline:latency_failures:rate5m")["expr"]
    watched = watch(tmp_path, churn("slos: {latency: {objective: 99%, below: 250ms, at: server}}"))
    assert watched.record("pipeline:latency_failures:rate5m")["expr"] == (
        'sum(pipeline:latency_requests:rate5m{namespace="ml",pipeline="churn",environment="production"})'
        ' - sum(rate(request_predict_seconds_bucket{namespace="ml",inference_service="churn",le="0.25"}[5m]))'
    )


def test_a_bound_between_two_buckets_is_an_error_that_names_them(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {latency: {objective: 99%, below: 300ms, at: server}}"))
    (finding,) = watched.compiled.diagnostics
    assert finding.code.id == "FL4301"
    assert "300ms is no bucket boundary of request_predict_seconds_bucket" in finding.message
    assert finding.help == "write 250ms or 500ms"
    assert finding.place.line > 1


def test_an_objective_that_nothing_measures_is_an_error(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(), fairlead=project(gateway="{kind: none}"))
    assert [code for code, _ in watched.said] == ["FL4301"]
    assert "rules/slo.yaml" not in watched.files


def test_tokens_of_a_language_model(tmp_path: Path) -> None:
    slos = "{time_to_first_token: {objective: 95%, below: 500ms}, inter_token_latency: {objective: 99%, below: 50ms}}"
    watched = watch(tmp_path, llm(slos))
    assert {"TimeToFirstTokenBudgetBurn", "InterTokenLatencyBudgetBurn"} <= set(watched.names)
    assert (
        "vllm:time_to_first_token_seconds_bucket"
        in watched.record("pipeline:time_to_first_token_failures:rate5m")["expr"]
    )
    _, ticket = watched.alerts("InterTokenLatencyBudgetBurn")
    assert "of tokens break it" in ticket["annotations"]["description"]


@pytest.mark.parametrize(("replicas", "found"), [("{min: 0, max: 3}", 0), ("{min: 1, max: 3}", 1)])
def test_absence_is_no_alert_where_a_service_may_scale_to_zero(tmp_path: Path, replicas: str, found: int) -> None:
    spec = churn(serving=f"{{mode: knative, replicas: {replicas}, scale_on: {{concurrency: 8}}}}")
    assert len(watch(tmp_path, spec).alerts("ObjectiveUnmeasured")) == found


def test_versions_are_recorded_while_a_canary_runs(tmp_path: Path) -> None:
    rollout = f"{{canary: {version(8)}, weight: 10%}}"
    watched = watch(tmp_path, churn(), lock(rollout=rollout))
    rules = [rule for rule in watched.rules() if rule.get("record", "").startswith("version:")]
    tracks = {(rule["labels"]["track"], rule["labels"]["model_version"]) for rule in rules}
    assert tracks == {("stable", "7"), ("candidate", "8")}
    assert {rule["record"] for rule in rules if "ratio" in rule["record"]} == {
        f"version:availability_failures:ratio_rate{window}" for window in ("5m", "30m", "1h")
    }
    requests = [rule["expr"] for rule in rules if rule["record"] == "version:availability_requests:rate5m"]
    assert "churn-v7(" in requests[0]
    assert "churn-v8(" in requests[1]


def test_versions_are_not_recorded_otherwise(tmp_path: Path) -> None:
    assert not [rule for rule in watch(tmp_path, churn()).rules() if rule.get("record", "").startswith("version:")]


def test_a_gateway_that_mixes_versions_records_none(tmp_path: Path) -> None:
    rollout = f"{{canary: {version(8)}, weight: 10%}}"
    envoy = project(gateway="{kind: gateway-api, controller: envoy-gateway, ref: gateways/ml}")
    watched = watch(tmp_path, churn(serving="{access: {expose: gateway}}"), lock(rollout=rollout), envoy)
    assert watched.alerts("AvailabilityBudgetBurn")
    assert not [rule for rule in watched.rules() if rule.get("record", "").startswith("version:")]
