"""The metrics of the catalogue, computed by scikit-learn where it has them.

A metric that means nothing on some rows is NaN there, and no gate lets a NaN pass: recall without a positive, an area
under a curve where all rows are of one class.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from fairlead.catalogue.tasks import find_metric
from fairlead.steps import forecasts, ranks
from fairlead.steps.failures import StepFailure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAN: Final = math.nan


@dataclass(frozen=True)
class Scored:
    """Rows with their truth and with what a model says of them."""

    task: str
    truth: NDArray[Any]
    """Labels as text for a classification, numbers otherwise."""
    said: NDArray[Any]
    """The predicted labels, as text, or numbers."""
    scores: NDArray[np.float64] | None = None
    """Of the positive class, for two classes, and of each class for more; None where the model gives none."""
    probabilities: bool = False
    """Whether the scores are probabilities."""
    classes: tuple[str, ...] = ()
    """The classes, in the order of the scores' columns."""
    positive: str | None = None
    """The positive class, for two."""
    queries: NDArray[Any] | None = None
    """The query that each row belongs to, where lists are ranked."""
    naive: float = NAN
    """The mean absolute error of the naive forecast on the training part."""

    def __len__(self) -> int:
        return len(self.truth)

    def of(self, rows: NDArray[Any]) -> Scored:
        """Some of the rows: by a mask, or by their positions, which may repeat."""
        return replace(
            self,
            truth=self.truth[rows],
            said=self.said[rows],
            scores=None if self.scores is None else self.scores[rows],
            queries=None if self.queries is None else self.queries[rows],
        )

    @property
    def support(self) -> int:
        """How many rows there are; queries, where lists are ranked."""
        return len(self) if self.queries is None else len(set(self.queries.tolist()))

    @property
    def positives(self) -> int | None:
        """How many rows are of the positive class, where there is one."""
        return None if self.positive is None else int((self.truth == self.positive).sum())


def measure(scored: Scored, names: Iterable[str]) -> dict[str, float]:
    """The metrics by name. NaN where one means nothing on these rows.

    Raises StepFailure for one that nothing built in computes, or that needs scores which the model doesn't give.
    """
    found = {}
    for name in names:
        _require(scored, name)
        found[name] = value_of(scored, name)
    return found


def _require(scored: Scored, name: str) -> None:
    fact = find_metric(scored.task, name)
    if fact is None:
        raise StepFailure(
            f"nothing built in computes `{name}` for {scored.task}",
            "write the evaluation as a `command` of your own under `model.evaluate`",
        )
    if scored.task == "ranking" or fact.needs in ("labels", "values"):
        return
    if scored.scores is None or (fact.needs == "probabilities" and not scored.probabilities):
        what = "probabilities" if fact.needs == "probabilities" else "scores or probabilities"
        raise StepFailure(
            f"`{name}` needs {what}, and the model gives none",
            "name other metrics under `model.evaluate.metrics`, or save a model with `predict_proba`",
        )


def value_of(scored: Scored, name: str) -> float:
    """One metric that is known to be computable; NaN where it means nothing on these rows."""
    if len(scored) == 0:
        return NAN
    with warnings.catch_warnings():
        # What scikit-learn warns of here is what NaN says: that a metric means nothing on these rows.
        warnings.simplefilter("ignore")
        if scored.task == "ranking":
            assert scored.queries is not None
            return ranks.measure(name, scored.truth, scored.said, scored.queries)
        compute = _COMPUTED[scored.task][name]
        try:
            return float(compute(scored))
        except ValueError:
            # Such as rmsle of a number below -1, or an area under a curve of one class.
            return NAN


def _sklearn() -> Any:
    from sklearn import metrics

    return metrics


def is_positive(scored: Scored) -> NDArray[Any]:
    """Which rows are of the positive class."""
    truth: NDArray[Any] = scored.truth == scored.positive
    return truth


def said_positive(scored: Scored) -> NDArray[Any]:
    """Which rows the model says to be of the positive class."""
    said: NDArray[Any] = scored.said == scored.positive
    return said


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator) / float(denominator) if denominator else NAN


def _recall(scored: Scored) -> float:
    return _ratio((is_positive(scored) & said_positive(scored)).sum(), is_positive(scored).sum())


def _precision(scored: Scored) -> float:
    return _ratio((is_positive(scored) & said_positive(scored)).sum(), said_positive(scored).sum())


def _f1(scored: Scored) -> float:
    both = (is_positive(scored) & said_positive(scored)).sum()
    return _ratio(2 * both, is_positive(scored).sum() + said_positive(scored).sum())


def _jaccard(scored: Scored) -> float:
    both = (is_positive(scored) & said_positive(scored)).sum()
    return _ratio(both, (is_positive(scored) | said_positive(scored)).sum())


def _one_class(scored: Scored) -> bool:
    return len(set(scored.truth.tolist())) < 2


def _two_sided(name: str) -> Callable[[Scored], float]:
    """A metric of two classes' scores, which needs rows of both."""
    return lambda scored: NAN if _one_class(scored) else getattr(_sklearn(), name)(is_positive(scored), scored.scores)


