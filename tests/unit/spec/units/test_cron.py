from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from fairlead.spec.units import Cron, UnitError
from tests.unit.spec.refusals import at_fault, attempt, code, mended, refusal

BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0 4 * * 1", "0 4 * * 1"),
        ("@daily", "0 0 * * *"),
        ("@Hourly", "0 * * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@yearly", "0 0 1 1 *"),
        ("0  4\t* * MON-fri", "0 4 * * 1-5"),
        ("*/15 9-17 1,15 jan,JUL ?", "*/15 9-17 1,15 1,7 *"),
        ("*/1 0-23/1 * * *", "* 0-23 * * *"),
        ("00 04 * * *", "0 4 * * *"),
    ],
)
def test_it_reads_fields_names_and_macros_into_five_fields(text: str, canonical: str) -> None:
    assert str(Cron.parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "fault", "expected"),
    [
        ("0 4 * *", "0 4 * *", "FL1230"),
        ("0 0 4 * * 1", "0 0 4 * * 1", "FL1230"),
        ("", "", "FL1230"),
        ("@every 1h", "@every 1h", "FL1230"),
        ("@reboot", "@reboot", "FL1230"),
        ("TZ=Europe/Zurich 0 4 * * 1", "TZ=Europe/Zurich", "FL1230"),
        ("CRON_TZ=UTC 0 4 * * 1", "CRON_TZ=UTC", "FL1230"),
        ("0 4 L * *", "L", "FL1231"),
        ("0 4 * * 1#2", "1#2", "FL1231"),
        ("0 4 15W * *", "15W", "FL1231"),
        ("0 4 * foo *", "foo", "FL1231"),
        ("5/15 * * * *", "5/15", "FL1231"),
        ("0 22-2 * * *", "22-2", "FL1231"),
        ("0 4 * * fri-mon", "fri-mon", "FL1231"),
        ("1,,2 * * * *", ",", "FL1231"),
        ("*-5 * * * *", "*-5", "FL1231"),
        ("-5 * * * *", "-5", "FL1231"),
        ("60 * * * *", "60", "FL1232"),
        ("0 24 * * *", "24", "FL1232"),
        ("0 0 0 * *", "0", "FL1232"),
        ("0 0 * 13 *", "13", "FL1232"),
        ("0 0 * * 7", "7", "FL1232"),
        ("*/0 * * * *", "0", "FL1232"),
        ("*/61 * * * *", "61", "FL1232"),
        ("0 0 31 2 *", "31 2", "FL1233"),
        ("0 0 30,31 feb *", "30,31 feb", "FL1233"),
        ("0 0 31 4,6,9,11 *", "31 4,6,9,11", "FL1233"),
        ("0 0 */2 * 1", "*/2 * 1", "FL1234"),
        ("0 0 1 * */2", "1 * */2", "FL1234"),
    ],
)
def test_it_refuses_what_tools_refuse_or_read_differently(text: str, fault: str, expected: str) -> None:
    assert code(Cron, text) == expected
    assert at_fault(Cron, text) == fault


@pytest.mark.parametrize(
    "text", ["0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 1", "0 0 */2 * *", "0 0 * * */2", "0 0 13 * 5"]
)
def test_it_takes_what_is_rare_but_clear(text: str) -> None:
    assert str(Cron.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5/15 * * * *", "5-59/15 * * * *"),
        ("0 22-2 * * *", "0 22-23,0-2 * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * mom", "0 0 * * mon"),
        ("@dayly", "@daily"),
    ],
)
def test_what_is_mended_is_a_schedule(text: str, meant: str) -> None:
    assert mended(Cron, text) == meant
    Cron.parse(meant)


def test_the_time_zone_has_a_key_of_its_own() -> None:
    assert refusal(Cron, "TZ=UTC 0 4 * * 1").help == "put it into the key `timezone` beside it"


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        ("* * * * *", "1m", "1m"),
        ("0 * * * *", "1h", "1h"),
        ("0 4 * * 1", "7d", "7d"),
        ("0 4 * * 1,4", "3d", "4d"),
        ("0 0,23 * * *", "1h", "23h"),
        ("0 9-17 * * *", "1h", "16h"),
        ("30 23 28 2 *", "365d", "366d"),
        ("0 0 1 * *", "28d", "31d"),
        ("0 0 31 * *", "31d", "61d"),
        ("0 0 29 2 *", "1461d", "1461d"),
        ("0 0 13 * 5", "1d", "7d"),
        ("*/40 * * * *", "20m", "40m"),
    ],
)
def test_the_periods_between_runs(text: str, shortest: str, longest: str) -> None:
    schedule = Cron.parse(text)
    assert str(schedule.shortest_period()) == shortest
    assert str(schedule.longest_period()) == longest


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    return st.one_of(
        st.just("*"),
        st.integers(1, high - low + 1).map(lambda step: f"*/{step}"),
        st.lists(number.map(str), min_size=1, max_size=3).map(",".join),
        ranges,
        # The other implementation reads a step over a range of one number as a step to the end of the field.
        st.tuples(ranges.filter(_has_two_ends), st.integers(1, 5)).map(lambda parts: f"{parts[0]}/{parts[1]}"),
    )


def _has_two_ends(text: str) -> bool:
    return len(set(text.split("-"))) == 2


SCHEDULES = st.tuples(*(_field(*bounds) for bounds in BOUNDS)).map(" ".join)


@given(SCHEDULES, st.datetimes(datetime(2001, 1, 1), datetime(2098, 1, 1)))  # noqa: DTZ001  (a wall clock)
def test_it_runs_when_another_implementation_does_and_never_more_often_than_it_says(text: str, start: datetime) -> None:
    cronsim = pytest.importorskip("cronsim")
    schedule = attempt(Cron, text)
    if isinstance(schedule, UnitError):
        assert schedule.code.id in {"FL1233", "FL1234"}
        return
    runs = cronsim.CronSim(text, start.replace(tzinfo=UTC))
    moments = [next(runs) for _ in range(8)]
    assert all(schedule.matches(moment) for moment in moments)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= timedelta(milliseconds=schedule.shortest_period().milliseconds)
    assert max(gaps) <= timedelta(milliseconds=schedule.longest_period().milliseconds)
    missed = moments[0] + timedelta(minutes=1)
    assert schedule.matches(missed) == (moments[1] == missed)
