"""Drift, quality, and measurements that have stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, churn, watch

OWN = 'pipeline="churn",workload_namespace="ml"'


def with_features(count: int) -> str:
    """A specification with so many features more, which all have the default threshold."""
    more = "".join(f"        f{number}: {{type: float}}\n" for number in range(count))
    return churn(DRIFT).replace("        left:", f"{more}        left:", 1)


def test_a_feature_with_its_own_threshold_has_a_rule_of_its_own(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(DRIFT))
    age, plan = watched.alerts("FeatureDrift")
    assert age["expr"] == (
        "max by (feature) (last_over_time(argo_workflows_fairlead_drift_score"
        f'{{{OWN},method="psi",feature="age"}}[2h])) > 0.1'
    )
    assert plan["expr"].endswith('feature="plan"}[2h])) > 0.2')
    assert age["for"] == "1h"


def test_features_with_one_threshold_share_a_rule_that_says_which_of_them_has_drifted(tmp_path: Path) -> None:
    _, rest = watch(tmp_path, with_features(3)).alerts("FeatureDrift")
    assert 'method="psi",feature=~"f0|f1|f2|plan"}[2h])) > 0.2' in rest["expr"]
    assert rest["expr"].startswith("max by (feature) (")
    assert "feature" not in rest["labels"]
    assert rest["annotations"]["summary"] == "churn in production: the feature {{ $labels.feature }} has drifted"


def test_the_tests_of_a_wide_table_are_as_many_as_those_of_a_narrow_one(tmp_path: Path) -> None:
    narrow, wide = (
        [case for path, content in watch(tmp_path / str(count), with_features(count)).files.items()
         if path.startswith("tests/drift") for case in content["tests"]]
        for count in (1, 60)
    )  # fmt: skip
    assert len(narrow) == len(wide)
    firing = [
        alert["exp_labels"]["feature"]
        for case in wide
        for check in case["alert_rule_test"]
        if check["alertname"] == "FeatureDrift"
        for alert in check["exp_alerts"]
    ]
    assert sorted(firing) == sorted(["age", "plan", *(f"f{number}" for number in range(60))])


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
