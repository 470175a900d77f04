"""Reading an expression from left to right: what every grammar of the language shares."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

from fairlead.source.diagnostics import Code
from fairlead.spec.expressions.tokens import Kind, Span, Token, tokens
from fairlead.spec.units.base import UnitError

UNEXPECTED = Code(
    "FL1301",
    "an expression that does not go together",
    """
    The expression stops too early, goes on where it should end, or has its parts in an order that means nothing.

    ```yaml
    gates: [roc_auc 0.95]           # FL1301: no comparison
    ```

    Mended:

    ```yaml
    gates: [roc_auc >= 0.95]
    ```

    The forms are `METRIC >= NUMBER`, `METRIC[SLICE] >= NUMBER` and `METRIC >= champion - NUMBER` for a gate,
    `FUNCTION(COLUMN) <= VALUE` for an expectation, `maximize METRIC` for an objective, and `FIELD >= VALUE`, joined
    by `and` and `or`, for a condition.
    """,
)
EQUALITY = Code(
    "FL1302",
    "a fraction that is compared for equality",
    """
    Measured values are floating-point numbers: 0.1 + 0.2 is not 0.3, and the last digit of a score changes with the
    library, the processor and the order of the rows. A comparison with `==` or `!=` would hold by luck.

    ```yaml
    gates: [recall == 1]            # FL1302
    ```

    Mended:

    ```yaml
    gates: [recall >= 0.999]
    ```
    """,
)
REVERSED = Code(
    "FL1303",
    "a comparison that is written backwards",
    """
    What is measured stands on the left and the bound on the right, in every expression, so that a list of them can be
    read down its left side.

    ```yaml
    gates: [0.95 <= roc_auc]        # FL1303: did you mean `roc_auc >= 0.95`?
    ```

    Mended:

    ```yaml
    gates: [roc_auc >= 0.95]
    ```
    """,
)


class Op(StrEnum):
    """A comparison of what is measured, on the left, with a bound, on the right."""

    GE = ">="
    LE = "<="
    GT = ">"
    LT = "<"
    EQ = "=="
    NE = "!="

    def holds(self, left: Decimal, right: Decimal) -> bool:
        """Whether the comparison holds.

        Both are decimals, because a float beside a decimal is compared by its binary value: 0.95 as a float is less
        than 0.95. A measured float becomes the decimal that it prints as, `Decimal(repr(value))`.
        """
        return {
            Op.GE: left >= right,
            Op.LE: left <= right,
            Op.GT: left > right,
            Op.LT: left < right,
            Op.EQ: left == right,
            Op.NE: left != right,
        }[self]

    @property
    def wants_more(self) -> bool:
        """Whether greater values satisfy the comparison."""
        return self in (Op.GE, Op.GT)


ORDER: Final = frozenset({Op.GE, Op.LE, Op.GT, Op.LT})
_MIRRORED: Final = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
_MEANT: Final = {"=>": ">=", "=<": "<=", "=": "==", "<>": "!="}


class Reader:
    """The tokens of one expression, and how far they have been read. `form` is an example for messages."""

    def __init__(self, text: str, form: str) -> None:
        self.text = text
        self.form = form
        self._tokens = tokens(text)
        self._position = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._position]

    @property
    def unsigned(self) -> Token:
        """The token that comes next, or behind its sign where it has one."""
        following = min(self._position + (self.next.text in ("-", "+")), len(self._tokens) - 1)
        return self._tokens[following]

    def take(self) -> Token:
        """The next token, read."""
        token = self.next
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def accept(self, *texts: str) -> Token | None:
        """The next token, read, where it is one of `texts`; else None."""
        return self.take() if self.next.kind is not Kind.TEXT and self.next.text in texts else None

    def word(self, wanted: str) -> Token:
        """The next token, which must be a name; `wanted` says in messages of what."""
        if self.next.kind is not Kind.WORD:
            raise self.unexpected(wanted)
        return self.take()

    def sign(self, sign: str) -> Token:
        """The next token, which must be `sign`."""
        token = self.accept(sign)
        if token is None:
            raise self.unexpected(f"`{sign}`")
        return token

    def end(self) -> None:
        """Nothing may follow."""
        if self.next.kind is not Kind.END:
            raise self.unexpected("the end")

    def number(self, wanted: str = "a number") -> tuple[Decimal, Span]:
        """A number, with a sign before it if need be, and its span."""
        sign = self.accept("-", "+")
        token = self.next
        if token.kind is not Kind.NUMBER:
            raise self.unexpected(wanted)
        self.take()
        value = Decimal(token.text)
        negative = sign is not None and sign.text == "-"
        return (value.copy_negate() if negative and value else value), (sign or token).span.to(token.span)

    def comparison(self, *, equality: str = "") -> tuple[Op, Span]:
        """A comparison and its span. `equality` says why `==` and `!=` cannot be one here; empty where they can."""
        token = self.next
        if token.kind is not Kind.COMPARISON:
            raise self.unexpected("a comparison")
        self.take()
        written = _MEANT.get(token.text, token.text)
        if written in ("==", "!=") and equality:
            raise UnitError(
                EQUALITY, f"`{token.text}` cannot be used: {equality}", "write >= or <= with a bound", *token.span
            )
        if written != token.text:
            raise UnitError(UNEXPECTED, f"`{token.text}` is no comparison", f"write {written}", *token.span, written)
        return Op(written), token.span

    def refuse_reversed(self) -> None:
        """Raises UnitError for FL1303 where the bound stands on the left: a number, then a comparison."""
        bound, comparison, *rest = [*self._tokens[self._position :], self.next, self.next][:3]
        if bound.kind in (Kind.NUMBER, Kind.PERCENTAGE, Kind.DURATION) and comparison.text in _MIRRORED:
            whole = bound.span.to(self._tokens[-1].span)
            measured = self.text[rest[0].span.offset :].strip()
            nearest = f"{measured} {_MIRRORED[comparison.text]} {bound.text}" if measured else None
            message = f"the bound `{bound.text}` stands on the left"
            raise UnitError(REVERSED, message, "write what is measured first", *whole, nearest)

    def unexpected(self, wanted: str, help_: str = "") -> UnitError:
        """The error that `wanted` should come next and does not."""
        token = self.next
        found = "the expression ends" if token.kind is Kind.END else f"`{token.text}` stands"
        message = f"{wanted} is missing: {found} in its place"
        if wanted == "the end":
            message = f"`{token.text}` stands after the end of the expression"
        span = token.span if token.span.length else Span(max(token.span.offset - 1, 0), 1 if self.text.strip() else 0)
        return UnitError(UNEXPECTED, message, help_ or f"write it as {self.form}", *span)
