"""What models say of rows, and rows as arrays that models take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fairlead.steps.failures import StepFailure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Said:
    """What a model says of rows, in its own classes and order."""

    values: Any
    """The predicted labels or numbers, one for each row."""
    scores: Any | None = None
    """A column for each class, or one number for each row, which orders two classes."""
    probabilities: bool = False
    """Whether the scores are probabilities."""
    classes: tuple[Any, ...] | None = None
    """What the scores' columns stand for; None where the model doesn't say."""


class Model(Protocol):
    """A model that is loaded."""

    @property
    def features(self) -> tuple[str, ...] | None:
        """The columns that it reads, in order; None where it doesn't say."""
        ...

    def say(self, frame: pd.DataFrame) -> Said:
        """What it says of rows: a frame with its features alone, in order."""
        ...


def matrix(frame: pd.DataFrame) -> Any:
    """The rows as one array of numbers; a column of vectors or images takes a column for each of their numbers."""
    import numpy as np

    parts = []
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object and len(column) and not isinstance(column.iloc[0], str):
            try:
                parts.append(np.stack([_numbers(value) for value in column]).reshape(len(column), -1))
            except (ValueError, TypeError) as error:
                help_ = "every vector or image of a column has the same size, and none is missing"
                raise StepFailure(f"the column `{name}` can't be given to the model: {error}", help_) from error
        else:
            parts.append(column.to_numpy().reshape(-1, 1))
    if not parts:
        raise StepFailure("there is no column to give to the model", "declare the features under `columns`")
    return np.hstack(parts)


def _numbers(value: Any) -> Any:
    """A vector, or an image: nested lists, or the bytes of a file."""
    import io

    import numpy as np

    if isinstance(value, bytes):
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(value)), dtype=np.float32)
    return np.asarray([list(row) if hasattr(row, "__iter__") else row for row in value], dtype=np.float64)


def are_probabilities(scores: Any) -> bool:
    """Whether each row of scores is a share for each class."""
    import numpy as np

    return bool((scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-3))
