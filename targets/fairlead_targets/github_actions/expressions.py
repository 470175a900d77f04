"""GitHub's expressions, and the line between them and everybody's text.

GitHub evaluates `${{ … }}` in almost every value of a workflow before anything runs, so a text with it in is code. Only
what is written as an `Expression` in this package may have it. Text of a specification, of fairlead.yaml or of an
option never is one, and where it looks like one nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fairlead.resources.text import Commented
from fairlead.source.nodes import Path

OPENING: Final = "${{"


class Expression(str):
    """A text of this package's own that GitHub evaluates."""

    __slots__ = ()


def expression(code: str) -> Expression:
    """An expression by itself: `expression("github.ref")`."""
    return Expression(f"{OPENING} {code} }}}}")


def strays(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Texts in a workflow that GitHub would evaluate although they are no `Expression`, with their paths."""
    if isinstance(value, Commented):
        yield from strays(value.value, path)
    elif isinstance(value, str):
        if OPENING in value and not isinstance(value, Expression):
            yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if OPENING in key:
                yield (*path, key), key
            yield from strays(item, (*path, key))
    elif isinstance(value, Sequence):
        for position, item in enumerate(value):
            yield from strays(item, (*path, position))
