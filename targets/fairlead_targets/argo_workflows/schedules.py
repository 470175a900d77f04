"""Intervals as schedules that a clock can keep."""

from __future__ import annotations

import hashlib
from itertools import groupby

from fairlead.spec.units import Duration

DAY = 24 * 60
WEEK = 7 * DAY
DEADLINE = 3600
"""The longest time, in seconds, that a run may start late."""


def schedules(every: Duration, salt: str) -> tuple[str, ...] | None:
    """The schedules of an interval, or None where there are none that keep it.

    A day's minutes are a multiple of the interval, or the interval is a week. The first run is not at midnight but at a
    minute that `salt` decides, so that a hundred pipelines don't start together.
    """
    seconds = every.whole_seconds
    if seconds % 60:
        return None
    minutes = seconds // 60
    offset = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:4], "big")
    if minutes == WEEK:
        moment = offset % WEEK
        return (f"{moment % 60} {moment // 60 % 24} * * {moment // DAY}",)
    if minutes == 0 or DAY % minutes:
        return None
    if minutes <= 60 and 60 % minutes == 0:
        return (_within_the_hour(offset % minutes, minutes),)
    moments = sorted((moment % 60, moment // 60) for moment in range(offset % minutes, DAY, minutes))
    return tuple(
        f"{minute} {','.join(str(hour) for _, hour in group)} * * *"
        for minute, group in groupby(moments, key=lambda moment: moment[0])
    )


def starting_deadline(every: Duration) -> int:
    """How late a run may start, in seconds: half of its interval, and an hour at the most."""
    return max(10, min(DEADLINE, every.whole_seconds // 2))


def _within_the_hour(first: int, step: int) -> str:
    if step == 60:
        return f"{first} * * * *"
    return f"{','.join(str(minute) for minute in range(first, 60, step))} * * * *" if step > 1 else "* * * * *"
