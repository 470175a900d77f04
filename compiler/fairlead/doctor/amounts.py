"""Quantities as a cluster writes them, as numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_FACTORS: Final = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(1000),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("MGTPE", 2)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}  # fmt: skip
_FORM: Final = re.compile(r"([+-]?[0-9.]+)([numkMGTPE]|[KMGTPE]i)")


def amount(value: Any) -> Decimal:
    """A quantity of Kubernetes' as a number. Raises ValueError for what is none."""
    text = str(value)
    form = _FORM.fullmatch(text)
    try:
        found = Decimal(form[1]) * _FACTORS[form[2]] if form else Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"`{text}` is no quantity") from error
    if not found.is_finite():
        raise ValueError(f"`{text}` is no quantity")
    return found
