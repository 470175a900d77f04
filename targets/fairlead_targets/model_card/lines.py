"""What a card is made of: sections of lines, as plain texts that the template escapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A fact: what it is called, and what it is."""

    name: str
    value: str
    below: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card. `title` is ours, and no text of a specification."""

    title: str
    lines: tuple[Line, ...]


def listed(values: Iterable[object], otherwise: str = "none") -> str:
    """Values with commas between them."""
    return ", ".join(str(value) for value in values) or otherwise


def named(values: Iterable[tuple[object, object]]) -> str:
    """Names with their values, commas between them."""
    return ", ".join(f"{name} {value}" for name, value in values)
