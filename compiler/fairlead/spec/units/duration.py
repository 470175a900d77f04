"""Lengths of time, in Go's notation with days and weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.units.base import Unit, UnitError

MALFORMED = Code(
    "FL1201",
    "not a duration",
    """
    A duration is one or more whole or decimal numbers, each with its unit, from the largest unit to the smallest:
    `2h`, `1h30m`, `10s`, `250ms`, `30d`, `1.5h`. The units are `w` (7 days), `d` (24 hours), `h`, `m` (minutes), `s`
    and `ms`. Months and years are no units, because they have no fixed length.

    A bare number is refused, since its reader would have to guess between seconds and minutes, and every tool
    that Fairlead compiles to guesses differently.

    ```yaml
    model:
      train:
        timeout: 120        # FL1201: seconds? minutes?
    ```

    Mended:

    ```yaml
    model:
      train:
        timeout: 2h
    ```
    """,
)
TOO_FINE = Code(
    "FL1202",
    "a duration finer than a millisecond",
    """
    Durations are whole milliseconds, since Prometheus knows nothing finer, and rounding here would make the rule
    that is generated disagree with the file that a person reads.

    ```yaml
    slos:
      latency: {objective: 99%, below: 0.5ms}     # FL1202
    ```

    Mended:

    ```yaml
    slos:
      latency: {objective: 99%, below: 1ms}
    ```
    """,
)
OUT_OF_RANGE = Code(
    "FL1203",
    "a duration that is zero, negative or too long",
    """
    A timeout of zero stops a step before it starts, a window of zero measures nothing, and none of them can be
    negative. Beyond 100 years, Go's own durations soon overflow.

    ```yaml
    retraining:
      schedule: "0 4 * * 1"
      cooldown: 0s        # FL1203
    ```

    Mended: leave the key out for its default, or write a length of time.

    ```yaml
    retraining:
      schedule: "0 4 * * 1"
      cooldown: 1h
    ```
    """,
)

MILLISECONDS: Final[dict[str, int]] = {
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
LONGEST: Final = 100 * 365 * MILLISECONDS["d"]
_LONGEST_TEXT: Final = 64
_PART = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[A-Za-zµμ]*)")
_MEANT: Final[dict[str, str]] = {
    **dict.fromkeys(("sec", "secs", "second", "seconds", "S"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "M"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "H"), "h"),
    **dict.fromkeys(("day", "days", "D"), "d"),
    **dict.fromkeys(("week", "weeks", "W"), "w"),
    **dict.fromkeys(("msec", "millis", "MS", "Ms"), "ms"),
}


@dataclass(frozen=True, slots=True, order=True)
class Duration(Unit):
    """A length of time in Go's notation, with `d` for 24 hours and `w` for 7 days: 250ms, 10s, 1h30m, 30d.

    Exact, in whole milliseconds, and greater than zero.
    """

    milliseconds: int

    numbers: ClassVar[bool] = True
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^([0-9]+(\.[0-9]+)?(w|d|h|m|s|ms))+$",
        "examples": ["10s", "1h30m", "30d"],
    }

    def __post_init__(self) -> None:
        if self.milliseconds < 0:
            raise ValueError(f"{self.milliseconds} ms is no duration: it is negative")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The duration that `text` stands for. Raises UnitError for FL1201, FL1202 and FL1203."""
        if text.startswith("-"):
            raise UnitError(OUT_OF_RANGE, f"the duration `{text}` is negative", "write a length of time above zero")
        total = sum(_parts(text))
        if total == 0:
            raise UnitError(OUT_OF_RANGE, f"the duration `{text}` is zero", "write a length of time above zero")
        if total > LONGEST:
            raise UnitError(OUT_OF_RANGE, f"`{text}` is longer than 100 years", "write a shorter duration")
        return cls(total)

    @classmethod
    def of(cls, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0, milliseconds: int = 0) -> Self:
        """A duration by its parts; the sum may be zero, as that of a difference may."""
        units = zip((days, hours, minutes, seconds, milliseconds), ("d", "h", "m", "s", "ms"), strict=True)
        return cls(sum(count * MILLISECONDS[unit] for count, unit in units))

    @property
    def seconds(self) -> Decimal:
        """The length in seconds, exact; without decimals where it is a whole number."""
        whole, rest = divmod(self.milliseconds, 1000)
        return Decimal(self.milliseconds).scaleb(-3).normalize() if rest else Decimal(whole)

    @property
    def whole_seconds(self) -> int:
        """The length in seconds, rounded up: for the fields of Kubernetes that take no fractions."""
        return -(-self.milliseconds // 1000)

    @property
    def promql(self) -> str:
        """As Prometheus writes it, in days and smaller units: `1d12h`, `5m`, `250ms`. Zero is `0s`."""
        return self._in("d", "h", "m", "s", "ms")

    @property
    def go(self) -> str:
        """As Go's `time.ParseDuration` reads it, which knows neither days nor weeks: `720h`, `1h30m`. Zero is `0s`."""
        return self._in("h", "m", "s", "ms")

    def __str__(self) -> str:
        return self.promql

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.milliseconds + other.milliseconds)

    def __mul__(self, times: int) -> Duration:
        return Duration(self.milliseconds * times)

    __rmul__ = __mul__

    def _in(self, *units: str) -> str:
        text, rest = "", self.milliseconds
        for unit in units:
            count, rest = divmod(rest, MILLISECONDS[unit])
            text += f"{count}{unit}" if count else ""
        return text or "0s"


