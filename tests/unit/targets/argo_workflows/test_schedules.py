"""Intervals become schedules of a clock that keep them exactly, or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Cron, Duration
from fairlead_targets.argo_workflows.schedules import DAY, schedules, starting_deadline

DIVISORS = [minutes for minutes in range(1, DAY + 1) if DAY % minutes == 0]


@given(st.sampled_from(DIVISORS), st.text(max_size=8))
def test_runs_are_exactly_the_interval_apart_over_midnight_too(minutes: int, salt: str) -> None:
    found = schedules(Duration.of(minutes=minutes), salt)
    assert found is not None
    times = [Cron.parse(text) for text in found]
    start = datetime(2026, 3, 4, tzinfo=UTC)
    moments = [start + timedelta(minutes=step) for step in range(2 * DAY)]
    runs = [moment for moment in moments if any(time.matches(moment) for time in times)]
    gaps = {later - earlier for earlier, later in pairwise(runs)}
    assert gaps == {timedelta(minutes=minutes)}


def test_a_week_is_once_a_week() -> None:
    found = schedules(Duration.parse("7d"), "churn")
    assert found is not None
    (text,) = found
    assert Cron.parse(text).shortest_period() == Cron.parse(text).longest_period() == Duration.parse("7d")


@pytest.mark.parametrize("text", ["5h", "7m", "25h", "2d", "30s", "90s", "14d"])
def test_an_interval_that_no_clock_keeps_has_no_schedule(text: str) -> None:
    assert schedules(Duration.parse(text), "churn") is None


def test_pipelines_do_not_all_start_at_once() -> None:
    assert len({schedules(Duration.parse("1h"), f"pipeline-{number}") for number in range(40)}) > 10


@pytest.mark.parametrize(("every", "seconds"), [("1h", 1800), ("24h", 3600), ("1m", 30), ("7d", 3600)])
def test_a_run_may_start_late_by_half_its_interval_and_an_hour_at_the_most(every: str, seconds: int) -> None:
    assert starting_deadline(Duration.parse(every)) == seconds
