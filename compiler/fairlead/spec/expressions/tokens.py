"""The words of an expression, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import UnitError

UNREADABLE = Code(
    "FL1300",
    "a character that no expression has",
    """
    Expressions consist of names, numbers, percentages, durations, text in quotes, comparisons and brackets. Something
    else stands here, often a character that an editor or a chat program put in place of a plain one.

    ```yaml
    gates: [roc_auc ≥ 0.95]         # FL1300: did you mean `>=`?
    ```

    Mended:

    ```yaml
    gates: [roc_auc >= 0.95]
    ```
    """,
)
LONGEST: Final = 500
"""Characters that an expression may have; beyond that it is no expression that a person would review."""


class Span(NamedTuple):
    """Some characters of an expression."""

    offset: int
    length: int

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of another."""
        return Span(self.offset, other.offset + other.length - self.offset)


NOWHERE: Final = Span(0, 0)
"""The span of what was not written."""


class Kind(Enum):
    """What a token is; the value is how a message calls it."""

    WORD = "a name"
    NUMBER = "a number"
    PERCENTAGE = "a percentage"
    DURATION = "a duration"
    TEXT = "a text"
    COMPARISON = "a comparison"
    SIGN = "a sign"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression, as written."""

    kind: Kind
    text: str
    span: Span


_TOKEN = re.compile(
    r"""
      (?P<measure>[0-9]+(?:\.[0-9]+)?(?:%|[A-Za-z_µ][A-Za-z0-9_.µ]*)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<comparison>>=|<=|==|!=|=>|=<|<>|<|>|=)
    | (?P<sign>[()\[\].,+*/-])
    """,
    re.VERBOSE,
)
_KINDS: Final = {"word": Kind.WORD, "text": Kind.TEXT, "comparison": Kind.COMPARISON, "sign": Kind.SIGN}
_LOOKALIKES: Final = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "“": '"',
    "”": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, with one of kind END behind them. Raises UnitError for FL1300."""
    if len(text) > LONGEST:
        raise UnitError(UNREADABLE, f"an expression of {len(text)} characters is too long", f"keep it below {LONGEST}")
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = _KINDS.get(match.lastgroup or "") or _measure(match[0])
        found.append(Token(kind, match[0], Span(position, len(match[0]))))
        position = match.end()
    end = len(text.rstrip(" \t"))
    return [*found, Token(Kind.END, "", Span(end, 0))]


def _measure(text: str) -> Kind:
    if text.endswith("%"):
        return Kind.PERCENTAGE
    return Kind.DURATION if text[-1].isalpha() or any(character.isalpha() for character in text) else Kind.NUMBER


def _unreadable(text: str, position: int) -> UnitError:
    character = text[position]
    if character in "\"'":
        message, help_ = f"a text starts with {character} and does not end", "close the quotes"
        return UnitError(UNREADABLE, message, help_, position, len(text) - position)
    plain = _LOOKALIKES.get(character)
    shown = repr(character) if not character.isprintable() else f"`{character}`"
    help_ = f"write {plain}" if plain else "write names, numbers and comparisons only"
    return UnitError(UNREADABLE, f"{shown} has no meaning in an expression", help_, position, 1, plain)
