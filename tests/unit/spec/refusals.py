"""What a unit says when it refuses a text."""

from __future__ import annotations

from typing import TypeVar

import pytest

from fairlead.spec.units import Unit, UnitError, Written

U = TypeVar("U", bound=Unit)


def attempt(unit: type[U], given: Written) -> U | UnitError:
    """What parsing `given` gives or raises."""
    try:
        return unit.parse(given)
    except UnitError as error:
        return error


def refusal(unit: type[Unit], given: Written) -> UnitError:
    """The error that parsing `given` raises; the test fails where it raises none."""
    attempted = attempt(unit, given)
    if isinstance(attempted, UnitError):
        return attempted
    pytest.fail(f"{unit.__name__} takes {given!r}, as {attempted}")


def code(unit: type[Unit], given: Written) -> str:
    """The code with which `given` is refused."""
    return refusal(unit, given).code.id


def at_fault(unit: type[Unit], text: str) -> str:
    """The characters of `text` that the refusal points at."""
    error = refusal(unit, text)
    return text[error.offset :] if error.length is None else text[error.offset : error.offset + error.length]


def mended(unit: type[Unit], text: str) -> str | None:
    """`text` with the proposal in place of what is at fault, or None where nothing is proposed."""
    error = refusal(unit, text)
    if error.nearest is None:
        return None
    end = len(text) if error.length is None else error.offset + error.length
    return text[: error.offset] + error.nearest + text[end:]
