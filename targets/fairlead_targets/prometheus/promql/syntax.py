"""A second opinion on every expression, from another implementation of the grammar."""

from __future__ import annotations

from functools import cache

from fairlead_targets.prometheus.promql.expressions import Expression


class Unparsable(RuntimeError):
    """An expression that this target built and PromQL does not accept: a bug of Fairlead's, never a user's fault."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"an expression was built that PromQL refuses ({reason}): {text}")
        self.text = text


def checked(expression: Expression) -> str:
    """The expression's text, once promql-parser has read it. Raises Unparsable."""
    return _checked(expression.text)


@cache
def _checked(text: str) -> str:
    from promql_parser import parse

    try:
        parse(text)
    except ValueError as error:
        raise Unparsable(text, str(error)) from error
    return text
