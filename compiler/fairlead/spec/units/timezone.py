"""Names of time zones."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from fairlead.source.diagnostics import Code
from fairlead.source.words import nearest_word
from fairlead.spec.units.base import TextUnit, UnitError

UNKNOWN = Code(
    "FL1235",
    "an unknown time zone",
    """
    A time zone is a name of the IANA database, such as `Europe/Zurich`, `America/New_York` or `UTC`. Offsets such as
    `+02:00` and most abbreviations are not, since they know nothing of daylight saving time. The names are those of
    the `tzdata` package that is installed with Fairlead, and not of the machine, so that all machines agree.

    ```yaml
    retraining:
      schedule: "0 4 * * 1"
      timezone: Europe/Zuerich      # FL1235: did you mean `Europe/Zurich`?
    ```

    Mended:

    ```yaml
    retraining:
      schedule: "0 4 * * 1"
      timezone: Europe/Zurich
    ```
    """,
)


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every name of the IANA database, as the `tzdata` package lists them."""
    package = find_spec("tzdata")
    if package is None or package.origin is None:
        raise RuntimeError("the package `tzdata` is not installed, and Fairlead depends on it")
    return frozenset(Path(package.origin).with_name("zones").read_text(encoding="utf-8").split())


class TimeZone(TextUnit):
    """A time zone by its name in the IANA database: Europe/Zurich, UTC."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
        "examples": ["Europe/Zurich", "UTC"],
    }

    @classmethod
    def check(cls, text: str) -> None:
        """Raises UnitError for FL1235."""
        if text not in names():
            nearest = nearest_word(text, sorted(names()))
            help_ = "write a name of the IANA database, as Europe/Zurich or UTC"
            raise UnitError(UNKNOWN, f"`{text[:60]}` is no time zone", help_, nearest=nearest)