def _of_labels(name: str, **settings: Any) -> Callable[[Scored], float]:
    return lambda scored: getattr(_sklearn(), name)(scored.truth, scored.said, **settings)


def _balanced(scored: Scored) -> float:
    return NAN if _one_class(scored) else float(_sklearn().balanced_accuracy_score(scored.truth, scored.said))


def _brier(scored: Scored) -> float:
    assert scored.scores is not None
    return float(((scored.scores - is_positive(scored)) ** 2).mean())


def _binary_loss(scored: Scored) -> float:
    return float(_sklearn().log_loss(is_positive(scored), scored.scores, labels=[False, True]))


def _areas(way: str, average: str) -> Callable[[Scored], float]:
    def compute(scored: Scored) -> float:
        if set(scored.truth.tolist()) != set(scored.classes):
            return NAN
        positions = {name: position for position, name in enumerate(scored.classes)}
        truth = [positions[name] for name in scored.truth.tolist()]
        if len(scored.classes) == 2:
            assert scored.scores is not None
            return float(_sklearn().roc_auc_score(truth, scored.scores[:, 1], average=average))
        labels = list(range(len(scored.classes)))
        return float(_sklearn().roc_auc_score(truth, scored.scores, multi_class=way, average=average, labels=labels))

    return compute


def _loss(scored: Scored) -> float:
    """The cross-entropy: a class that the model doesn't know has the least probability that there is."""
    import numpy as np

    assert scored.scores is not None
    positions = {name: position for position, name in enumerate(scored.classes)}
    column = np.array([positions.get(name, -1) for name in scored.truth.tolist()])
    total = scored.scores.sum(axis=1)
    given = np.where(column >= 0, scored.scores[np.arange(len(column)), np.maximum(column, 0)] / total, 0.0)
    return float(-np.log(np.clip(given, np.finfo(np.float64).eps, 1.0)).mean())


def _averaged(family: str, name: str) -> dict[str, Callable[[Scored], float]]:
    return {
        f"{family}_{average}": _of_labels(name, average=average, zero_division=0.0)
        for average in ("macro", "micro", "weighted")
    }


def _of_numbers(name: str) -> Callable[[Scored], float]:
    return lambda scored: getattr(_sklearn(), name)(scored.truth, scored.said)


def _with_variance(name: str) -> Callable[[Scored], float]:
    """A share of variance, which one row does not have."""
    return lambda scored: NAN if len(scored) < 2 else getattr(_sklearn(), name)(scored.truth, scored.said)


_NUMBERS: Final[Mapping[str, Callable[[Scored], float]]] = {
    "rmse": _of_numbers("root_mean_squared_error"),
    "mae": _of_numbers("mean_absolute_error"),
    "mse": _of_numbers("mean_squared_error"),
    "mape": _of_numbers("mean_absolute_percentage_error"),
    "rmsle": _of_numbers("root_mean_squared_log_error"),
    "median_absolute_error": _of_numbers("median_absolute_error"),
    "max_error": _of_numbers("max_error"),
    "r2": _with_variance("r2_score"),
    "explained_variance": _with_variance("explained_variance_score"),
}
_COMPUTED: Final[Mapping[str, Mapping[str, Callable[[Scored], float]]]] = {
    "binary-classification": {
        "roc_auc": _two_sided("roc_auc_score"),
        "average_precision": _two_sided("average_precision_score"),
        "recall": _recall,
        "precision": _precision,
        "f1": _f1,
        "jaccard": _jaccard,
        "accuracy": _of_labels("accuracy_score"),
        "balanced_accuracy": _balanced,
        "matthews_corrcoef": _of_labels("matthews_corrcoef"),
        "cohen_kappa": _of_labels("cohen_kappa_score"),
        "brier_score": _brier,
        "log_loss": _binary_loss,
    },
    "multiclass-classification": {
        "accuracy": _of_labels("accuracy_score"),
        "balanced_accuracy": _balanced,
        **_averaged("recall", "recall_score"),
        **_averaged("precision", "precision_score"),
        **_averaged("f1", "f1_score"),
        **_averaged("jaccard", "jaccard_score"),
        "roc_auc_ovr": _areas("ovr", "macro"),
        "roc_auc_ovo": _areas("ovo", "macro"),
        "roc_auc_ovr_weighted": _areas("ovr", "weighted"),
        "roc_auc_ovo_weighted": _areas("ovo", "weighted"),
        "matthews_corrcoef": _of_labels("matthews_corrcoef"),
        "cohen_kappa": _of_labels("cohen_kappa_score"),
        "log_loss": _loss,
    },
    "regression": _NUMBERS,
    "forecasting": {
        **_NUMBERS,
        "smape": lambda scored: forecasts.smape(scored.truth, scored.said),
        "wape": lambda scored: forecasts.wape(scored.truth, scored.said),
        "mase": lambda scored: forecasts.mase(scored.truth, scored.said, scored.naive),
    },
    "ranking": {},
}
