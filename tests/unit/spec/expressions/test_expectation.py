from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.expressions import Expectation, Function, Measure, Op
from fairlead.spec.units import Duration, UnitError
from tests.unit.spec.refusals import at_fault, code, mended, refusal


@pytest.mark.parametrize(
    ("text", "function", "column", "value"),
    [
        ("rows >= 500", Function.ROWS, None, Decimal(500)),
        ("missing(mean_radius) <= 0.01", Function.MISSING, "mean_radius", Decimal("0.01")),
        ("missing(mean_radius) <= 1%", Function.MISSING, "mean_radius", Decimal("0.01")),
        ("unique(biopsy_id) >= 99%", Function.UNIQUE, "biopsy_id", Decimal("0.99")),
        ("age(taken_at) <= 7d", Function.AGE, "taken_at", Duration.parse("7d")),
        ("distinct(diagnosis) == 2", Function.DISTINCT, "diagnosis", Decimal(2)),
        ("min( c ) >= -1.5", Function.MIN, "c", Decimal("-1.5")),
        ("max(c)<+10", Function.MAX, "c", Decimal(10)),
        ("mean(c) > 0", Function.MEAN, "c", Decimal(0)),
    ],
)
def test_a_function_is_compared_with_what_it_gives(
    text: str, function: Function, column: str | None, value: Decimal | Duration
) -> None:
    expectation = Expectation.parse(text)
    assert (expectation.function, expectation.column, expectation.value) == (function, column, value)
    assert Expectation.parse(str(expectation)) == expectation


def test_a_percentage_is_the_share_that_it_stands_for() -> None:
    assert Expectation.parse("missing(c) <= 1%") == Expectation.parse("missing(c) <= 0.010")
    assert str(Expectation.parse("missing(c) <= 1%")) == "missing(c) <= 0.01"


def test_each_part_knows_its_place() -> None:
    text = "missing(mean_radius) <= 1%"
    found = Expectation.parse(text)
    spans = (found.function_span, found.column_span, found.op_span, found.value_span)
    assert [text[span.offset : span.offset + span.length] for span in spans] == ["missing", "mean_radius", "<=", "1%"]


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("", "", "FL1301"),
        ("rows", "s", "FL1301"),
        ("rows(c) >= 5", "(", "FL1301"),
        ("missing >= 0.1", ">=", "FL1301"),
        ("missing() >= 0.1", ")", "FL1301"),
        ("missing(c >= 0.1", ">=", "FL1301"),
        ("missing(a, b) >= 0.1", ",", "FL1301"),
        ("rows >= 500 and rows <= 900", "and", "FL1301"),
        ("mean(c) == 1", "==", "FL1302"),
        ("missing(c) != 0", "!=", "FL1302"),
        ("500 <= rows", "500 <= rows", "FL1303"),
        ("nulls(c) <= 0.1", "nulls", "FL1304"),
        ("median(c) <= 0.1", "median", "FL1304"),
        ("mean_radius >= 0", "mean_radius", "FL1304"),
        ("rows >= 5%", "5%", "FL1305"),
        ("rows >= 5d", "5d", "FL1305"),
        ("max(c) <= 7d", "7d", "FL1305"),
        ("age(c) <= 7", "7", "FL1305"),
        ("age(c) <= 10%", "10%", "FL1305"),
        ("missing(c) <= 7d", "7d", "FL1305"),
        ("rows >= 5.5", "5.5", "FL1306"),
        ("rows >= -1", "-1", "FL1306"),
        ("missing(c) <= 5", "5", "FL1306"),
        ("missing(c) <= 101%", "101%", "FL1306"),
        ("unique(c) >= -0.1", "-0.1", "FL1306"),
        ("age(c) <= 7x", "x", "FL1201"),
        ("age(c) <= 0d", "0d", "FL1203"),
        ("age(c) <= champion", "champion", "FL1301"),
    ],
)
def test_it_refuses_anything_else_and_points_at_it(text: str, fault: str, expected: str) -> None:
    assert code(Expectation, text) == expected
    assert at_fault(Expectation, text) == fault


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nulls(c) <= 0.1", "missing(c) <= 0.1"),
        ("mising(c) <= 0.1", "missing(c) <= 0.1"),
        ("Rows >= 5", "rows >= 5"),
        ("avg(c) <= 0.1", "mean(c) <= 0.1"),
        ("age(c) <= 7", "age(c) <= 7d"),
        ("age(c) <= 7days", "age(c) <= 7d"),
        ("missing(c) <= 5", "missing(c) <= 5%"),
        ("missing(c) <= 500", None),
        ("500 <= rows", "rows >= 500"),
    ],
)
def test_what_is_mended_is_an_expectation(text: str, meant: str | None) -> None:
    assert mended(Expectation, text) == meant
    if meant:
        Expectation.parse(meant)


def test_the_refusal_says_what_the_function_takes() -> None:
    assert refusal(Expectation, "age(c) <= 7").message == "age is compared with a duration, as 7d, and `7` is none"
    assert refusal(Expectation, "missing(c) <= 5").message == "missing is a share between 0 and 1, and 5 is not"


_VALUES: dict[Measure, st.SearchStrategy[Decimal | Duration]] = {
    Measure.COUNT: st.integers(0, 10**9).map(Decimal),
    Measure.SHARE: st.decimals(0, 1, places=4),
    Measure.NUMBER: st.decimals(-(10**6), 10**6, places=4),
    Measure.DURATION: st.integers(1, 10**10).map(Duration),
}


@given(st.data(), st.sampled_from(Function), st.sampled_from([Op.GE, Op.LE, Op.GT, Op.LT]))
def test_any_expectation_prints_and_reads_back(data: st.DataObject, function: Function, op: Op) -> None:
    value = data.draw(_VALUES[function.measure])
    expectation = Expectation(function, op, value, "c" if function.of_column else None)
    assert Expectation.parse(str(expectation)) == expectation


@pytest.mark.parametrize("digits", [28, 29, 400])
def test_a_count_may_have_any_number_of_digits_and_no_fraction(digits: int) -> None:
    assert Expectation.parse(f"rows >= {'9' * digits}").value == Decimal("9" * digits)
    with pytest.raises(UnitError) as error:
        Expectation.parse(f"rows >= {'9' * digits}.5")
    assert error.value.code.id == "FL1306"
