"""What data must be like before it is learned from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, ClassVar, Final, Self, TypeAlias

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.expressions.gate import NOT_A_NUMBER
from fairlead.spec.expressions.reader import Op, Reader
from fairlead.spec.expressions.tokens import NOWHERE, Kind, Span, Token
from fairlead.spec.units.base import Unit, UnitError, decimal_text, is_whole
from fairlead.spec.units.duration import Duration

UNKNOWN_FUNCTION = Code(
    "FL1304",
    "an unknown function in an expectation",
    """
    Expectations measure data with a few functions: `rows` counts all rows; `missing(c)` is the share of empty values
    of a column and `unique(c)` that of its values that occur once; `distinct(c)` counts its different values;
    `min(c)`, `max(c)` and `mean(c)` are what they say; `age(c)` is the time since the latest value of a time column.
    What else must hold belongs into a step of `prepare`.

    ```yaml
    expect: [nulls(mean_radius) <= 0.01]        # FL1304
    ```

    Mended:

    ```yaml
    expect: [missing(mean_radius) <= 0.01]
    ```
    """,
)
OUT_OF_RANGE = Code(
    "FL1306",
    "a bound that nothing can reach, or nothing can miss",
    """
    A share lies between 0 and 1, and a count is a whole number from 0. A bound outside of that makes an expectation
    that always holds or never does, which is usually a percentage without its sign.

    ```yaml
    expect: [missing(mean_radius) <= 5]         # FL1306: did you mean 5%?
    ```

    Mended:

    ```yaml
    expect: [missing(mean_radius) <= 5%]
    ```
    """,
)


class Measure(Enum):
    """What a function gives, and so what it is compared with; the value is how a message calls it."""

    COUNT = "a whole number"
    SHARE = "a share, as 0.01 or 1%"
    NUMBER = "a number"
    DURATION = "a duration, as 7d"


class Function(StrEnum):
    """A measurement of a data set or of one of its columns."""

    ROWS = "rows"
    MISSING = "missing"
    UNIQUE = "unique"
    DISTINCT = "distinct"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    AGE = "age"

    @property
    def measure(self) -> Measure:
        """What it gives."""
        return _MEASURES.get(self, Measure.NUMBER)

    @property
    def of_column(self) -> bool:
        """Whether it measures one column; `rows` measures the data set."""
        return self is not Function.ROWS


_MEASURES: Final = {
    Function.ROWS: Measure.COUNT,
    Function.DISTINCT: Measure.COUNT,
    Function.MISSING: Measure.SHARE,
    Function.UNIQUE: Measure.SHARE,
    Function.AGE: Measure.DURATION,
}
_MEANT: Final = {
    "count": "rows",
    "row_count": "rows",
    "null": "missing",
    "nulls": "missing",
    "na": "missing",
    "avg": "mean",
    "average": "mean",
    "cardinality": "distinct",
    "nunique": "distinct",
    "freshness": "age",
    "minimum": "min",
    "maximum": "max",
}
_FLOATING: Final = "what is measured is a floating-point number, and equality of those is luck"
Bound: TypeAlias = Decimal | Duration


@dataclass(frozen=True, slots=True)
class Expectation(Unit):
    """What data must be like: rows >= 500, missing(mean_radius) <= 1%, age(taken_at) <= 7d.

    `value` is a whole number for rows and distinct, a share from 0 to 1 for missing and unique, a Duration for age,
    and a number for min, max and mean.
    """

    function: Function
    op: Op
    value: Bound
    column: str | None = None
    function_span: Span = field(default=NOWHERE, compare=False, repr=False)
    column_span: Span = field(default=NOWHERE, compare=False, repr=False)
    op_span: Span = field(default=NOWHERE, compare=False, repr=False)
    value_span: Span = field(default=NOWHERE, compare=False, repr=False)

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^\s*(rows|({'|'.join(f for f in Function if f.of_column)})\s*\(\s*[A-Za-z_][A-Za-z0-9_]*\s*\))\s*"
        r"(>=|<=|>|<|==|!=)\s*[+-]?\s*[0-9][0-9a-z.%]*\s*$",
        "examples": ["rows >= 500", "missing(mean_radius) <= 1%", "age(taken_at) <= 7d"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The expectation that `text` stands for. Raises UnitError for FL1300 to FL1306."""
        reader = Reader(text, "rows >= 500, or missing(mean_radius) <= 1%")
        reader.refuse_reversed()
        name = reader.word("a function, as rows or missing(…)")
        function = _function(reader, name)
        column = _column(reader, function)
        exact = function.measure is Measure.COUNT
        op, op_span = reader.comparison(equality="" if exact else _FLOATING)
        value, value_span = _bound(reader, function)
        reader.end()
        return cls(
            function=function,
            op=op,
            value=value,
            column=column.text if column else None,
            function_span=name.span,
            column_span=column.span if column else NOWHERE,
            op_span=op_span,
            value_span=value_span,
        )

    def __str__(self) -> str:
        measured = f"{self.function}({self.column})" if self.column else str(self.function)
        value = str(self.value) if isinstance(self.value, Duration) else decimal_text(self.value)
        return f"{measured} {self.op} {value}"


