"""Training and batch scoring: failed, overdue, never seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.prometheus.watched import churn, watch

WEEKLY = 'retraining: {schedule: "0 4 * * 1"}'
BATCH = "{batch: {schedule: '0 2 * * *', input: s3://acme-ml/in/, output: s3://acme-ml/out/}}"


def test_a_failed_training_is_an_alert_where_training_happens(tmp_path: Path) -> None:
    assert "TrainingFailed" in watch(tmp_path, churn(), environment="staging").names
    assert "TrainingFailed" not in watch(tmp_path, churn(), environment="production").names


def test_a_training_is_watched_without_a_monitoring_section(tmp_path: Path) -> None:
    plain = churn("slos: {}").replace("monitoring:\n  slos: {}\n", "")
    assert watch(tmp_path, plain, environment="staging").names == ["TrainingFailed"]


@pytest.mark.parametrize(
    ("schedule", "late", "lookback"),
    [("0 4 * * 1", "8d", "14d"), ("0 4 * * *", "2d", "2d"), ("0 * * * *", "2h", "2h"), ("0 4 * * 1,4", "5d", "8d")],
)
def test_overdue_knows_the_longest_period_of_the_schedule(
    tmp_path: Path, schedule: str, late: str, lookback: str
) -> None:
    watched = watch(tmp_path, churn(more=f'retraining: {{schedule: "{schedule}"}}'), environment="staging")
    alert = watched.alert("TrainingOverdue")
    assert f"longer than {late};" in alert["annotations"]["description"]
    assert f"[{lookback}]" in alert["expr"]
    assert watched.alert("TrainingUnseen")["for"] == late


def test_without_a_schedule_nothing_is_overdue(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(more="retraining: {on: [drift]}"), environment="staging")
    assert not {"TrainingOverdue", "TrainingUnseen"} & set(watched.names)


def test_a_suspended_schedule_is_not_missed(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn(more=f"{WEEKLY}\nsuspend: true"), environment="staging")
    assert watched.names.count("TrainingFailed") == 1
    assert "TrainingOverdue" not in watched.names


def test_batch_scoring_is_watched_everywhere(tmp_path: Path) -> None:
    spec = churn("alerts: {}", serving=BATCH)
    assert {"BatchFailed", "BatchOverdue", "BatchUnseen"} <= set(watch(tmp_path, spec).names)
