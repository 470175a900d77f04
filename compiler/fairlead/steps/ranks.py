"""The metrics of ranked lists, each a mean over queries.

A row is an item that was ranked for a query: its truth is how relevant it is, and its score orders the list. Items with
equal scores stand in their order in the data, except for nDCG, which scikit-learn averages over the orders of ties.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fairlead.catalogue.tasks import cutoff

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measure(name: str, relevance: NDArray[Any], scores: NDArray[Any], queries: NDArray[Any]) -> float:
    """The mean of a metric over the queries that it means something for; NaN where there are none."""
    values = [value for value in by_query(name, relevance, scores, queries) if math.isfinite(value)]
    return sum(values) / len(values) if values else math.nan


def by_query(name: str, relevance: NDArray[Any], scores: NDArray[Any], queries: NDArray[Any]) -> Iterator[float]:
    """A metric of every query, in the order in which they come; NaN for one without a relevant item."""
    import numpy as np

    family, k = cutoff(name) or (name, None)
    _, first, group = np.unique(queries, return_index=True, return_inverse=True)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(group))[:-1]) if len(first) else []:
        yield _of_query(family, k, relevance[rows].astype(float), scores[rows].astype(float))


def _of_query(family: str, k: int | None, relevance: NDArray[Any], scores: NDArray[Any]) -> float:
    import numpy as np

    if not (relevance > 0).any():
        return math.nan
    if family == "ndcg":
        return _ndcg(relevance, scores, k)
    ranked = relevance[np.argsort(-scores, kind="stable")] > 0
    top = ranked[:k]
    hits = int(top.sum())
    if family == "recall":
        return hits / int(ranked.sum())
    if family == "precision":
        return hits / (k or len(ranked))
    if family == "mrr":
        return 1 / (int(np.argmax(top)) + 1) if hits else 0.0
    # Average precision: the precision at each relevant item, over as many as could be found.
    at_hits = np.cumsum(top)[top] / (np.flatnonzero(top) + 1)
    return float(at_hits.sum()) / min(int(ranked.sum()), k or len(ranked))


def _ndcg(relevance: NDArray[Any], scores: NDArray[Any], k: int | None) -> float:
    from sklearn.metrics import ndcg_score

    if len(relevance) == 1:
        return 1.0
    return float(ndcg_score([relevance], [scores], k=k))
