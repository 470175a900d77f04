"""Texts of others, as a reviewer has to see them: with nothing in them that is there and can't be seen."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from markupsafe import Markup, escape

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls but tab and line feed, marks of direction, blanks without width, fillers, half surrogate pairs, tags."""


def seen(text: str) -> str:
    """`text` with each unseen character as its number: what reorders or hides a line would deceive who reviews it."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def ticked(text: str) -> Markup:
    """A sentence whose commands stand in backticks, with these as code; a backtick without a partner stays."""
    parts = seen(text).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


def money(value: Decimal) -> str:
    """A sum with cents: `1,204.50`."""
    return f"{value:,.2f}"


def between(bounds: tuple[Decimal, Decimal]) -> str:
    """A sum, or the least and the most that it can be."""
    least, most = bounds
    return money(least) if least == most else f"{money(least)} to {money(most)}"


def difference(before: tuple[Decimal, Decimal], after: tuple[Decimal, Decimal]) -> str:
    """How much more or less it can become: `+12.00`, `-3.00 to +12.00`, `no change`."""
    changes = sorted({after[0] - before[0], after[1] - before[1]})
    if changes == [0]:
        return "no change"
    signed = (f"{change:+,.2f}" if change else "0.00" for change in changes)
    return " to ".join(signed).replace("-", "\N{MINUS SIGN}")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 resource`, `1,204 resources`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
