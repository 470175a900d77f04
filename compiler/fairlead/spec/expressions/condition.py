"""When a graph's switch takes a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.expressions.reader import EQUALITY, Op, Reader
from fairlead.spec.expressions.terms import (
    AllOf,
    AnyOf,
    Comparison,
    Term,
    Value,
    comparisons,
    count_alternatives,
    gjson,
    literal,
)
from fairlead.spec.expressions.tokens import Kind, Span
from fairlead.spec.units.base import Unit, UnitError, decimal_text, is_whole

NOT_A_VALUE = Code(
    "FL1320",
    "a value that a condition cannot compare with",
    """
    A condition compares a field of a JSON body with a number, `true`, `false`, or a text in quotes. A text has no
    quotes, backslashes or control characters in it and does not start with `~`, which all mean something else to
    KServe's router. Only numbers have an order; texts and booleans are compared by `==` and `!=`.

    ```yaml
    when: label >= "benign"         # FL1320
    ```

    Mended:

    ```yaml
    when: label == "benign"
    ```
    """,
)
TOO_LARGE = Code(
    "FL1321",
    "a condition with too many alternatives",
    """
    KServe's router knows neither `and` nor `or`. Fairlead writes a condition out as a list of alternatives, whose
    number multiplies when groups of `or` are joined by `and`. Beyond 32 nobody could review what is generated.

    ```yaml
    when: (a > 1 or b > 1) and (c > 1 or d > 1) and …       # FL1321, with six such groups: 64 alternatives
    ```

    Mended: let the model before the switch compute the decision, as one field.

    ```yaml
    when: route == "specialist"
    ```
    """,
)

MOST_ALTERNATIVES: Final = 32
MOST_COMPARISONS: Final = 32
DEEPEST: Final = 16
_FORBIDDEN: Final = frozenset("\"\\'`{}")
_WORDS: Final = ("and", "or", "not", "true", "false")


@dataclass(frozen=True, slots=True)
class Condition(Unit):
    """When a switch takes a branch, by fields of the JSON that it receives: score >= 0.5, or
    label == "benign" and predictions[0] > 0.3.

    `and` binds closer than `or`; parentheses group. A field that the body lacks makes its comparison false. A field
    that holds a text is compared as text even with a number, because the router does so.
    """

    term: Term

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "minLength": 3,
        "examples": ["score >= 0.5", 'label == "benign" and predictions[0] > 0.3'],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The condition that `text` stands for. Raises UnitError for FL1300 to FL1303, FL1320 and FL1321."""
        reader = Reader(text, "score >= 0.5")
        term = _any(reader, 0)
        reader.end()
        found = cls(term)
        help_ = "let the model before the switch compute the decision as one field"
        if (several := sum(1 for _ in found.comparisons())) > MOST_COMPARISONS:
            message = f"the condition has {several} comparisons, and {MOST_COMPARISONS} are the most"
            raise UnitError(TOO_LARGE, message, help_)
        if (several := count_alternatives(term)) > MOST_ALTERNATIVES:
            message = f"the condition comes to {several} alternatives, and {MOST_ALTERNATIVES} are the most"
            raise UnitError(TOO_LARGE, message, help_)
        return found

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison, from left to right."""
        return comparisons(self.term)

    def gjson(self) -> str:
        """The path of GJSON whose result exists when the condition holds; `DEFAULT_GJSON` is that of no condition."""
        return gjson(self.term)

    def __str__(self) -> str:
        return str(self.term)


def _any(reader: Reader, depth: int) -> Term:
    terms = [_all(reader, depth)]
    while reader.accept("or"):
        terms.append(_all(reader, depth))
    return terms[0] if len(terms) == 1 else AnyOf(tuple(terms))


def _all(reader: Reader, depth: int) -> Term:
    terms = [_term(reader, depth)]
    while reader.accept("and"):
        terms.append(_term(reader, depth))
    return terms[0] if len(terms) == 1 else AllOf(tuple(terms))


def _term(reader: Reader, depth: int) -> Term:
    opening = reader.accept("(")
    if not opening:
        return _comparison(reader)
    if depth == DEEPEST:
        raise UnitError(TOO_LARGE, f"parentheses are nested deeper than {DEEPEST}", "write fewer", *opening.span)
    term = _any(reader, depth + 1)
    reader.sign(")")
    return term


def _comparison(reader: Reader) -> Comparison:
    reader.refuse_reversed()
    if reader.next.text in _WORDS:
        raise reader.unexpected("a field", "write a field, a comparison and a value, as score >= 0.5")
    first = reader.word("a field")
    path: list[str | int] = [first.text]
    last = first
    while reader.next.text in (".", "["):
        if reader.take().text == ".":
            last = reader.word("a field")
            path.append(last.text)
            continue
        position = reader.next
        if position.kind is not Kind.NUMBER or not position.text.isdigit() or len(position.text) > 6:
            raise reader.unexpected("a position in a list", "write it as predictions[0]")
        reader.take()
        path.append(int(position.text))
        last = reader.sign("]")
    op, op_span = reader.comparison()
    value, span = _value(reader)
    if op in (Op.EQ, Op.NE):
        if isinstance(value, Decimal) and not is_whole(value):
            message = f"`{op}` cannot be used with {decimal_text(value)}: equality of floating-point numbers is luck"
            raise UnitError(EQUALITY, message, "write >= or <= with a bound", *op_span)
    elif not isinstance(value, Decimal):
        raise UnitError(NOT_A_VALUE, f"{literal(value)} has no order", "compare it by == or !=", *span)
    return Comparison(tuple(path), op, value, first.span.to(last.span), span)


def _value(reader: Reader) -> tuple[Value, Span]:
    token = reader.next
    if token.kind is Kind.TEXT:
        reader.take()
        text = token.text[1:-1]
        stray = next((character for character in text if character in _FORBIDDEN or not character.isprintable()), None)
        if stray is not None or text.startswith("~"):
            message = f"a text in a condition cannot {'start with `~`' if stray is None else f'have {stray!r} in it'}"
            raise UnitError(NOT_A_VALUE, message, "compare with a plain word, or with a number", *token.span)
        return text, token.span
    if token.kind in (Kind.PERCENTAGE, Kind.DURATION):
        raise UnitError(
            NOT_A_VALUE, f"`{token.text}` is no number of JSON", "write a plain decimal number", *token.span
        )
    if token.kind is Kind.WORD and token.text not in ("true", "false"):
        quoted = f'"{token.text}"'
        raise UnitError(NOT_A_VALUE, f"`{token.text}` is no value", "put a text in quotes", *token.span, quoted)
    if token.kind is Kind.WORD:
        reader.take()
        return token.text == "true", token.span
    return reader.number("a number, a text in quotes, true or false")
