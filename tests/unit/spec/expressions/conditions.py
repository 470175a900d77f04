"""Conditions at random, for the laws that hold for all of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeGuard

from hypothesis import strategies as st

from fairlead.spec.expressions import AllOf, Comparison, Condition, Op
from fairlead.spec.expressions.terms import Term, Value
from fairlead.spec.units import UnitError
from tests.unit.spec.refusals import attempt

TEXTS = st.text(st.sampled_from(list("xy,()[].#|@*?%=<>! 0é:/")), max_size=6)
NUMBERS = st.integers(-2, 2).map(Decimal) | st.decimals(-2, 2, places=1)
# Each field holds values of one type: what a comparison of different types gives is the router's own affair.
FIELDS: dict[str, st.SearchStrategy[Value]] = {
    "a": NUMBERS,
    "d[0]": NUMBERS,
    "b": TEXTS,
    "d[1].a": TEXTS,
    "c": st.booleans(),
    "e.a": st.booleans(),
}


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """One comparison, as a person would write it."""
    field = draw(st.sampled_from(sorted(FIELDS)))
    value = draw(FIELDS[field])
    ordered = isinstance(value, Decimal)
    operators = [Op.GE, Op.LE, Op.GT, Op.LT] if ordered else [Op.EQ, Op.NE]
    if isinstance(value, Decimal) and value == value.to_integral_value():
        operators += [Op.EQ, Op.NE]
    return f"{field} {draw(st.sampled_from(operators))} {_written(value)}"


def _written(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def bodies() -> st.SearchStrategy[dict[str, object]]:
    """JSON that a switch may receive, with any of the fields missing."""
    numbers = NUMBERS.map(float)
    return st.fixed_dictionaries(
        {},
        optional={
            "a": numbers,
            "b": TEXTS,
            "c": st.booleans(),
            "d": st.tuples(numbers, st.fixed_dictionaries({}, optional={"a": TEXTS})).map(list) | st.just([]),
            "e": st.fixed_dictionaries({}, optional={"a": st.booleans()}),
        },
    )


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of up to a few comparisons, with `and`, `or` and parentheses."""
    texts = st.recursive(
        comparisons(),
        lambda inner: st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"
        ),
        max_leaves=5,
    )
    return texts.map(lambda text: attempt(Condition, text)).filter(_is_small)


def _is_small(attempted: Condition | UnitError) -> TypeGuard[Condition]:
    if isinstance(attempted, UnitError):
        assert attempted.code.id == "FL1321", attempted
    return isinstance(attempted, Condition)


def holds(condition: Condition, body: object) -> bool:
    """Whether `condition` holds for a decoded body, by the meaning that the language gives it."""
    return _holds(condition.term, body)


def _holds(term: Term, body: object) -> bool:
    if isinstance(term, Comparison):
        return _compare(term, body)
    results = [_holds(below, body) for below in term.terms]
    return all(results) if isinstance(term, AllOf) else any(results)


def _compare(comparison: Comparison, body: object) -> bool:
    found = body
    for step in comparison.path:
        if isinstance(step, int):
            if not isinstance(found, list) or step >= len(found):
                return False
            found = found[step]
        elif not isinstance(found, dict) or step not in found:
            return False
        else:
            found = found[step]
    if isinstance(comparison.value, Decimal):
        return comparison.op.holds(Decimal(repr(found)), comparison.value)
    return (found == comparison.value) == (comparison.op is Op.EQ)
