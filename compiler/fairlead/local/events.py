"""What happens in a run, as it happens: for the screen, and as lines of JSON (docs/reference/run-json.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairlead.source.diagnostics import Diagnostic
from fairlead.source.render.json import render_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The run begins."""

    run: str
    pipeline: str
    environment: str
    steps: tuple[str, ...]
    tracking_uri: str
    artifacts: str
    continued: bool
    """Whether it goes on where an earlier one was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """An attempt of a step begins."""

    step: str
    attempt: int
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetried:
    """An attempt was killed from outside, and there will be another."""

    step: str
    attempt: int
    signal: int
    wait: float
    """Seconds until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step has ended, or will not run."""

    step: str
    outcome: str
    """`done`, `unchanged`, `left-out`, `refused`, `failed` or `stopped`."""
    seconds: float
    log: Path | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    memory: int | None = None
    """Bytes that its largest process had at the peak, when it ran; None where that isn't known."""
    exit_code: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    tail: tuple[str, ...] = ()
    """The end of the log, after a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that a person should know, and that stops nothing."""

    step: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The run has ended."""

    run: str
    status: str
    """`succeeded`, `unchanged`, `refused`, `failed` or `stopped`."""
    exit_code: int
    seconds: float
    version: Path | None = None
    """The file of the registered version, where there is one."""
    candidate: Path | None = None


Event = RunStarted | StepStarted | StepRetried | StepEnded | Said | RunEnded
Listener = Callable[[Event], None]
NAMES: Mapping[type, str] = {
    RunStarted: "run-started",
    StepStarted: "step-started",
    StepRetried: "step-retried",
    StepEnded: "step-ended",
    Said: "said",
    RunEnded: "run-ended",
}


def as_json(event: Event) -> dict[str, Any]:
    """An event as plain data."""
    said: dict[str, Any] = {"version": 1, "event": NAMES[type(event)]}
    for name in type(event).__slots__:
        said[name] = _plain(getattr(event, name))
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Diagnostic):
        return json.loads(render_json(list(value)))["diagnostics"]
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return round(value, 3) if isinstance(value, float) else value