def _function(reader: Reader, name: Token) -> Function:
    known = [str(function) for function in Function]
    if name.text in known:
        return Function(name.text)
    meant = _MEANT.get(name.text.lower()) or nearest_word(name.text, known)
    if meant is None and reader.next.text != "(":
        help_ = f"write one of {', '.join(known)}, with its column in parentheses"
    else:
        help_ = f"the functions are {', '.join(known)}"
    raise UnitError(UNKNOWN_FUNCTION, f"`{name.text}` is no function of an expectation", help_, *name.span, meant)


def _column(reader: Reader, function: Function) -> Token | None:
    if not function.of_column:
        if reader.next.text == "(":
            raise reader.unexpected("a comparison", "`rows` measures the data set, and takes no column")
        return None
    if reader.next.text != "(":
        raise reader.unexpected("`(`", f"name the column, as {function}(mean_radius)")
    reader.take()
    column = reader.word("a column")
    reader.sign(")")
    return column


def _bound(reader: Reader, function: Function) -> tuple[Bound, Span]:
    token, wanted = reader.next, function.measure
    percentage, duration = token.kind is Kind.PERCENTAGE, token.kind is Kind.DURATION
    if duration and wanted is Measure.DURATION:
        reader.take()
        try:
            return Duration.parse(token.text), token.span
        except UnitError as error:
            length = token.span.length if error.length is None else error.length
            raise UnitError(
                error.code, error.message, error.help, token.span.offset + error.offset, length, error.nearest
            ) from None
    if percentage and wanted is Measure.SHARE:
        reader.take()
        return _checked(Decimal(token.text[:-1]).scaleb(-2), token.span, function)
    if percentage or duration or (wanted is Measure.DURATION and token.kind is Kind.NUMBER):
        nearest = f"{token.text}d" if token.kind is Kind.NUMBER else None
        message = f"{function} is compared with {wanted.value}, and `{token.text}` is none"
        raise UnitError(NOT_A_NUMBER, message, f"write {wanted.value}", *token.span, nearest)
    if wanted is Measure.DURATION:
        raise reader.unexpected(wanted.value)
    value, span = reader.number(wanted.value)
    return _checked(value, span, function)


def _checked(value: Decimal, span: Span, function: Function) -> tuple[Decimal, Span]:
    text = decimal_text(value)
    if function.measure is Measure.COUNT and (value < 0 or not is_whole(value)):
        message = f"{function} is a whole number from 0, and {text} is none"
        raise UnitError(OUT_OF_RANGE, message, "write a whole number", *span)
    if function.measure is Measure.SHARE and not 0 <= value <= 1:
        nearest = f"{text}%" if 1 < value <= 100 else None
        message = f"{function} is a share between 0 and 1, and {text} is not"
        raise UnitError(OUT_OF_RANGE, message, "write a fraction, or a percentage with its sign", *span, nearest)
    return value, span
