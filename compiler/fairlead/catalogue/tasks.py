"""The metrics that the built-in evaluator computes for each task, and what is known about each of them.

Names are scikit-learn's: those of `sklearn.metrics.get_scorer_names()` without the prefix `neg_`, so an error is an
error and less of it is better. `rmse`, `mae`, `mse` and `mape` stand for `root_mean_squared_error` and its kin, as
people write them. Ranking takes the names of the field (nDCG, MRR, recall at K), forecasting those of Hyndman and
Koehler, "Another look at measures of forecast accuracy" (2006).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Literal

Needs = Literal["labels", "probabilities", "scores", "values"]
Counts = Literal["rows", "positives", "queries"]


@dataclass(frozen=True, slots=True)
class MetricFact:
    """What is known about one metric of one task."""

    name: str
    greater_is_better: bool
    lower: float | None
    """The least value that it can take; None where there is none."""
    upper: float | None
    """The greatest value that it can take; None where there is none."""
    needs: Needs
    """What it reads beside the truth. labels: the predicted class. probabilities: calibrated, each row adding up to
    one. scores: anything that orders, probabilities included. values: the predicted number."""
    needs_positive: bool = False
    """Whether it asks which class is the positive one."""
    counts: Counts | None = "rows"
    """What a slice must have enough of for the metric to mean anything there. positives: rows of the positive class,
    of which a metric such as recall is a share, however many rows there are."""

    def allows(self, value: float) -> bool:
        """Whether the metric can take this value at all: a gate on another one always holds, or never."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)


def _share(name: str, needs: Needs = "labels", *, positive: bool = False) -> MetricFact:
    """A metric from 0 to 1 of which more is better."""
    return MetricFact(name, True, 0.0, 1.0, needs, positive, "positives" if positive else "rows")  # noqa: FBT003


def _agreement(name: str) -> MetricFact:
    """A metric from -1 to 1 that is 0 by chance."""
    return MetricFact(name, True, -1.0, 1.0, "labels")  # noqa: FBT003


def _error(name: str, upper: float | None = None) -> MetricFact:
    """An error of numbers: 0 is perfect."""
    return MetricFact(name, False, 0.0, upper, "values")  # noqa: FBT003


def _loss(name: str, upper: float | None, *, positive: bool) -> MetricFact:
    """A loss of probabilities: 0 is perfect."""
    return MetricFact(name, False, 0.0, upper, "probabilities", positive, "positives" if positive else "rows")  # noqa: FBT003


_BINARY = (
    _share("roc_auc", "scores", positive=True),
    _share("average_precision", "scores", positive=True),
    _share("recall", positive=True),
    _share("precision", positive=True),
    _share("f1", positive=True),
    _share("jaccard", positive=True),
    _share("accuracy"),
    replace(_share("balanced_accuracy"), counts="positives"),
    _agreement("matthews_corrcoef"),
    _agreement("cohen_kappa"),
    _loss("brier_score", 1.0, positive=True),
    _loss("log_loss", None, positive=True),
)
_MULTICLASS = (
    _share("accuracy"),
    _share("balanced_accuracy"),
    *(
        _share(f"{name}_{average}")
        for name in ("recall", "precision", "f1", "jaccard")
        for average in ("macro", "micro", "weighted")
    ),
    # One against the rest, and one against one, ask for probabilities that add up to one: `roc_auc_score` checks it.
    *(_share(f"roc_auc_{way}", "probabilities") for way in ("ovr", "ovo", "ovr_weighted", "ovo_weighted")),
    _agreement("matthews_corrcoef"),
    _agreement("cohen_kappa"),
    _loss("log_loss", None, positive=False),
)
_REGRESSION = (
    _error("rmse"),
    _error("mae"),
    _error("mse"),
    _error("mape"),
    _error("rmsle"),
    _error("median_absolute_error"),
    _error("max_error"),
    # The share of variance explained: at most 1, and without a floor, because a model can be worse than the mean.
    MetricFact("r2", True, None, 1.0, "values"),  # noqa: FBT003
    MetricFact("explained_variance", True, None, 1.0, "values"),  # noqa: FBT003
)
_FORECASTING = (
    _error("rmse"),
    _error("mae"),
    _error("mse"),
    _error("mape"),
    # mean(2 |y - f| / (|y| + |f|)), as a fraction: at most 2.
    _error("smape", 2.0),
    # The mean absolute error over that of the naive forecast on the training part: below 1 beats it.
    _error("mase"),
    # sum |y - f| / sum |y|: the mean error in units of the mean, defined where single values are zero.
    _error("wape"),
    MetricFact("r2", True, None, 1.0, "values"),  # noqa: FBT003
)


def _ranked(name: str) -> MetricFact:
    """A metric of ranked lists, from 0 to 1, averaged over queries."""
    return replace(_share(name, "scores"), counts="queries")


_RANKING = (_ranked("ndcg"), _ranked("mrr"), _ranked("map"))
_AT_K = re.compile(r"(?P<family>ndcg|recall|precision|mrr|map)_at_(?P<k>[1-9][0-9]{0,5})")

_METRICS: Mapping[str, tuple[MetricFact, ...]] = {
    "binary-classification": _BINARY,
    "multiclass-classification": _MULTICLASS,
    "regression": _REGRESSION,
    "forecasting": _FORECASTING,
    "ranking": _RANKING,
    # What is good text, or a good embedding, is the user's own question: their evaluator owns the names.
    "text-generation": (),
    "embedding": (),
    "custom": (),
}
_USUAL: Mapping[str, tuple[str, ...]] = {
    "binary-classification": ("roc_auc", "average_precision", "recall", "precision", "brier_score"),
    "multiclass-classification": ("accuracy", "balanced_accuracy", "f1_macro", "log_loss"),
    "regression": ("rmse", "mae", "r2"),
    "forecasting": ("rmse", "mae", "smape", "mase"),
    "ranking": ("ndcg", "mrr", "recall_at_10"),
    "text-generation": (),
    "embedding": (),
    "custom": (),
}
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "ranking": ("ndcg_at_K", "recall_at_K", "precision_at_K", "mrr_at_K", "map_at_K"),
}


@cache
def metrics_of(task: str) -> Mapping[str, MetricFact]:
    """The built-in metrics of a task by name, families such as `recall_at_K` left out.

    Raises KeyError for a task that the language does not have.
    """
    return MappingProxyType({fact.name: fact for fact in _METRICS[task]})


def families_of(task: str) -> tuple[str, ...]:
    """The families of a task's metrics, with `K` where a positive number goes; for messages and for documentation."""
    return _FAMILIES.get(task, ())


def find_metric(task: str, name: str) -> MetricFact | None:
    """The metric of this name, a member of a family included; None where nothing built in computes it."""
    fact = metrics_of(task).get(name)
    if fact is not None or task not in _FAMILIES:
        return fact
    return _ranked(name) if _AT_K.fullmatch(name) else None


def cutoff(name: str) -> tuple[str, int] | None:
    """The family and K of a name such as `recall_at_10`: ("recall", 10). None for any other name."""
    match = _AT_K.fullmatch(name)
    return (match["family"], int(match["k"])) if match else None


def usual_metrics(task: str) -> tuple[str, ...]:
    """What is computed where a specification names no metrics. Raises KeyError for an unknown task."""
    return _USUAL[task]
