"""Metrics are scikit-learn's where it has them; the others are held to formulas, and intervals to what they promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from fairlead.catalogue.tasks import metrics_of
from fairlead.steps import forecasts, ranks
from fairlead.steps.failures import StepFailure
from fairlead.steps.intervals import estimates
from fairlead.steps.metrics import Scored, measure


def two_classes(rows: int = 300, seed: int = 0) -> Scored:
    random = np.random.default_rng(seed)
    scores = random.random(rows)
    truth = np.where(random.random(rows) < scores, "yes", "no").astype(object)
    said = np.where(scores > 0.5, "yes", "no").astype(object)
    return Scored(
        "binary-classification", truth, said, scores, probabilities=True, classes=("no", "yes"), positive="yes"
    )


def three_classes(rows: int = 300, seed: int = 0) -> Scored:
    random = np.random.default_rng(seed)
    scores = random.dirichlet([1, 1, 1], rows)
    classes = ("a", "b", "c")
    truth = np.array([random.choice(classes, p=row) for row in scores], dtype=object)
    said = np.array([classes[index] for index in scores.argmax(axis=1)], dtype=object)
    return Scored("multiclass-classification", truth, said, scores, probabilities=True, classes=classes)


def numbers(task: str = "regression", rows: int = 300) -> Scored:
    random = np.random.default_rng(1)
    truth = random.gamma(2.0, 3.0, rows)
    return Scored(task, truth, (truth + random.normal(scale=0.4, size=rows)).clip(0), naive=2.0)


def lists() -> Scored:
    relevance = np.array([0.0, 2.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    scores = np.array([0.9, 0.8, 0.1, 0.2, 0.6, 0.5, 0.7, 0.4])
    return Scored("ranking", relevance, scores, queries=np.array(["a", "a", "a", "b", "b", "b", "b", "c"]))


@pytest.mark.parametrize(
    "scored", [two_classes(), three_classes(), numbers(), numbers("forecasting")], ids=lambda each: each.task
)
def test_every_metric_of_the_catalogue_is_computed_and_within_its_range(scored: Scored) -> None:
    facts = metrics_of(scored.task)
    found = measure(scored, facts)
    assert list(found) == list(facts)
    assert [name for name, value in found.items() if not facts[name].allows(value)] == []


@pytest.mark.parametrize(
    ("scored", "names"),
    [(two_classes(), ["roc_auc", "recall"]), (three_classes(), ["accuracy", "log_loss"]), (numbers(), ["rmse", "r2"])],
    ids=lambda each: each.task if isinstance(each, Scored) else "",
)
def test_a_value_lies_in_its_interval(scored: Scored, names: list[str]) -> None:
    for estimate in estimates(scored, names).values():
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < estimate.value < estimate.high


def test_two_classes_are_measured_as_scikit_learn_does() -> None:
    scored = two_classes()
    truth, said, scores = scored.truth == "yes", scored.said == "yes", scored.scores
    expected = {
        "roc_auc": reference.roc_auc_score(truth, scores),
        "average_precision": reference.average_precision_score(truth, scores),
        "recall": reference.recall_score(truth, said),
        "precision": reference.precision_score(truth, said),
        "f1": reference.f1_score(truth, said),
        "jaccard": reference.jaccard_score(truth, said),
        "accuracy": reference.accuracy_score(truth, said),
        "balanced_accuracy": reference.balanced_accuracy_score(truth, said),
        "matthews_corrcoef": reference.matthews_corrcoef(truth, said),
        "cohen_kappa": reference.cohen_kappa_score(truth, said),
        "brier_score": reference.brier_score_loss(truth, scores),
        "log_loss": reference.log_loss(truth, scores),
    }
    assert measure(scored, expected) == pytest.approx(expected)


def test_more_classes_are_measured_as_scikit_learn_does() -> None:
    scored = three_classes()
    expected = {
        "f1_macro": reference.f1_score(scored.truth, scored.said, average="macro"),
        "recall_weighted": reference.recall_score(scored.truth, scored.said, average="weighted"),
        "roc_auc_ovr": reference.roc_auc_score(scored.truth, scored.scores, multi_class="ovr"),
        "roc_auc_ovo_weighted": reference.roc_auc_score(
            scored.truth, scored.scores, multi_class="ovo", average="weighted"
        ),
        "log_loss": reference.log_loss(scored.truth, scored.scores, labels=["a", "b", "c"]),
    }
    assert measure(scored, expected) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # The second item of `a` is most relevant, and the first of `b` that is stands third; `c` has nothing relevant.
        ("mrr", (1 / 2 + 1 / 3) / 2),
        ("mrr_at_2", (1 / 2 + 0) / 2),
        ("recall_at_2", (1 / 2 + 0) / 2),
        ("recall_at_3", (2 / 2 + 1 / 1) / 2),
        ("precision_at_3", (2 / 3 + 1 / 3) / 2),
        ("map", ((1 / 2 + 2 / 3) / 2 + 1 / 3) / 2),
        (
            "ndcg",
            (
                (2 / math.log2(3) + 1 / math.log2(4)) / (2 / math.log2(2) + 1 / math.log2(3))
                + (1 / math.log2(4)) / (1 / math.log2(2))
            )
            / 2,
        ),
    ],
)
def test_lists_are_judged_query_by_query(name: str, value: float) -> None:
    assert measure(lists(), [name])[name] == pytest.approx(value)


def test_a_rankings_support_is_its_queries_and_its_interval_is_over_them() -> None:
    assert lists().support == 3
    estimate = estimates(lists(), ["mrr"])["mrr"]
    assert (estimate.low, estimate.high) == pytest.approx((1 / 3, 1 / 2))
    assert math.isnan(ranks.measure("ndcg", np.zeros(2), np.ones(2), np.array(["a", "a"])))


def test_forecasts_are_measured_by_their_formulas() -> None:
    truth, said = np.array([0.0, 2.0, 4.0]), np.array([0.0, 1.0, 6.0])
    assert forecasts.smape(truth, said) == pytest.approx((0 + 2 / 3 + 4 / 10) / 3)
    assert forecasts.wape(truth, said) == pytest.approx(3 / 6)
    assert forecasts.mase(truth, said, 2.0) == pytest.approx(0.5)
    assert math.isnan(forecasts.mase(truth, said, 0.0))
    assert math.isnan(forecasts.wape(np.zeros(2), np.ones(2)))


def test_the_naive_forecast_stays_within_its_series_and_in_the_order_of_time() -> None:
    training = pd.DataFrame({"at": [2, 1, 1, 2], "station": ["x", "x", "y", "y"], "load": [4.0, 1.0, 100.0, 101.0]})
    assert forecasts.naive_error(training, "load", "at", ["station"]) == pytest.approx((3 + 1) / 2)
    assert forecasts.naive_error(training.iloc[:2], "load", "at", []) == pytest.approx(3.0)
    assert math.isnan(forecasts.naive_error(training.iloc[:1], "load", None, []))


def test_what_means_nothing_on_some_rows_is_nan() -> None:
    scored = two_classes()
    negatives = scored.of(scored.truth == "no")
    names = ["roc_auc", "recall", "balanced_accuracy", "accuracy", "brier_score"]
    found = estimates(negatives, names)
    assert [name for name in names if math.isnan(found[name].value)] == ["roc_auc", "recall", "balanced_accuracy"]
    assert all(math.isnan(value) for value in measure(scored.of(scored.truth == "nobody"), names).values())
    assert math.isnan(measure(numbers().of(np.array([0])), ["r2"])["r2"])
    assert math.isnan(measure(Scored("regression", np.array([1.0]), np.array([-5.0])), ["rmsle"])["rmsle"])
    few = three_classes().of(three_classes().truth != "c")
    assert math.isnan(measure(few, ["roc_auc_ovr"])["roc_auc_ovr"])


def test_intervals_are_the_same_each_time_and_narrow_with_more_rows() -> None:
    names = ["recall", "brier_score"]
    assert estimates(two_classes(), names) == estimates(two_classes(), names)
    few, many = estimates(two_classes(100), names), estimates(two_classes(3000), names)
    for name in names:
        assert _width(many[name]) < _width(few[name]) / 3


def _width(estimate: Any) -> float:
    return float(estimate.high - estimate.low)


def test_wilsons_interval_is_that_of_the_books() -> None:
    # 8 of 10: Wilson's 95 % interval is 0.490 to 0.943 (Brown, Cai and DasGupta 2001).
    truth = np.array(["yes"] * 10, dtype=object)
    said = np.array(["yes"] * 8 + ["no"] * 2, dtype=object)
    estimate = estimates(Scored("binary-classification", truth, said, positive="yes"), ["recall"])["recall"]
    assert (estimate.low, estimate.high) == pytest.approx((0.490, 0.943), abs=0.001)


def test_an_interval_holds_the_true_value_about_as_often_as_it_says() -> None:
    # Where the score is the chance of a positive, the expected Brier score is the mean of p (1 - p): 1/6.
    hits = 0
    for seed in range(40):
        estimate = estimates(two_classes(200, seed), ["brier_score"])["brier_score"]
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= 1 / 6 <= estimate.high
    assert 33 <= hits <= 40


def test_scores_that_the_model_does_not_give_are_asked_for_clearly() -> None:
    plain = Scored("binary-classification", np.array(["a"]), np.array(["a"]), positive="a")
    with pytest.raises(StepFailure, match="`roc_auc` needs scores or probabilities"):
        measure(plain, ["roc_auc"])
    with pytest.raises(StepFailure, match="nothing built in computes `rmse` for binary-classification"):
        measure(plain, ["rmse"])
