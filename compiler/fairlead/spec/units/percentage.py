"""Shares of a hundred."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import Unit, UnitError, decimal_text

MALFORMED = Code(
    "FL1220",
    "not a percentage",
    """
    A percentage is a number with its sign: `10%`, `99.9%`. A bare number is refused, since `0.7` could be 0.7 % or 70
    %, and an objective that is off by a factor of a hundred pages all night or never.

    ```yaml
    monitoring:
      slos: {availability: 0.999}       # FL1220
    ```

    Mended:

    ```yaml
    monitoring:
      slos: {availability: 99.9%}
    ```
    """,
)
OUT_OF_RANGE = Code(
    "FL1221",
    "a percentage outside 0 to 100",
    """
    Where Fairlead takes a percentage it means a share of a whole, which is never less than nothing nor more than all.

    ```yaml
    serving:
      rollout: {canary: [10%, 150%]}    # FL1221
    ```

    Mended:

    ```yaml
    serving:
      rollout: {canary: [10%, 50%]}
    ```
    """,
)

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST_TEXT: Final = 24


@dataclass(frozen=True, slots=True, order=True)
class Percentage(Unit):
    """A share of a whole, from 0% to 100%, with its sign: 10%, 99.9%."""

    percent: Decimal

    numbers: ClassVar[bool] = True
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^[0-9]+(\.[0-9]+)?%$",
        "examples": ["10%", "99.9%"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The share that `text` stands for. Raises UnitError for FL1220 and FL1221."""
        number = text.removesuffix("%").removeprefix("-")
        if not _NUMBER.fullmatch(number) or len(text) > _LONGEST_TEXT:
            raise UnitError(MALFORMED, f"`{text[:40]}` is not a percentage", "write it as 10% or 99.9%")
        if not text.endswith("%"):
            raise _bare(text, Decimal(text))
        if text.startswith("-") or Decimal(number) > 100:
            raise UnitError(OUT_OF_RANGE, f"`{text}` is not between 0% and 100%", "write a share of a whole, as 10%")
        return cls(Decimal(number))

    @property
    def fraction(self) -> Decimal:
        """The share as a number from 0 to 1, exact: 99.9% is 0.999."""
        return self.percent.scaleb(-2).normalize()

    def __str__(self) -> str:
        return f"{decimal_text(self.percent)}%"


def _bare(text: str, number: Decimal) -> UnitError:
    """A number without its sign; one below 1 may have been meant as a fraction, so both readings are given."""
    as_fraction = f"{decimal_text(number * 100)}%"
    if 0 < number < 1:
        help_ = f"write {as_fraction}, or {text}% for less than one in a hundred"
        return UnitError(MALFORMED, f"`{text}` has no percent sign", help_, nearest=as_fraction)
    nearest = f"{text}%" if 0 <= number <= 100 else None
    return UnitError(MALFORMED, f"`{text}` has no percent sign", f"write {nearest or '10%'}", nearest=nearest)
