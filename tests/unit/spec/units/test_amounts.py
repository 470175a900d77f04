"""Percentages and money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Money, MoneyPerHour, Percentage
from tests.unit.spec.refusals import code, mended, refusal


def test_a_percentage_is_exact() -> None:
    assert Percentage.parse("99.9%").fraction == Decimal("0.999")
    assert 1 - Percentage.parse("99.9%").fraction == Decimal("0.001")
    assert Percentage.parse("10%").percent == 10
    assert Percentage.parse("99.90%") == Percentage.parse("99.9%")
    assert str(Percentage.parse("99.90%")) == "99.9%"
    assert [str(Percentage.parse(text)) for text in ("0%", "100.0%")] == ["0%", "100%"]
    assert Percentage.parse("50%") > Percentage.parse("10%")


@pytest.mark.parametrize("text", ["", "%", "x%", "1e1%", ".5%", "5 %", "10%%", "+10%", "１%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    assert code(Percentage, text) == "FL1220"


@pytest.mark.parametrize("text", ["-1%", "100.01%", "1000%"])
def test_a_percentage_is_a_share_of_a_whole(text: str) -> None:
    assert code(Percentage, text) == "FL1221"


@pytest.mark.parametrize(
    ("written", "meant"), [("0.7", "70%"), ("0.999", "99.9%"), ("70", "70%"), ("1", "1%"), ("500", None)]
)
def test_a_bare_number_is_refused_with_what_was_probably_meant(written: str, meant: str | None) -> None:
    assert code(Percentage, written) == "FL1220"
    assert mended(Percentage, written) == meant


def test_a_number_below_one_has_two_readings_and_both_are_said() -> None:
    assert refusal(Percentage, 0.7).help == "write 70%, or 0.7% for less than one in a hundred"


@given(st.decimals(min_value=0, max_value=100, places=6))
def test_a_fraction_is_a_hundredth_of_its_percentage(percent: Decimal) -> None:
    assert Percentage.parse(f"{percent}%").fraction * 100 == percent


def test_money_is_exact_and_has_cents() -> None:
    assert str(Money.parse(12.5)) == "12.50"
    assert Money.parse("0.1") + Money.parse("0.2") == Money.parse("0.3")
    assert str(Money.parse("0.005")) == "0.005"
    assert Money.parse(3) * 4 == 4 * Money.parse(3) == Money(Decimal(12))
    assert Money.parse("9.99") < Money.parse(10)


@pytest.mark.parametrize("text", ["$12.50", "12,50", "-1", "1e3", "", "EUR 3", "12.50/h", "1234567890123"])
def test_what_is_no_amount_of_money_is_refused(text: str) -> None:
    assert code(Money, text) == "FL1225"


def test_a_price_is_per_hour() -> None:
    assert MoneyPerHour.parse("0.09/h").per_hour == Decimal("0.09")
    assert str(MoneyPerHour.parse("0.7/h")) == "0.70/h"


@pytest.mark.parametrize(
    ("written", "meant"), [("0.09", "0.09/h"), ("3/hour", "3/h"), ("3/month", None), ("$3/h", None), ("3/", None)]
)
def test_a_price_per_anything_else_is_refused(written: str, meant: str | None) -> None:
    assert code(MoneyPerHour, written) == "FL1226"
    assert mended(MoneyPerHour, written) == meant


def test_a_price_as_a_number_of_the_file_is_refused_with_its_unit() -> None:
    assert refusal(MoneyPerHour, 0.09).nearest == "0.09/h"
