"""The metrics of forecasts that scikit-learn does not have (Hyndman and Koehler 2006)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def smape(truth: NDArray[Any], said: NDArray[Any]) -> float:
    """mean(2 |y - f| / (|y| + |f|)), from 0 to 2; where both are 0 there is no error."""
    import numpy as np

    size = np.abs(truth) + np.abs(said)
    error = 2 * np.abs(truth - said)
    return float(np.divide(error, size, out=np.zeros_like(error, dtype=float), where=size > 0).mean())


def wape(truth: NDArray[Any], said: NDArray[Any]) -> float:
    """sum |y - f| / sum |y|; NaN where all truth is 0."""
    import numpy as np

    size = float(np.abs(truth).sum())
    return float(np.abs(truth - said).sum()) / size if size else math.nan


def mase(truth: NDArray[Any], said: NDArray[Any], naive: float) -> float:
    """The mean absolute error over the naive forecast's on the training part; NaN where that is not known, or 0."""
    import numpy as np

    return float(np.abs(truth - said).mean()) / naive if naive > 0 else math.nan


def naive_error(training: pd.DataFrame, label: str, time: str | None, series: list[str]) -> float:
    """The mean absolute error of the forecast that says of each value the one before it, within each series.

    Rows are ordered by `time`, or stand in order where there is no such column. `series` names the columns that tell
    series apart; without any there is one. NaN where no series has two values.
    """
    import pandas as pd

    ordered = training.sort_values(time, kind="stable") if time is not None else training
    values = pd.to_numeric(ordered[label], errors="coerce")
    steps = values.groupby([ordered[name] for name in series]).diff() if series else values.diff()
    return float(steps.abs().mean())
