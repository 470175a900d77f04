"""One field of a cron expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.units.base import UnitError

MALFORMED_FIELD = Code(
    "FL1231",
    "a field of a schedule that cannot be read",
    """
    A field is `*`, or a list of numbers and ranges with commas between them, each range with an optional step: `0`,
    `1,15`, `9-17`, `*/10`, `0-30/10`. Months and days of the week also have names of three letters. Not all tools
    read `5/15` or ranges that run backwards, so neither is accepted.

    ```yaml
    retraining:
      schedule: "5/15 22-2 * * *"           # FL1231, twice
    ```

    Mended:

    ```yaml
    retraining:
      schedule: "5-59/15 22-23,0-2 * * *"
    ```
    """,
)
OUT_OF_RANGE = Code(
    "FL1232",
    "a number out of range in a schedule",
    """
    Minutes go from 0 to 59, hours from 0 to 23, days from 1 to 31, months from 1 to 12 and days of the week from 0,
    Sunday, to 6. Some crons read 7 as Sunday too, but the one in Argo Workflows and Kubernetes refuses it.

    ```yaml
    retraining:
      schedule: "0 24 * * 7"        # FL1232, twice
    ```

    Mended:

    ```yaml
    retraining:
      schedule: "0 0 * * 0"
    ```
    """,
)

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_WEEKDAYS: Final = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_RANGE = re.compile(r"(?P<first>\*|\?|[A-Za-z0-9]+)(?:-(?P<last>[A-Za-z0-9]+))?(?:/(?P<step>[0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field counts, from where to where, and its names."""

    name: str
    low: int
    high: int
    names: tuple[tuple[str, int], ...] = ()


FIELDS: Final = (
    Kind("minute", 0, 59),
    Kind("hour", 0, 23),
    Kind("day of the month", 1, 31),
    Kind("month", 1, 12, tuple(_MONTHS.items())),
    Kind("day of the week", 0, 6, tuple(_WEEKDAYS.items())),
)


@dataclass(frozen=True, slots=True)
class Field:
    """The values of one field, and its canonical text: numbers for names, `*` for `?` and `*/1`."""

    text: str
    values: frozenset[int]

    @classmethod
    def read(cls, text: str, kind: Kind, offset: int) -> Self:
        """The field that `text` stands for; `offset` is where it starts in the expression. Raises UnitError."""
        values: set[int] = set()
        canonical: list[str] = []
        for part in text.split(","):
            found, written = _range(part, kind, offset)
            values |= found
            canonical.append(written)
            offset += len(part) + 1
        return cls("*" if "*" in canonical else ",".join(canonical), frozenset(values))

    @property
    def all(self) -> bool:
        """Whether the field restricts nothing."""
        return self.text == "*"

    @property
    def stepped_star(self) -> bool:
        """Whether the field is a step over `*`, which implementations read differently for days."""
        return "*/" in self.text

    def __str__(self) -> str:
        return self.text


def _range(part: str, kind: Kind, offset: int) -> tuple[set[int], str]:
    form = _RANGE.fullmatch(part)
    star = form is not None and form["first"] in ("*", "?")
    if form is None or (star and form["last"]):
        help_ = "write a number, a range, a list or a step, as 0, 9-17, 1,15 or */10"
        message = (
            f"`{part}` cannot be read as a {kind.name}" if part else f"the field for the {kind.name} has an empty part"
        )
        raise UnitError(MALFORMED_FIELD, message, help_, offset, max(len(part), 1))
    step = int(form["step"]) if form["step"] else 1
    if step == 0 or step > kind.high - kind.low + 1:
        message = f"a step of {step} does not fit into {kind.low} to {kind.high}, for the {kind.name}"
        raise UnitError(
            OUT_OF_RANGE, message, "write a smaller step above 0", offset + form.start("step"), len(form["step"])
        )
    if star:
        return set(range(kind.low, kind.high + 1, step)), "*" if step == 1 else f"*/{step}"
    first = _value(form["first"], kind, offset)
    if not form["last"]:
        if form["step"]:
            meant = f"{first}-{kind.high}/{step}"
            message = f"`{part}` is a step without a range"
            raise UnitError(MALFORMED_FIELD, message, "write the range out", offset, len(part), meant)
        return {first}, str(first)
    last = _value(form["last"], kind, offset + form.start("last"))
    if first > last:
        meant = f"{first}-{kind.high},{kind.low}-{last}"
        message = f"the range `{part}` runs backwards, from {first} to {last}"
        raise UnitError(MALFORMED_FIELD, message, "write it as two ranges", offset, len(part), meant)
    return set(range(first, last + 1, step)), f"{first}-{last}" + (f"/{step}" if step > 1 else "")


def _value(text: str, kind: Kind, offset: int) -> int:
    names = dict(kind.names)
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdigit():
        known = f"the names are {', '.join(names)}" if names else "write a number"
        nearest = nearest_word(text.lower(), list(names)) if names else None
        raise UnitError(MALFORMED_FIELD, f"`{text}` is no {kind.name}", known, offset, len(text), nearest)
    if len(text) > 4 or not kind.low <= int(text) <= kind.high:
        sunday = kind.name == "day of the week" and text == "7"
        message = f"{text[:10]} is no {kind.name}: those go from {kind.low} to {kind.high}"
        help_ = "write 0 for Sunday" if sunday else f"write a number from {kind.low} to {kind.high}"
        raise UnitError(OUT_OF_RANGE, message, help_, offset, len(text), "0" if sunday else None)
    return int(text)
