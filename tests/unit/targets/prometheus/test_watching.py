"""Drift, quality, and measurements that have stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, churn, watch

OWN = 'pipeline="churn",workload_namespace="ml"'


def test_each_feature_has_an_alert_with_its_own_threshold(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(DRIFT))
    age, plan = watched.alerts("FeatureDrift")
    assert age["expr"] == (
        f'max(last_over_time(argo_workflows_fairlead_drift_score{{{OWN},feature="age",method="psi"}}[2h])) > 0.1'
    )
    assert plan["expr"].endswith('feature="plan",method="psi"}[2h])) > 0.2')
    assert (age["labels"]["feature"], plan["labels"]["feature"]) == ("age", "plan")
    assert age["for"] == "1h"


def test_the_prediction_has_an_alert_of_its_own_name(tmp_path: Path) -> None:
    assert 'feature="prediction"' in watch(tmp_path, churn(DRIFT)).alert("PredictionDrift")["expr"]
    assert "PredictionDrift" not in watch(tmp_path, churn("drift: {every: 1h}")).names


def test_drift_that_is_no_longer_measured_is_an_alert(tmp_path: Path) -> None:
    alert = watch(tmp_path, churn(DRIFT)).alert("DriftStale")
    late, missing = alert["expr"].split("\nor ")
    success = f'argo_workflows_fairlead_run_last_success_timestamp_seconds{{{OWN},purpose="drift"}}[2h]'
    assert late == f"time() - max(last_over_time({success})) > 7200"
    assert missing == f"max(absent_over_time({success}))"
    assert alert["for"] == "1h"


@pytest.mark.parametrize(
    ("expectation", "contrary"),
    [
        ("recall >= 0.85", "< 0.85"),
        ("recall > 0.85", "<= 0.85"),
        ("log_loss <= 0.4", "> 0.4"),
        ("log_loss < 0.4", ">= 0.4"),
    ],
)
def test_an_expectation_alerts_on_its_contrary(tmp_path: Path, expectation: str, contrary: str) -> None:
    alert = watch(tmp_path, churn(QUALITY.replace("recall >= 0.85", expectation))).alert("QualityBelowExpectation")
    metric = expectation.split(maxsplit=1)[0]
    assert alert["expr"] == (
        f'max(last_over_time(argo_workflows_fairlead_quality_metric{{{OWN},metric="{metric}"}}[2d])) {contrary}'
    )
    assert alert["labels"]["expectation"] == expectation


def test_two_bounds_on_one_metric_are_told_apart(tmp_path: Path) -> None:
    both = churn(QUALITY.replace("recall >= 0.85", "recall >= 0.85, recall < 0.999"))
    labels = [tuple(alert["labels"].items()) for alert in watch(tmp_path, both).alerts("QualityBelowExpectation")]
    assert len(set(labels)) == 2


def test_quality_that_is_no_longer_measured_is_an_alert(tmp_path: Path) -> None:
    assert watch(tmp_path, churn(QUALITY)).alert("QualityStale")["for"] == "1d"


def test_what_is_suspended_is_not_missed(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(f"{DRIFT}\n  {QUALITY}", more="suspend: true"))
    assert not {"DriftStale", "QualityStale", "FeatureDrift", "TrainingOverdue"} & set(watched.names)


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [("[drift, quality]", {"drift", "quality"}), ("[drift]", {"drift"}), ("[new-data]", set())],
)
def test_only_what_may_start_a_training_says_so(tmp_path: Path, triggers: str, expected: set[str]) -> None:
    watched = watch(tmp_path, churn(f"{DRIFT}\n  {QUALITY}", more=f"retraining: {{on: {triggers}}}"))
    assert {rule["labels"]["retrain"] for rule in watched.rules() if "retrain" in rule.get("labels", {})} == expected
    stale = [watched.alert(name)["labels"] for name in ("DriftStale", "QualityStale")]
    assert all("retrain" not in labels for labels in stale)
