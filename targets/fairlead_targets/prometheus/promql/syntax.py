"""A second opinion on every expression, from another implementation of the grammar."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from fairlead_targets.prometheus.promql.expressions import Expression

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_DIGITS: Final = re.compile(r"[0-9]+")


class Unparsable(RuntimeError):
    """An expression that this target built and PromQL does not accept: a bug of Fairlead's, never a user's fault."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"an expression was built that PromQL refuses ({reason}): {text}")
        self.text = text


def checked(expression: Expression) -> str:
    """The expression's text, once promql-parser has read one of its shape. Raises Unparsable.

    Thousands of pipelines share a few dozen shapes, which differ in the text of strings and in digits alone, and
    neither can change how the rest is read once a string has ended where it should: so each shape is parsed once.
    """
    reason = _wrong(_DIGITS.sub("1", _STRING.sub('""', expression.text)))
    if reason is not None:
        raise Unparsable(expression.text, reason)
    return expression.text


@lru_cache(maxsize=4096)
def _wrong(shape: str) -> str | None:
    """Why an expression of this shape can't be read; None where it can."""
    from promql_parser import parse

    try:
        parse(shape)
    except ValueError as error:
        return str(error)
    return None
