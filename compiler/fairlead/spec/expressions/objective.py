"""What a search for parameters optimises."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.expressions.reader import Reader
from fairlead.spec.expressions.tokens import NOWHERE, Span
from fairlead.spec.units.base import Unit, UnitError

NO_DIRECTION = Code(
    "FL1310",
    "an objective without a direction",
    """
    An objective is `maximize` or `minimize` and one metric. The direction is written out, because a search that runs
    the wrong way ends without any error, and with the worst model that it found.

    ```yaml
    tune:
      objective: roc_auc            # FL1310
    ```

    Mended:

    ```yaml
    tune:
      objective: maximize roc_auc
    ```
    """,
)


class Direction(StrEnum):
    """Which way is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


_MEANT = {"maximise": "maximize", "max": "maximize", "minimise": "minimize", "min": "minimize"}


@dataclass(frozen=True, slots=True)
class Objective(Unit):
    """What a search optimises: maximize roc_auc, or minimize rmse."""

    direction: Direction
    metric: str
    metric_span: Span = field(default=NOWHERE, compare=False, repr=False)

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^\s*(maximize|minimize)\s+[A-Za-z_][A-Za-z0-9_]*\s*$",
        "examples": ["maximize roc_auc", "minimize rmse"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The objective that `text` stands for. Raises UnitError for FL1300, FL1301 and FL1310."""
        reader = Reader(text, "maximize roc_auc")
        first = reader.word("maximize or minimize")
        if first.text not in set(Direction):
            meant = _MEANT.get(first.text.lower()) or nearest_word(first.text, list(Direction))
            message = f"`{first.text}` does not say which way is better"
            raise UnitError(NO_DIRECTION, message, "write maximize or minimize, and a metric", *first.span, meant)
        metric = reader.word("a metric")
        reader.end()
        return cls(Direction(first.text), metric.text, metric.span)

    def __str__(self) -> str:
        return f"{self.direction} {self.metric}"
