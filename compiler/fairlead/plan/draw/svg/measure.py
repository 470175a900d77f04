"""How wide text is, without a font: estimates that err towards too wide, so that nothing ever leaves its card.

The drawing names no font to load, so a viewer takes its own. The widths are those of DejaVu Sans, the widest of the
faces that browsers and desktops fall back to.
"""

from __future__ import annotations

from typing import Final

ELLIPSIS: Final = "…"
_NARROW: Final = frozenset("ijlI.,:;'|!`")
_SLIM: Final = frozenset('frt()[]{}/\\-" *')
_BROAD: Final = frozenset("mwMW@%&—…→←↻≥≤")
_WIDE_FROM: Final = 0x1100
"""From here on stand scripts and symbols whose characters may be as wide as they are high."""
BOLD: Final = 1.1


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width in pixels of `text` at a font size in pixels."""
    return sum(_em(character) for character in text) * size * (BOLD if bold else 1.0)


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _SLIM:
        return 0.42
    if character in _BROAD:
        return 0.98
    if ord(character) >= _WIDE_FROM:
        return 1.06
    return 0.7 if character.isupper() else 0.62


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """`text`, cut and marked with an ellipsis where it is wider than `room`."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """`text` on at most `most` lines of width `room`, broken at blanks; what does not fit is cut and marked."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(fitted(line, size, room, bold=bold))
    if words:
        lines.append(fitted(" ".join(words), size, room, bold=bold))
    return lines
