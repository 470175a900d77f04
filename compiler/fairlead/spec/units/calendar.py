"""Days that recur by month, day of the month and day of the week, and the time between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

# Twenty-eight years hold every combination of a year, the weekday that it starts on and the year after it, for as long
# as every fourth year is a leap year. One more closes the circle.
_FIRST_YEAR: Final = 2001
_LAST_YEAR: Final = 2029
YEARS: Final = _LAST_YEAR - _FIRST_YEAR + 1
"""How many years stand for all others."""
_LONGEST_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a schedule. Weekdays count from 0, Sunday.

    With `either`, a day matches by its number or by its weekday, as cron has it when both are restricted; else by both.
    """

    months: frozenset[int]
    numbers: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @property
    def exist(self) -> bool:
        """Whether there is any such day."""
        return self.either or any(min(self.numbers) <= _LONGEST_MONTH[month - 1] for month in self.months)

    def __contains__(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_number, by_weekday = day.day in self.numbers, day.isoweekday() % 7 in self.weekdays
        return by_number or by_weekday if self.either else by_number and by_weekday

    def __iter__(self) -> Iterator[int]:
        """The ordinals of all such days of the years that stand for all others."""
        for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
            for month in sorted(self.months):
                first = date(year, month, 1)
                start, length = first.toordinal(), _LONGEST_MONTH[month - 1] - (month == 2 and year % 4 != 0)
                for number in range(1, length + 1):
                    by_number, by_weekday = number in self.numbers, (start + number - 1) % 7 in self.weekdays
                    if (by_number or by_weekday) if self.either else (by_number and by_weekday):
                        yield start + number - 1


@lru_cache(maxsize=1024)
def number(days: Days) -> int:
    """How many such days there are in the years that stand for all others."""
    return sum(1 for _ in days)


@lru_cache(maxsize=1024)
def gaps(days: Days) -> tuple[int, int]:
    """The least and the most days between one day and the next. Both are 1 where every day counts."""
    if len(days.months) == 12 and not days.either and len(days.weekdays) == 7 and len(days.numbers) == 31:
        return 1, 1
    ordinals = list(days)
    between = {later - earlier for earlier, later in pairwise(ordinals)}
    return min(between), max(between)
