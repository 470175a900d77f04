"""Burn rates, from the formula of the Site Reliability Workbook, chapter 5."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.spec.units import Duration, Percentage
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.slo.burns import budget, burns
from tests.unit.targets.prometheus.watched import churn, watch


def rates(window: str, objective: str = "99.9%") -> list[str]:
    found = burns(Percentage.parse(objective), Duration.parse(window))
    return [f"{number(burn.rate)} on {burn.pair.long} and {burn.pair.short}: {burn.pair.severity}" for burn in found]


def test_thirty_days_have_the_rates_of_the_workbook() -> None:
    assert rates("30d") == [
        "14.4 on 1h and 5m: page",
        "6 on 6h and 30m: page",
        "3 on 1d and 2h: ticket",
        "1 on 3d and 6h: ticket",
    ]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("90d", ["43.2", "18", "9", "3"]),
        ("28d", ["13.44", "5.6", "2.8", "1"]),
        ("7d", ["3.36", "1.4", "1", "1"]),
        ("2d", ["1", "1", "1"]),
    ],
)
def test_other_windows_are_scaled_and_never_slower_than_the_objective_allows(window: str, expected: list[str]) -> None:
    assert [rate.split()[0] for rate in rates(window)] == expected


def test_the_share_of_the_budget_that_a_rate_stands_for() -> None:
    page, *_, last = burns(Percentage.parse("99.9%"), Duration.parse("30d"))
    assert page.spent(Duration.parse("30d")) == Decimal("0.02")
    assert last.spent(Duration.parse("30d")) == Decimal("0.1")


@pytest.mark.parametrize(
    ("objective", "exact"), [("99.9%", "0.001"), ("99.99%", "0.0001"), ("95%", "0.05"), ("99.999%", "0.00001")]
)
def test_budgets_are_exact(objective: str, exact: str) -> None:
    assert budget(Percentage.parse(objective)) == Decimal(exact)


def test_thresholds_are_written_exactly(tmp_path: Path) -> None:
    page, ticket = watch(tmp_path, churn()).alerts("AvailabilityBudgetBurn")
    assert [text in page["expr"] for text in ("> 0.0144 and", "> 0.006 and")] == [True, True]
    assert [text in ticket["expr"] for text in ("> 0.003 and", "> 0.001 and")] == [True, True]


def test_a_rate_that_cannot_be_reached_is_left_out_and_said(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {availability: 90%}"))
    assert watched.said == [
        (
            "FL4303",
            "the page on 1h can't fire and is left out: 14.4 times the error budget of 10% is 144% of requests",
        )
    ]
    page, ticket = watched.alerts("AvailabilityBudgetBurn")
    assert "ratio_rate5m" not in page["expr"]
    assert "> 0.6 and" in page["expr"]
    assert "> 0.3 and" in ticket["expr"]


def test_an_objective_so_low_that_no_page_remains_still_has_a_ticket(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {availability: 80%}"))
    assert [alert["labels"]["severity"] for alert in watched.alerts("AvailabilityBudgetBurn")] == ["ticket"]


def test_a_short_window_is_warned_of_with_its_arithmetic(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {window: 2d, availability: 99%}"))
    assert watched.said == [
        (
            "FL4304",
            (
                "in a window of 2d, 2% of the error budget within 1h is a burn rate of 0.96, which is slower than the "
                "objective allows"
            ),
        )
    ]


def test_a_window_of_five_days_is_long_enough(tmp_path: Path) -> None:
    assert watch(tmp_path, churn("slos: {window: 5d, availability: 99%}")).said == []


def test_all_or_nothing_is_refused(tmp_path: Path) -> None:
    watched = watch(tmp_path, churn("slos: {availability: 100%}"))
    assert watched.said == [("FL4302", "an objective of 100% leaves an error budget of 100% - 100% = 0%")]
    assert "AvailabilityBudgetBurn" not in watched.names
