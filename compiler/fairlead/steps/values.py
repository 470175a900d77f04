"""How a value is read where it is not a table's: in a request, an answer or a label."""

from __future__ import annotations

import math
import re
from typing import Any, Final

WHOLE: Final = re.compile(r"(-?[0-9]+)\.0+")


def number_of(value: Any) -> float | None:
    """A finite number, also where it is written as text; None for everything else. True is 1."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def text_of(value: Any) -> str:
    """A category's text, which is the same whether a file or a request has it as a number, a text or a truth value:
    `1.0` is `1`, and `True` is `true`.
    """
    text = str(value)
    if text.lower() in ("true", "false"):
        return text.lower()
    whole = WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def missing_or(text: str) -> str:
    """In SQL: a text, and NULL where it is empty."""
    return f"nullif({text}, '')"