def _parts(text: str) -> Iterator[int]:
    """The milliseconds of every part of `text`."""
    if len(text) > _LONGEST_TEXT:
        raise UnitError(MALFORMED, f"`{text[:20]}…` is too long for a duration", "write it as 10s, 1h30m or 30d")
    if not text:
        raise UnitError(MALFORMED, "a duration is missing", "write a number with its unit, as 10s or 1h30m")
    position, above = 0, ""
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            message = f"`{text}` is not a duration: `{text[position:]}` is no number with a unit"
            raise UnitError(MALFORMED, message, "write it as 10s, 1h30m or 30d", position, len(text) - position)
        unit, start = part["unit"], part.start("unit")
        if unit not in MILLISECONDS:
            raise _unit_error(text, part["number"], unit, start)
        if above and MILLISECONDS[unit] >= MILLISECONDS[above]:
            message = f"in the duration `{text}`, `{unit}` comes after `{above}`"
            raise UnitError(MALFORMED, message, "write each unit once, the largest first", part.start(), len(part[0]))
        whole, _, fraction = part["number"].partition(".")
        length, rest = divmod(int(whole + fraction) * MILLISECONDS[unit], 10 ** len(fraction))
        if rest:
            message = f"`{part[0]}` is no whole number of milliseconds"
            raise UnitError(TOO_FINE, message, "round it to whole milliseconds", part.start(), len(part[0]))
        yield length
        position, above = part.end(), unit


def _unit_error(text: str, number: str, unit: str, start: int) -> UnitError:
    if not unit:
        message = f"the duration `{text}` has no unit" + (f" after {number}" if text != number else "")
        return UnitError(
            MALFORMED, message, f"write the unit, as {number}s or {number}m", start - len(number), len(number)
        )
    if unit in {"us", "ns", "µs", "μs"}:
        return UnitError(TOO_FINE, f"`{text}` is given in `{unit}`", "write whole milliseconds", start, len(unit))
    if unit in {"y", "yr", "year", "years", "mo", "month", "months"}:
        message = f"`{unit}` in `{text}` has no fixed length"
        return UnitError(MALFORMED, message, "write days, as 30d or 365d", start, len(unit))
    meant = _MEANT.get(unit) or nearest_word(unit, list(MILLISECONDS))
    message = f"`{unit}` in the duration `{text}` is no unit of time"
    return UnitError(MALFORMED, message, "the units are w, d, h, m, s and ms", start, len(unit), meant)
