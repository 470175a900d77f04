"""Prices and budgets, in whatever currency the owner counts in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import Unit, UnitError, decimal_text

MALFORMED = Code(
    "FL1225",
    "not an amount of money",
    """
    An amount of money is a plain number, as `12.50`. It carries no currency: all amounts of a project are in the one
    that its owner counts in, and Fairlead only adds and compares them.

    ```yaml
    max_cost_per_run: $12.50        # FL1225
    ```

    Mended:

    ```yaml
    max_cost_per_run: 12.50
    ```
    """,
)
MALFORMED_PRICE = Code(
    "FL1226",
    "not a price per hour",
    """
    A price of hardware is an amount with `/h` behind it: `0.09/h`. The unit is part of it, because clouds list prices
    by the second, the hour and the month, and a bare number doesn't say which was copied.

    ```yaml
    hardware:
      cpu-small: {cpu: 2, memory: 4Gi, price: 0.09}     # FL1226
    ```

    Mended:

    ```yaml
    hardware:
      cpu-small: {cpu: 2, memory: 4Gi, price: 0.09/h}
    ```
    """,
)

# Twelve digits before the point and nine behind it: sums and products stay exact within decimal's 28 digits.
_AMOUNT: Final = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_NUMBER = re.compile(_AMOUNT)


@dataclass(frozen=True, slots=True, order=True)
class Money(Unit):
    """An amount of money without a currency: 12.50. All amounts of a project are in one currency."""

    amount: Decimal

    numbers: ClassVar[bool] = True
    json_schema: ClassVar[dict[str, Any]] = {
        "type": ["string", "number"],
        "pattern": f"^{_AMOUNT}$".replace("?:", ""),
        "minimum": 0,
        "examples": [12.5, "12.50"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The amount that `text` stands for. Raises UnitError for FL1225."""
        if not _NUMBER.fullmatch(text):
            message = f"`{text[:40]}` is not an amount of money"
            raise UnitError(MALFORMED, message, "write a plain number without a currency, as 12.50")
        return cls(Decimal(text))

    def __str__(self) -> str:
        return decimal_text(self.amount, places=2)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other.amount)

    def __mul__(self, times: int | Decimal) -> Money:
        return Money(self.amount * times)

    __rmul__ = __mul__


@dataclass(frozen=True, slots=True, order=True)
class MoneyPerHour(Unit):
    """A price per hour, without a currency: 0.09/h."""

    per_hour: Decimal

    numbers: ClassVar[bool] = True
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": f"^{_AMOUNT}/h$".replace("?:", ""),
        "examples": ["0.09/h"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The price that `text` stands for. Raises UnitError for FL1226."""
        number, slash, unit = text.partition("/")
        if not _NUMBER.fullmatch(number):
            raise UnitError(MALFORMED_PRICE, f"`{text[:40]}` is not a price per hour", "write it as 0.09/h")
        if not slash:
            raise UnitError(
                MALFORMED_PRICE, f"the price `{text}` has no unit", "write it per hour", nearest=f"{text}/h"
            )
        if unit != "h":
            nearest = "h" if unit.lower() in {"h", "hr", "hour", "hours"} else None
            message, help_ = f"the price `{text}` is not per hour", "convert it to a price per hour, as 0.09/h"
            raise UnitError(MALFORMED_PRICE, message, help_, len(number) + 1, len(unit), nearest)
        return cls(Decimal(number))

    def __str__(self) -> str:
        return f"{decimal_text(self.per_hour, places=2)}/h"
