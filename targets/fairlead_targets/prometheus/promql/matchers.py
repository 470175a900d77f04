"""Label matchers, with every value quoted so that it can be nothing but a value."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from fairlead.catalogue.buckets import Matcher

_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATORS: Final = frozenset({"=", "!=", "=~", "!~"})
_NAMED: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f]')
_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")


def quote(value: str) -> str:
    """`value` as a string literal of PromQL, which has the escapes of Go's (Prometheus, "Querying basics": literals).

    Control characters are written as escapes, so that an expression stands on one line and shows what is in it.
    """
    return f'"{_SPECIAL.sub(_escape, value)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"\\u{ord(character):04x}"


def exactly(value: str) -> str:
    """`value` as a regular expression of RE2 that matches it and nothing else, for a part of a pattern."""
    return _META.sub(r"\\\g<0>", value)


@lru_cache(maxsize=1024)
def braces(matchers: tuple[Matcher, ...]) -> str:
    """The matchers as they stand behind a metric's name; nothing where there are none.

    Raises ValueError for a label or an operator that PromQL does not have: those are never a user's words.
    """
    written = [f"{_label(label)}{_operator(operator)}{quote(value)}" for label, operator, value in matchers]
    return f"{{{','.join(written)}}}" if written else ""


def _label(name: str) -> str:
    if not _LABEL.fullmatch(name):
        raise ValueError(f"{name!r} is no label's name")
    return name


def _operator(text: str) -> str:
    if text not in _OPERATORS:
        raise ValueError(f"{text!r} is no operator of a matcher")
    return text
