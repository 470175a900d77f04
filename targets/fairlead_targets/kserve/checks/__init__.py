"""What a platform can't do for a server, said at the line of the specification that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fairlead.source.diagnostics import Code, Diagnostic
from fairlead_targets.kserve.context import Context

Check = Callable[[Context[Any]], Iterator[Diagnostic]]


def at(context: Context[Any], code: Code, path: tuple[str | int, ...], message: str, help_: str) -> Diagnostic:
    """A finding at a path of the specification."""
    return Diagnostic(code, context.unit.place(*path), message, help_)
