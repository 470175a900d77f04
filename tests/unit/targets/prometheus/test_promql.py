"""The builder of PromQL."""

from __future__ import annotations

from decimal import Decimal

import pytest
from promql_parser import VectorSelector, parse

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.expressions import Expression, Selector, aggregate, ratio, total
from fairlead_targets.prometheus.promql.matchers import braces, exactly, quote
from fairlead_targets.prometheus.promql.numbers import number, product, rounded
from fairlead_targets.prometheus.promql.syntax import Unparsable, checked

A, B, C = Expression("a"), Expression("b"), Expression("c")


def test_a_value_can_be_nothing_but_a_value() -> None:
    evil = 'x"} or vector(1) # \\ \n {{ $value }}'
    read = parse(Selector("m", (("label", "=", evil),)).now.text)
    assert isinstance(read, VectorSelector)
    assert [matcher.value for matcher in read.matchers.matchers] == [evil]


def test_an_expression_stays_on_one_line() -> None:
    assert quote("a\nb\tc\x00\x7f\x9f") == '"a\\nb\\tc\\u0000\\u007f\\u009f"'


def test_labels_and_operators_are_never_a_users_words() -> None:
    with pytest.raises(ValueError, match="no label's name"):
        braces((('a"', "=", "b"),))
    with pytest.raises(ValueError, match="no operator"):
        braces((("a", "==", "b"),))
    with pytest.raises(ValueError, match="no metric's name"):
        _ = Selector("m{}").now


def test_a_literal_part_of_a_pattern_matches_itself_alone() -> None:
    assert exactly("a.b+c") == r"a\.b\+c"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (A + B * C, "a + b * c"),
        ((A + B) * C, "(a + b) * c"),
        (A - (B - C), "a - (b - c)"),
        (A - B - C, "a - b - c"),
        (A / (B / C), "a / (b / c)"),
        (ratio(A, B), "a / (b > 0)"),
        ((A & B) | C, "a and b\nor c"),
        (A & (B | C), "a and (b\nor c)"),
        (A.unless(B.compare(">", 0)), "a unless b > 0"),
        (A.compare(">", B.compare(">", 1)), "a > (b > 1)"),
        (A * -1, "a * (-1)"),
        (total([A]), "a"),
        (total([A, B]), "a + b\nor a\nor b"),
        (aggregate("sum", A, ("x", "y")), "sum by (x, y) (a)"),
        (Selector("m").over("rate", Duration.parse("1h30m")), "rate(m[1h30m])"),
    ],
)
def test_parentheses_stand_where_they_change_the_meaning(expression: Expression, text: str) -> None:
    assert checked(expression) == text


def test_numbers_are_exact() -> None:
    assert number(Decimal("14.4") * Decimal("0.001")) == "0.0144"
    assert number(Decimal("1E-7")) == "0.0000001"
    assert number(Decimal("1E+3")) == "1000"
    assert (
        number(product(Decimal("14.4"), Decimal("0.0010000000000000000000000001"))) == "0.01440000000000000000000000144"
    )
    assert number(rounded(Decimal(2) / 3)) == "0.6667"
    with pytest.raises(ValueError, match="no place in a rule"):
        number(Decimal("NaN"))


def test_an_expression_that_promql_refuses_is_our_own_fault() -> None:
    with pytest.raises(Unparsable, match=r"sum\(\(a") as refused:
        checked(Expression("sum((a"))
    assert refused.value.text == "sum((a"


def test_digits_and_strings_do_not_hide_a_mistake() -> None:
    assert checked(Expression('m{a="1"} > 0.5')) == 'm{a="1"} > 0.5'
    with pytest.raises(Unparsable):
        checked(Expression('m{a="1"b} > 0.5'))
    with pytest.raises(Unparsable):
        checked(Expression('m{a="1} > 0.5'))
