"""Whatever a value is, it stays a value: in matchers, in annotations, in promtool's series."""

from __future__ import annotations

import ast
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, strategies as st
from promql_parser import VectorSelector, parse

from fairlead_targets.prometheus.cases.samples import described
from fairlead_targets.prometheus.promql.expressions import Expression, Selector
from fairlead_targets.prometheus.promql.matchers import exactly
from fairlead_targets.prometheus.promql.numbers import number, product
from fairlead_targets.prometheus.promql.syntax import checked
from fairlead_targets.prometheus.rules import Message

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e12"), max_value=Decimal("1e12"))


@given(TEXTS, st.sampled_from(["=", "!="]))
def test_a_quoted_value_is_read_back(value: str, operator: str) -> None:
    selector = Selector("m", (("first", operator, value), ("second", "=", "x")))
    read = parse(checked(selector.now))
    assert isinstance(read, VectorSelector)
    assert [matcher.value for matcher in read.matchers.matchers] == [value, "x"]


@given(TEXTS)
def test_a_quoted_value_stands_on_one_line(value: str) -> None:
    text = Selector("m", (("label", "=", value),)).now.text
    assert not any(ord(character) < 0x20 for character in text)


@given(TEXTS)
def test_a_literal_part_of_a_pattern_is_a_pattern(value: str) -> None:
    read = parse(Selector("m", (("label", "=~", f"({exactly(value)})+"),)).now.text)
    assert isinstance(read, VectorSelector)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), TEXTS))
def test_a_series_of_a_test_has_the_labels_that_it_was_given(labels: dict[str, str]) -> None:
    read = parse(described("m", labels))
    assert isinstance(read, VectorSelector)
    assert {matcher.name: matcher.value for matcher in read.matchers.matchers} == labels


@given(NUMBERS)
def test_a_number_is_written_exactly_and_without_exponent(value: Decimal) -> None:
    text = number(value)
    assert Decimal(text) == value
    assert "e" not in text.lower()
    parse(f"m > {text}")


@given(st.lists(st.decimals(places=6, min_value=0, max_value=1000), max_size=4))
def test_a_product_is_exact(factors: list[Decimal]) -> None:
    whole = 1
    for factor in factors:
        whole *= int(factor * 10**6)
    assert Fraction(product(*factors)) == Fraction(whole, 10 ** (6 * len(factors)))


@given(TEXTS)
def test_text_of_a_specification_is_no_template(text: str) -> None:
    template = Message(text).template
    assert template.replace('{{ "{{" }}', "{{") == text
    assert "{{" not in template.replace('{{ "{{" }}', "")


ATOMS = st.sampled_from([Expression("a"), Expression("b"), Expression("1")])


@st.composite
def expressions(draw: st.DrawFn) -> tuple[Expression, str]:
    """An expression, and the same with all the parentheses that there can be."""
    if draw(st.integers(0, 3)) == 0:
        atom = draw(ATOMS)
        return atom, atom.text
    (left, full_left), (right, full_right) = draw(expressions()), draw(expressions())
    operator = draw(st.sampled_from(["+", "-", "*", "/"]))
    made = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[operator]
    return made, f"({full_left} {operator} {full_right})"


@given(expressions(), st.fixed_dictionaries({"a": st.integers(1, 50), "b": st.integers(1, 50)}))
def test_parentheses_are_left_out_where_nothing_changes(pair: tuple[Expression, str], values: dict[str, int]) -> None:
    # The operators bind in Python as they do in PromQL, so Python can judge.
    made, full = pair
    checked(made)
    assert evaluated(made.text, values) == evaluated(full, values)


def evaluated(text: str, values: dict[str, int]) -> Fraction | str:
    """The exact value of arithmetic over `a`, `b` and 1, by Python's own parser."""

    def of(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            left, right = of(node.left), of(node.right)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case _:
                    return left / right
        return Fraction(values[node.id]) if isinstance(node, ast.Name) else Fraction(1)

    try:
        return of(ast.parse(text, mode="eval").body)
    except ZeroDivisionError:
        return "a division by zero"
