from __future__ import annotations

from typing import get_args

import pytest

from fairlead.catalogue.tasks import MetricFact, cutoff, families_of, find_metric, metrics_of, usual_metrics
from fairlead.spec.model import Task

TASKS = get_args(Task)


def fact(task: str, name: str) -> MetricFact:
    found = find_metric(task, name)
    assert found is not None
    return found


@pytest.mark.parametrize("task", TASKS)
def test_every_task_of_the_language_is_known(task: str) -> None:
    assert all(name == found.name for name, found in metrics_of(task).items())
    assert all(family.endswith("_at_K") for family in families_of(task))


@pytest.mark.parametrize("task", TASKS)
def test_the_usual_metrics_are_ones_that_the_evaluator_computes(task: str) -> None:
    assert [name for name in usual_metrics(task) if find_metric(task, name) is None] == []


@pytest.mark.parametrize("task", ["text-generation", "embedding", "custom"])
def test_tasks_without_a_built_in_evaluator_have_no_metrics(task: str) -> None:
    assert not metrics_of(task)
    assert usual_metrics(task) == ()


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(KeyError):
        metrics_of("clustering")


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("binary-classification", "log_loss"),
        ("binary-classification", "brier_score"),
        ("regression", "rmse"),
        ("regression", "max_error"),
        ("forecasting", "mase"),
        ("forecasting", "smape"),
    ],
)
def test_of_an_error_less_is_better_and_zero_is_perfect(task: str, name: str) -> None:
    assert not fact(task, name).greater_is_better
    assert fact(task, name).lower == 0.0


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("binary-classification", "roc_auc"),
        ("multiclass-classification", "f1_macro"),
        ("regression", "r2"),
        ("ranking", "ndcg"),
    ],
)
def test_of_a_score_more_is_better_and_one_is_perfect(task: str, name: str) -> None:
    assert fact(task, name).greater_is_better
    assert fact(task, name).upper == 1.0


def test_r2_has_no_floor_and_matthews_correlation_reaches_minus_one() -> None:
    assert fact("regression", "r2").allows(-37.0)
    assert fact("binary-classification", "matthews_corrcoef").allows(-1.0)
    assert not fact("binary-classification", "matthews_corrcoef").allows(-1.1)


def test_a_value_that_a_metric_never_takes_is_told() -> None:
    assert not fact("binary-classification", "recall").allows(95.0)
    assert not fact("regression", "rmse").allows(-1.0)
    assert fact("regression", "rmse").allows(1e9)


def test_recall_counts_positives_and_accuracy_counts_rows() -> None:
    assert fact("binary-classification", "recall").counts == "positives"
    assert fact("binary-classification", "recall").needs_positive
    assert fact("binary-classification", "accuracy").counts == "rows"
    assert not fact("binary-classification", "accuracy").needs_positive


def test_no_metric_of_many_classes_asks_for_the_positive_one() -> None:
    assert [name for name, found in metrics_of("multiclass-classification").items() if found.needs_positive] == []


def test_the_plain_f1_is_no_metric_of_many_classes() -> None:
    assert find_metric("multiclass-classification", "f1") is None
    assert find_metric("multiclass-classification", "f1_weighted") is not None


@pytest.mark.parametrize("name", ["recall_at_10", "ndcg_at_5", "precision_at_1", "mrr_at_100", "map_at_3"])
def test_families_of_ranking_take_any_positive_number(name: str) -> None:
    assert fact("ranking", name).name == name
    assert fact("ranking", name).counts == "queries"


@pytest.mark.parametrize("name", ["recall_at_0", "recall_at_05", "recall_at_", "recall_at_K", "f1_at_3"])
def test_what_is_no_member_of_a_family_is_no_metric(name: str) -> None:
    assert find_metric("ranking", name) is None
    assert cutoff(name) is None


def test_a_family_belongs_to_its_task() -> None:
    assert find_metric("binary-classification", "recall_at_10") is None


def test_a_member_tells_its_family_and_number() -> None:
    assert cutoff("recall_at_10") == ("recall", 10)


def test_the_table_cannot_be_changed() -> None:
    table = metrics_of("regression")
    with pytest.raises(TypeError):
        table["rmse"] = fact("regression", "mae")  # type: ignore[index]
