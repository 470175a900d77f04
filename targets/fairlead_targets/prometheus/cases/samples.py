"""Series that a set of matchers selects, so that a test feeds a rule what it would really be fed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from fairlead.catalogue.buckets import Matcher
from fairlead_targets.prometheus.promql.matchers import braces

_ATOM: Final = re.compile(
    r"(?P<set>\[(?P<first>\\?.)(?:-.)?[^\]]*\])|(?P<escaped>\\.)|(?P<any>\.)|(?P<open>\()|(?P<literal>[^|()])"
)
_REPEAT: Final = re.compile(r"[*?]|\+|\{(?P<least>[0-9]+)[^}]*\}")


class Unsampled(RuntimeError):
    """No text was found that a regular expression of the catalogue matches: a bug of Fairlead's."""


@lru_cache(maxsize=1024)
def example(pattern: str) -> str:
    """A text that the regular expression matches as a whole: the first alternative of each group, and as little as it
    may repeat. Knows what the catalogue's patterns use: sets, groups with alternatives, `.`, `?`, `*`, `+` and `{n}`.

    Raises Unsampled where that leads to no match.
    """
    text, end = _alternatives(pattern, 0)
    if end != len(pattern) or not re.fullmatch(pattern, text):
        raise Unsampled(f"no example of {pattern!r} was found, only {text!r}")
    return text


def _alternatives(pattern: str, start: int) -> tuple[str, int]:
    """The first alternative's example, and where the group ends."""
    first: str | None = None
    text, position = "", start
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            first, text, position = (text if first is None else first), "", position + 1
            continue
        piece, position = _atom(pattern, position)
        text += piece
    return (text if first is None else first), position


def _atom(pattern: str, position: int) -> tuple[str, int]:
    """The example of one atom with its repetition, and where the next starts."""
    found = _ATOM.match(pattern, position)
    if found is None:
        raise Unsampled(f"{pattern!r} can't be read at {position}")
    position = found.end()
    if found["open"]:
        piece, position = _alternatives(pattern, position)
        position += 1
    elif found["set"]:
        piece = found["first"].removeprefix("\\")
    elif found["any"]:
        piece = "0"
    else:
        piece = found[0].removeprefix("\\")
    repeat = _REPEAT.match(pattern, position)
    if repeat is None:
        return piece, position
    least = int(repeat["least"]) if repeat["least"] else int(repeat[0] == "+")
    return piece * least, repeat.end()


def labels_for(matchers: Iterable[Matcher]) -> dict[str, str]:
    """Labels of a series that all matchers select. A label that must only not be something is left out, where it may
    be.

    Raises Unsampled where no such labels are found.
    """
    wanted = tuple(matchers)
    labels: dict[str, str] = {}
    for label, operator, value in wanted:
        if operator == "=":
            labels[label] = value
        elif operator == "=~":
            labels.setdefault(label, example(value))
    for matcher in wanted:
        if not selects(matcher, labels):
            raise Unsampled(f"{labels} does not fit {braces((matcher,))}")
    return {label: value for label, value in labels.items() if value}


def but_not(labels: dict[str, str], matchers: Iterable[Matcher]) -> dict[str, str]:
    """The labels changed so that none of the matchers selects them: a status of 500 becomes one of 200.

    Raises Unsampled where it can't be done.
    """
    changed = dict(labels)
    for matcher in matchers:
        label, _, value = matcher
        changed[label] = labels_for([matcher]).get(label, value).replace("5", "2")
        if selects(matcher, changed):
            raise Unsampled(f"{changed} still fits {braces((matcher,))}")
    return changed


def selects(matcher: Matcher, labels: dict[str, str]) -> bool:
    """Whether a matcher selects a series; a label that is missing is an empty one."""
    label, operator, value = matcher
    have = labels.get(label, "")
    match = re.fullmatch(value, have) is not None if operator.endswith("~") else have == value
    return match is not operator.startswith("!")


def described(metric: str, labels: dict[str, str]) -> str:
    """A series as promtool reads it."""
    return metric + braces(tuple((label, "=", labels[label]) for label in sorted(labels)))
