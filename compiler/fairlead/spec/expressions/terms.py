"""What a condition is made of, and how KServe's router evaluates it.

The router gives the condition to GJSON and takes the first step whose result exists, so a comparison has to become a
query that finds nothing when it does not hold. GJSON queries arrays: `[@this].#(score>=0.5)` is the body as a list of
one, filtered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod
from typing import Final, TypeAlias

from fairlead.spec.expressions.reader import Op
from fairlead.spec.expressions.tokens import NOWHERE, Span
from fairlead.spec.units.base import decimal_text

DEFAULT_GJSON: Final = "@this"
"""The condition of a branch without one. It always holds; an empty one never would, and the router would answer 404."""
Value: TypeAlias = Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field of the body, compared with a value. The path has keys and positions in lists."""

    path: tuple[str | int, ...]
    op: Op
    value: Value
    path_span: Span = field(default=NOWHERE, compare=False, repr=False)
    value_span: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def query(self) -> str:
        """As a query of GJSON. Names, digits and checked text only: nothing in it can close the query."""
        return f"{'.'.join(map(str, self.path))}{self.op}{literal(self.value)}"

    def __str__(self) -> str:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")
        return f"{path} {self.op} {literal(self.value)}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every term does."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return " and ".join(f"({term})" if isinstance(term, AnyOf) else str(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one term does."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.terms))


Term: TypeAlias = Comparison | AllOf | AnyOf


def gjson(term: Term) -> str:
    """The path of GJSON whose result exists when `term` holds.

    Terms joined by `and` filter one after the other; those joined by `or` stand in a list of which the first is taken,
    since GJSON leaves out what does not exist.
    """
    paths = [_chain(alternative) for alternative in _alternatives(term)]
    return paths[0] if len(paths) == 1 else f"[{','.join(paths)}].0"


def literal(value: Value) -> str:
    """A value as JSON writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return decimal_text(value) if isinstance(value, Decimal) else f'"{value}"'


def comparisons(term: Term) -> Iterator[Comparison]:
    """Every comparison of `term`, from left to right."""
    if isinstance(term, Comparison):
        yield term
        return
    for below in term.terms:
        yield from comparisons(below)


def count_alternatives(term: Term) -> int:
    """How many alternatives `gjson` would write out, without making them."""
    if isinstance(term, Comparison):
        return 1
    counts = [count_alternatives(below) for below in term.terms]
    return sum(counts) if isinstance(term, AnyOf) else prod(counts)


def _alternatives(term: Term) -> list[tuple[Comparison, ...]]:
    """The condition as alternatives, each of comparisons that must all hold."""
    if isinstance(term, Comparison):
        return [(term,)]
    below = [_alternatives(each) for each in term.terms]
    if isinstance(term, AnyOf):
        return [alternative for alternatives in below for alternative in alternatives]
    return [tuple(one for part in parts for one in part) for parts in product(*below)]


def _chain(comparisons: tuple[Comparison, ...]) -> str:
    """Filters in a row. `#(…)#` gives a list for the next; the last gives the body itself or nothing."""
    queries = [comparison.query for comparison in comparisons]
    first, *rest = [*(f"#({query})#" for query in queries[:-1]), f"#({queries[-1]})"]
    return "|".join([f"[@this].{first}", *rest])
