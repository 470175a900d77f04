from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Duration
from tests.unit.spec.refusals import at_fault, code, mended, refusal

LENGTHS = st.integers(min_value=1, max_value=100 * 365 * 86_400_000)
MILLISECONDS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250ms", 250),
        ("10s", 10_000),
        ("1h30m", 5_400_000),
        ("1.5h", 5_400_000),
        ("0.25s", 250),
        ("30d", 30 * 86_400_000),
        ("2w", 14 * 86_400_000),
        ("1w1d1h1m1s1ms", 604_800_000 + 86_400_000 + 3_600_000 + 60_000 + 1000 + 1),
    ],
)
def test_it_reads_gos_notation_with_days_and_weeks(text: str, milliseconds: int) -> None:
    assert Duration.parse(text).milliseconds == milliseconds


@pytest.mark.parametrize(
    ("text", "promql", "go"),
    [
        ("90m", "1h30m", "1h30m"),
        ("24h", "1d", "24h"),
        ("30d", "30d", "720h"),
        ("2w", "14d", "336h"),
        ("1.5s", "1s500ms", "1s500ms"),
        ("36h", "1d12h", "36h"),
    ],
)
def test_prometheus_gets_days_and_go_gets_hours(text: str, promql: str, go: str) -> None:
    duration = Duration.parse(text)
    assert (duration.promql, duration.go, str(duration)) == (promql, go, promql)


def test_seconds_are_exact() -> None:
    assert Duration.parse("250ms").seconds == Decimal("0.25")
    assert str(Duration.parse("2h").seconds) == "7200"
    assert Duration.parse("1500ms").whole_seconds == 2


def test_durations_are_compared_and_added_by_length() -> None:
    assert Duration.parse("60m") == Duration.parse("1h")
    assert Duration.parse("90m") > Duration.parse("1h")
    assert Duration.parse("1h") + Duration.parse("30m") == Duration.parse("1.5h")
    assert 3 * Duration.parse("20m") == Duration.parse("20m") * 3 == Duration.of(hours=1)
    assert str(Duration.of()) == "0s"


@pytest.mark.parametrize(
    ("given_", "fault", "expected"),
    [
        ("10", "10", "FL1201"),
        ("", "", "FL1201"),
        ("h", "h", "FL1201"),
        ("1h 30m", " 30m", "FL1201"),
        ("30m1h", "1h", "FL1201"),
        ("1h1h", "1h", "FL1201"),
        ("1h30", "30", "FL1201"),
        ("5min", "min", "FL1201"),
        ("1y", "y", "FL1201"),
        ("1e3s", "e", "FL1201"),
        ("１h", "１h", "FL1201"),
        ("500us", "us", "FL1202"),
        ("0.5ms", "0.5ms", "FL1202"),
        ("1h0.0001s", "0.0001s", "FL1202"),
        ("0s", "0s", "FL1203"),
        ("0h0m", "0h0m", "FL1203"),
        ("-1h", "-1h", "FL1203"),
        ("5300w", "5300w", "FL1203"),
    ],
)
def test_it_refuses_what_is_no_length_of_time_and_points_at_it(given_: str, fault: str, expected: str) -> None:
    assert code(Duration, given_) == expected
    assert at_fault(Duration, given_) == fault


def test_a_bare_number_of_the_file_is_refused_with_both_readings() -> None:
    assert refusal(Duration, 120).help == "write the unit, as 120s or 120m"


@pytest.mark.parametrize(("text", "meant"), [("5min", "5m"), ("3days", "3d"), ("1h20Minutes", None), ("10sec", "10s")])
def test_a_long_name_of_a_unit_is_mended(text: str, meant: str | None) -> None:
    assert mended(Duration, text) == meant


def test_an_endless_number_is_refused_at_once() -> None:
    assert code(Duration, "9" * 100_000 + "s") == "FL1201"


@given(LENGTHS)
def test_both_notations_lose_nothing(milliseconds: int) -> None:
    duration = Duration(milliseconds)
    assert Duration.parse(duration.promql) == duration
    assert Duration.parse(duration.go) == duration
    assert re.fullmatch(r"([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?", duration.promql)
    assert re.fullmatch(r"([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?", duration.go)


@given(LENGTHS, LENGTHS)
def test_order_and_sum_are_those_of_the_milliseconds(one: int, two: int) -> None:
    assert (Duration(one) < Duration(two)) == (one < two)
    assert Duration(one) + Duration(two) == Duration(two) + Duration(one) == Duration(one + two)


@given(st.sampled_from(sorted(MILLISECONDS)), st.decimals(min_value="0.001", max_value=100, places=3))
def test_decimals_are_exact_or_refused(unit: str, number: Decimal) -> None:
    exact = number * MILLISECONDS[unit]
    if exact % 1:
        assert code(Duration, f"{number}{unit}") == "FL1202"
    else:
        assert Duration.parse(f"{number}{unit}").milliseconds == exact
