"""Schedules: cron expressions of five fields.

The grammar is what Argo's CronWorkflow, Kubernetes' CronJob and GitHub Actions all read in the same way. What
robfig/cron (the parser of the first two) reads differently from other crons is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.units.base import Unit, UnitError
from fairlead.spec.units.calendar import YEARS, Days, gaps, number
from fairlead.spec.units.cron_field import FIELDS, Field
from fairlead.spec.units.duration import Duration

MALFORMED = Code(
    "FL1230",
    "not a schedule",
    """
    A schedule has five fields, separated by spaces: minute, hour, day of the month, month and day of the week. There
    are macros for the common ones: `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly`. A field for seconds, a
    year, `L`, `W`, `#` and `@every` are not part of it, because not all of the tools that Fairlead compiles to read
    them.

    ```yaml
    retraining:
      schedule: "@every 24h"        # FL1230
    ```

    Mended:

    ```yaml
    retraining:
      schedule: "0 4 * * *"
    ```
    """,
)
NEVER = Code(
    "FL1233",
    "a schedule that never comes",
    """
    No month of the schedule has the day that it names, so it would be accepted everywhere and do nothing for ever.

    ```yaml
    retraining:
      schedule: "0 0 31 2 *"        # FL1233: February has no 31st
    ```

    Mended, for the first day of every month:

    ```yaml
    retraining:
      schedule: "0 0 1 * *"
    ```
    """,
)
AMBIGUOUS = Code(
    "FL1234",
    "a schedule that tools read differently",
    """
    When a schedule restricts both the day of the month and the day of the week, cron runs it on days that match
    either. When one of the two is a step such as `*/2`, some implementations count it as unrestricted and want both
    to match, and others do not. The same line would run on different days on a laptop and in a cluster.

    ```yaml
    retraining:
      schedule: "0 4 */2 * 1"       # FL1234
    ```

    Mended, for every Monday and every odd day:

    ```yaml
    retraining:
      schedule: "0 4 1-31/2 * 1"
    ```
    """,
)

MACROS: Final[dict[str, str]] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_LONGEST_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Cron(Unit):
    """A schedule of five fields, minute, hour, day of the month, month and weekday: 0 4 * * 1, or a macro: @daily.

    Two schedules are equal when their canonical texts are.
    """

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$",
        "examples": ["0 4 * * 1", "@daily"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The schedule that `text` stands for. Raises UnitError for FL1230 to FL1234."""
        if len(text) > _LONGEST_TEXT:
            raise UnitError(MALFORMED, f"`{text[:20]}…` is too long for a schedule", "write five fields, as 0 4 * * 1")
        if text.startswith("@"):
            return cls._of_macro(text)
        words = list(re.finditer(r"[^ \t]+", text))
        if words and re.match(r"(CRON_)?TZ=", words[0][0]):
            message = "a schedule carries no time zone of its own"
            raise UnitError(MALFORMED, message, "put it into the key `timezone` beside it", 0, words[0].end())
        if len(words) != len(FIELDS):
            message = f"`{text}` has {len(words)} field{'s' * (len(words) != 1)}, and a schedule has five"
            raise UnitError(MALFORMED, message, "write minute, hour, day, month and weekday, as 0 4 * * 1")
        fields = [Field.read(word[0], kind, word.start()) for word, kind in zip(words, FIELDS, strict=True)]
        found = cls(*fields)
        found._refuse_ambiguous_days(words[2].start(), words[4].end() - words[2].start())
        if not found._days.exist:
            span = words[2].start(), words[3].end() - words[2].start()
            message = f"no month of `{found.month}` has a day of `{found.day}`, so `{found}` never comes"
            raise UnitError(NEVER, message, "write a day that the month has", *span)
        return found

    @classmethod
    def _of_macro(cls, text: str) -> Self:
        if text.lower() in MACROS:
            return cls.from_text(MACROS[text.lower()])
        if text.startswith("@every"):
            help_ = (
                "write five fields: `@every` counts from whenever a controller started, so nobody knows when it runs"
            )
            raise UnitError(MALFORMED, f"`{text}` is not tied to a clock", help_)
        nearest = nearest_word(text.lower(), list(MACROS))
        raise UnitError(MALFORMED, f"`{text}` is no macro", f"the macros are {', '.join(MACROS)}", nearest=nearest)

    def _refuse_ambiguous_days(self, offset: int, length: int) -> None:
        fields = (self.day, self.weekday)
        if any(field.stepped_star for field in fields) and not any(field.all for field in fields):
            message = f"`{self.day}` and `{self.weekday}` both restrict the day, one of them as a step over `*`"
            help_ = "write the step over a range, as 1-31/2, or leave one of the two fields `*`"
            raise UnitError(AMBIGUOUS, message, help_, offset, length)

    @property
    def _days(self) -> Days:
        return Days(
            self.month.values, self.day.values, self.weekday.values, either=not (self.day.all or self.weekday.all)
        )

    def shortest_period(self) -> Duration:
        """The least time between two successive runs, on a clock without daylight saving time."""
        return self._periods()[0]

    def longest_period(self) -> Duration:
        """The most time between two successive runs, on a clock without daylight saving time.

        Exact between the years 1901 and 2099; a schedule for 29 February skips eight years around most centuries.
        """
        return self._periods()[1]

    def _periods(self) -> tuple[Duration, Duration]:
        times = sorted(hour * 60 + minute for hour in self.hour.values for minute in self.minute.values)
        within = [later - earlier for earlier, later in pairwise(times)]
        shortest, longest = gaps(self._days)
        over_night = times[0] - times[-1]
        minutes = [*within, shortest * 1440 + over_night, longest * 1440 + over_night]
        return Duration.of(minutes=min(minutes)), Duration.of(minutes=max(minutes))

    def runs_a_month(self) -> float:
        """How often it runs in a mean month, on a clock without daylight saving time."""
        return number(self._days) * len(self.hour.values) * len(self.minute.values) / YEARS / 12

    def matches(self, moment: datetime) -> bool:
        """Whether the schedule runs in the minute of `moment`, by the clock that `moment` shows."""
        return moment.minute in self.minute.values and moment.hour in self.hour.values and moment.date() in self._days

    def __str__(self) -> str:
        return f"{self.minute} {self.hour} {self.day} {self.month} {self.weekday}"
