"""What the steps of a run have written down of what they used, put together where the version is registered.

A measurement is nothing that a model should fail for: what can't be understood is said, and left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from fairlead.project.lock import StepId, StepUsage
from fairlead.project.usage import LARGEST, LONGEST, step_usage
from fairlead.spec.base import Section

TRIALS: Final = ("tune/score", "tune")
"""The steps that run once for each trial: `tune/3` is one of `tune`. Of them, the one that used most is told."""
MOST_BYTES: Final = 4_096
"""Bytes of one measurement that are read."""
MOST_STEPS: Final = 200
"""Steps of a run that are told: a lock is read by people."""

Seconds = Annotated[FiniteFloat, Field(ge=0, le=LONGEST)]
_STEP: Final[TypeAdapter[str]] = TypeAdapter(StepId)


class Measurement(Section):
    """What a step says of itself. A command of the user's own may write it too; `memory` is enough."""

    memory: Annotated[int, Field(gt=0, le=LARGEST)]
    """Bytes, at the peak."""
    measured: Literal["container", "process"] = "process"
    """Of the whole container, or of its largest process."""
    cpu: Seconds | None = None
    """Seconds of processor time."""
    time: Seconds | None = None
    """Seconds from its start to its end."""


def steps_used(folder: Path | None) -> dict[str, StepUsage]:
    """What was measured, by the ids of the steps, in their order; nothing where there is no such folder."""
    if folder is None or not folder.is_dir():
        return {}
    found: dict[str, Measurement] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            step, read = _STEP.validate_python(_step(name)), _read(path)
        except (OSError, ValueError, RecursionError) as error:
            # pydantic's errors, JSON's and those of UTF-8 are ValueErrors, and brackets in brackets are none
            sys.stdout.write(f"what {name[:60]!r} used isn't known: {_why(error)}\n")
            continue
        found[step] = _larger(found[step], read) if step in found else read
    return dict(_usages(found))


def _usages(found: Mapping[str, Measurement]) -> Iterator[tuple[str, StepUsage]]:
    for step in sorted(found)[:MOST_STEPS]:
        one = found[step]
        yield step, step_usage(one.memory, one.measured, one.cpu, one.time)


def _step(name: str) -> str:
    """The step that a file is of: the number of a trial is no part of it."""
    for search in TRIALS:
        if name.startswith(f"{search}/") and name.removeprefix(f"{search}/").isdecimal():
            return search
    return name


def _read(path: Path) -> Measurement:
    with path.open("rb") as file:
        content: Any = json.loads(file.read(MOST_BYTES))
    return Measurement.model_validate(content)


def _larger(one: Measurement, other: Measurement) -> Measurement:
    """The most that two of one kind used, in each respect."""
    return Measurement(
        memory=max(one.memory, other.memory),
        measured=one.measured if one.memory >= other.memory else other.measured,
        cpu=max((each for each in (one.cpu, other.cpu) if each is not None), default=None),
        time=max((each for each in (one.time, other.time) if each is not None), default=None),
    )


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        return f"{where}: {first['msg']}" if where else str(first["msg"])
    return str(error)[:200]
