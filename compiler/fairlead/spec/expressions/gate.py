"""What metrics must reach: gates before a promotion, and the quality expected in production."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.expressions.reader import Op, Reader
from fairlead.spec.expressions.tokens import NOWHERE, Kind, Span
from fairlead.spec.units.base import Unit, UnitError, decimal_text
from fairlead.spec.units.names import Identifier

NOT_A_NUMBER = Code(
    "FL1305",
    "a bound of the wrong kind",
    """
    A metric is compared with a plain number, on the metric's own scale: a share is written as 0.85 and not as 85%. In
    an expectation, the function decides: `rows` and `distinct` take a whole number, `missing` and `unique` a share,
    `age` a duration.

    ```yaml
    gates: [recall >= 85%]                      # FL1305: did you mean `recall >= 0.85`?
    expect: [age(taken_at) <= 7]                # FL1305: seven what?
    ```

    Mended:

    ```yaml
    gates: [recall >= 0.85]
    expect: [age(taken_at) <= 7d]
    ```
    """,
)
NO_CHAMPION = Code(
    "FL1307",
    "a champion or a slice where there is none",
    """
    In production there is only one model that answers, and ground truth arrives for its answers alone, so quality is
    compared with a number. The comparison with the champion, and that of each slice, is a gate of `model.evaluate`.

    ```yaml
    monitoring:
      quality:
        expect: [recall >= champion - 0.02]     # FL1307
    ```

    Mended:

    ```yaml
    monitoring:
      quality:
        expect: [recall >= 0.85]
    ```
    """,
)

CHAMPION: Final = "champion"
_FLOATING: Final = "a metric is a floating-point number, and equality of those is luck"
_GATE_FORM: Final = r"[A-Za-z_][A-Za-z0-9_]*"


@dataclass(frozen=True, slots=True)
class Gate(Unit):
    """What a metric must reach before a model is promoted: roc_auc >= 0.95, roc_auc >= champion - 0.005,
    recall[age_band] >= 0.85.

    With a slice, every value of that column must reach it. `threshold` is None where the bound is the champion's
    value of the same metric, plus `offset`. The spans are places in the text as it was written, and no part of the
    value.
    """

    metric: str
    op: Op
    threshold: Decimal | None = None
    slice: str | None = None
    champion: bool = False
    offset: Decimal = Decimal(0)
    metric_span: Span = field(default=NOWHERE, compare=False, repr=False)
    slice_span: Span = field(default=NOWHERE, compare=False, repr=False)
    op_span: Span = field(default=NOWHERE, compare=False, repr=False)
    bound_span: Span = field(default=NOWHERE, compare=False, repr=False)

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^\s*{_GATE_FORM}\s*(\[\s*{_GATE_FORM}\s*\])?\s*(>=|<=|>|<)\s*"
        r"([+-]?\s*[0-9.]+|champion(\s*[+-]\s*[0-9.]+)?)\s*$",
        "examples": ["roc_auc >= 0.95", "roc_auc >= champion - 0.005", "recall[age_band] >= 0.85"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The gate that `text` stands for. Raises UnitError for FL1300 to FL1305."""
        reader = Reader(text, "roc_auc >= 0.95, or roc_auc >= champion - 0.005")
        reader.refuse_reversed()
        metric = reader.word("a metric")
        column = None
        if reader.accept("["):
            column = reader.word("the column of a slice")
            reader.sign("]")
        _check_words(metric.text, metric.span)
        op, op_span = reader.comparison(equality=_FLOATING)
        start = reader.next.span
        threshold, offset = None, Decimal(0)
        champion = reader.accept(CHAMPION)
        last = champion.span if champion else start
        if champion is None:
            threshold, last = _number(reader)
        elif reader.next.text in ("+", "-"):
            offset, last = _number(reader)
        reader.end()
        return cls(
            metric=metric.text,
            op=op,
            threshold=threshold,
            slice=column.text if column else None,
            champion=champion is not None,
            offset=offset,
            metric_span=metric.span,
            slice_span=column.span if column else NOWHERE,
            op_span=op_span,
            bound_span=start.to(last),
        )

    def bound(self, champion: Decimal | None) -> Decimal | None:
        """The number that the metric is compared with, given the champion's value of it.

        None where the gate compares with a champion and there is none yet: such a gate holds.
        """
        if not self.champion:
            return self.threshold
        return None if champion is None else champion + self.offset

    def __str__(self) -> str:
        measured = f"{self.metric}[{self.slice}]" if self.slice else self.metric
        if not self.champion:
            assert self.threshold is not None, "a gate has a threshold or a champion"
            return f"{measured} {self.op} {decimal_text(self.threshold)}"
        sign = "-" if self.offset < 0 else "+"
        offset = f" {sign} {decimal_text(abs(self.offset))}" if self.offset else ""
        return f"{measured} {self.op} {CHAMPION}{offset}"


@dataclass(frozen=True, slots=True)
class QualityGate(Unit):
    """What a metric must reach in production, as a plain number: recall >= 0.85."""

    metric: str
    op: Op
    threshold: Decimal
    metric_span: Span = field(default=NOWHERE, compare=False, repr=False)
    op_span: Span = field(default=NOWHERE, compare=False, repr=False)
    bound_span: Span = field(default=NOWHERE, compare=False, repr=False)

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^\s*{_GATE_FORM}\s*(>=|<=|>|<)\s*[+-]?\s*[0-9.]+\s*$",
        "examples": ["recall >= 0.85"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The expectation that `text` stands for. Raises UnitError for FL1300 to FL1307."""
        gate = Gate.from_text(text)
        help_ = "write a number, and keep this comparison as a gate of model.evaluate"
        if gate.slice is not None:
            message = f"quality in production is not measured by slice, and this names `{gate.slice}`"
            raise UnitError(NO_CHAMPION, message, help_, *gate.slice_span)
        if gate.threshold is None:
            message = "quality in production is compared with a number, because only one model answers"
            raise UnitError(NO_CHAMPION, message, help_, *gate.bound_span)
        return cls(gate.metric, gate.op, gate.threshold, gate.metric_span, gate.op_span, gate.bound_span)

    def __str__(self) -> str:
        return f"{self.metric} {self.op} {decimal_text(self.threshold)}"


def _number(reader: Reader) -> tuple[Decimal, Span]:
    token = reader.unsigned
    if token.kind is Kind.PERCENTAGE:
        fraction = decimal_text(Decimal(token.text[:-1]).scaleb(-2))
        message = f"`{token.text}` is a percentage, and a metric is a plain number"
        raise UnitError(NOT_A_NUMBER, message, f"write {fraction}", *token.span, fraction)
    if token.kind is Kind.DURATION:
        message = f"`{token.text}` is no number that a metric can be compared with"
        raise UnitError(NOT_A_NUMBER, message, "write a plain decimal number, without unit or exponent", *token.span)
    if token.kind is Kind.WORD:
        message, nearest = f"`{token.text}` is no bound of a gate", nearest_word(token.text, [CHAMPION])
        raise UnitError(NOT_A_NUMBER, message, "compare with a number or with `champion`", *token.span, nearest)
    return reader.number("a number")


def _check_words(metric: str, span: Span) -> None:
    if metric == CHAMPION:
        message = "`champion` is what a metric is compared with, and no metric"
        raise UnitError(NOT_A_NUMBER, message, "write the metric first, as roc_auc >= champion", *span)
    Identifier.check(metric)
