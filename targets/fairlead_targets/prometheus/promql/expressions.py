"""Expressions of PromQL as immutable values that know when they need parentheses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Final, Literal

from fairlead.catalogue.buckets import Matcher
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.matchers import braces
from fairlead_targets.prometheus.promql.numbers import number

_METRIC: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")

Aggregation = Literal["sum", "max", "min", "count"]
OverTime = Literal[
    "rate",
    "increase",
    "sum_over_time",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "last_over_time",
    "absent_over_time",
]


class Binding(IntEnum):
    """How strongly an operator binds (Prometheus, "Operators": binary operator precedence), from weak to strong."""

    OR = 1
    AND = 2
    COMPARISON = 3
    SUM = 4
    PRODUCT = 5
    ATOM = 6


@dataclass(frozen=True, slots=True)
class Expression:
    """A part of a query, with how strongly its outermost operator binds."""

    text: str
    binding: Binding = Binding.ATOM

    def __add__(self, other: Operand) -> Expression:
        return self._with("+", other, Binding.SUM)

    def __sub__(self, other: Operand) -> Expression:
        return self._with("-", other, Binding.SUM)

    def __mul__(self, other: Operand) -> Expression:
        return self._with("*", other, Binding.PRODUCT)

    def __truediv__(self, other: Operand) -> Expression:
        return self._with("/", other, Binding.PRODUCT)

    def compare(self, operator: Comparison, other: Operand) -> Expression:
        """The series of this for which the comparison holds."""
        return self._with(operator, other, Binding.COMPARISON)

    def __and__(self, other: Expression) -> Expression:
        return self._with("and", other, Binding.AND)

    def unless(self, other: Expression) -> Expression:
        """The series of this that the other has none for."""
        return self._with("unless", other, Binding.AND)

    def __or__(self, other: Expression) -> Expression:
        return self._with("or", other, Binding.OR, "\n")

    def _with(self, operator: str, other: Operand, binding: Binding, gap: str = " ") -> Expression:
        right = as_expression(other)
        # All these operators associate to the left: an equal one needs parentheses on the right, and none on the left.
        closer = Binding(min(binding + 1, Binding.ATOM))
        return Expression(f"{_inside(self, binding)}{gap}{operator} {_inside(right, closer)}", binding)

    def __str__(self) -> str:
        return self.text


Comparison = Literal[">", "<", ">=", "<=", "==", "!="]
Operand = Expression | Decimal | int


def as_expression(value: Operand) -> Expression:
    """A number as an expression; an expression as it is."""
    if isinstance(value, Expression):
        return value
    return Expression(number(value), Binding.ATOM if value >= 0 else Binding.SUM)


def _inside(expression: Expression, least: Binding) -> str:
    return expression.text if expression.binding >= least else f"({expression.text})"


@dataclass(frozen=True, slots=True)
class Selector:
    """The series of one metric that the matchers select."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    @property
    def now(self) -> Expression:
        """Their latest values, none of them older than five minutes."""
        if not _METRIC.fullmatch(self.metric):
            raise ValueError(f"{self.metric!r} is no metric's name")
        return Expression(self.metric + braces(self.matchers))

    def over(self, function: OverTime, window: Duration) -> Expression:
        """A function of their values within a window up to now."""
        return Expression(f"{function}({self.now}[{window.promql}])")

    def where(self, *matchers: Matcher) -> Selector:
        """Those of them that more matchers select."""
        return Selector(self.metric, (*self.matchers, *matchers))


def aggregate(function: Aggregation, of: Expression, by: Sequence[str] = ()) -> Expression:
    """One value for each combination of the labels `by`; one value in all where there are none."""
    labels = f" by ({', '.join(by)}) " if by else ""
    return Expression(f"{function}{labels}({of})")


def total(parts: Sequence[Expression]) -> Expression:
    """The sum of one or more expressions that each give one value without labels; of those that give any."""
    result, *rest = parts
    for part in rest:
        result = result + part | result | part
    return result


def ratio(part: Expression, whole: Expression) -> Expression:
    """`part` of `whole`; no series, rather than NaN, where there is nothing to be a part of."""
    return part / whole.compare(">", 0)


def absent(selector: Selector) -> Expression:
    """1 where there is no such series now."""
    return Expression(f"absent({selector.now})")


def age(of: Expression) -> Expression:
    """How many seconds ago a time was, which is given in seconds since 1970."""
    return Expression("time()") - of
