"""What a server keeps of a manifest: what it changed, what it lost, and what it added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OF_THE_SERVER = frozenset({"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"})
"""Metadata that is never written by anybody else, as the status is not."""


def changes(wanted: Any, stored: Any, place: str = "") -> Iterator[str]:
    """Where what is stored isn't what was wanted; what is only in `stored` is no change."""
    if isinstance(wanted, Mapping) and isinstance(stored, Mapping):
        for key, value in wanted.items():
            if key in stored:
                yield from changes(value, stored[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}: {value!r} is lost"
    elif isinstance(wanted, list) and isinstance(stored, list) and len(wanted) == len(stored):
        for position, (one, other) in enumerate(zip(wanted, stored, strict=True)):
            yield from changes(one, other, f"{place}[{position}]")
    elif wanted != stored or isinstance(wanted, bool) != isinstance(stored, bool):
        yield f"{place}: {wanted!r} became {stored!r}"


def additions(wanted: Any, stored: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """What is only in `stored`, with its value; a place in a list is written as `[]`, whatever its number."""
    if isinstance(wanted, Mapping) and isinstance(stored, Mapping):
        for key, value in stored.items():
            if (place == ".metadata" and key in OF_THE_SERVER) or (place == "" and key == "status"):
                continue
            if key in wanted:
                yield from additions(wanted[key], value, f"{place}.{key}")
            else:
                yield f"{place}.{key}", value
    elif isinstance(wanted, list) and isinstance(stored, list):
        for one, other in zip(wanted, stored, strict=False):
            yield from additions(one, other, f"{place}[]")
