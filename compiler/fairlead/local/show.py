"""What a person, or a program, sees of a run while it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TextIO

from fairlead.local.events import (
    Event,
    RunEnded,
    RunStarted,
    Said,
    StepEnded,
    StepRetried,
    StepStarted,
    as_json,
)
from fairlead.project.usage import memory_text
from fairlead.source.render import render
from fairlead.source.render.sources import printable

Texts = Callable[[str], str | None]
SIGNS = {"done": "✓", "unchanged": "=", "left-out": "-", "refused": "✗", "failed": "✗", "stopped": "!"}
COLOURS = {
    "done": "green",
    "unchanged": "dim",
    "left-out": "dim",
    "refused": "red",
    "failed": "red",
    "stopped": "yellow",
}


class Show(Protocol):
    """Hears all events; entered before the first and left after the last."""

    def __call__(self, event: Event) -> None:
        """Hears one."""

    def __enter__(self) -> object:
        """Before the first event."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """After the last event, or an exception."""


def listener_for(form: str, texts: Texts, out: TextIO, err: TextIO) -> Show:
    """The listener for a format, and for what the streams are: on a terminal, what runs is shown as it changes."""
    if form == "json":
        return Lines(out)
    terminal = err.isatty() and os.environ.get("TERM") != "dumb"
    colour = terminal and "NO_COLOR" not in os.environ
    return Plain(texts, out, err, live=_Live(err, colour=colour) if terminal else None, colour=colour)


class Lines:
    """Each event as a line of JSON."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        """Writes it."""
        self._out.write(json.dumps(as_json(event), allow_nan=False) + "\n")
        self._out.flush()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.flush()


class Plain:
    """A line for each step on standard error, and the result on standard output."""

    def __init__(self, texts: Texts, out: TextIO, err: TextIO, live: _Live | None, *, colour: bool) -> None:
        self._texts = texts
        self._out = out
        self._err = err
        self._live = live
        self._colour = colour
        self._width = 0

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.close()

    def __call__(self, event: Event) -> None:
        """Says it."""
        match event:
            case RunStarted():
                self._begin(event)
            case StepStarted():
                self._started(event)
            case StepRetried():
                self._say(f"! {event.step}: attempt {event.attempt} was killed by signal {event.signal}; again soon")
            case StepEnded():
                self._ended(event)
            case Said():
                self._say(f"note: {event.message}")
            case RunEnded():
                self._end(event)

    def _begin(self, event: RunStarted) -> None:
        self._width = max((len(step) for step in event.steps), default=0)
        again = ", which was interrupted," if event.continued else ""
        self._say(f"{event.pipeline}: {event.run}{again} of {len(event.steps)} steps; MLflow is {event.tracking_uri}")

    def _started(self, event: StepStarted) -> None:
        if self._live is not None:
            self._live.add(event.step)
        else:
            self._say(f"> {event.step}")

    def _ended(self, event: StepEnded) -> None:
        if self._live is not None:
            self._live.remove(event.step)
        took = f"  {event.seconds:.1f} s" if event.outcome not in ("unchanged", "left-out") else ""
        took += f", {memory_text(event.memory)} of memory" if took and event.memory is not None else ""
        text = f"{SIGNS[event.outcome]} {event.step:<{self._width}}  {event.outcome}{took}"
        self._say(text, COLOURS[event.outcome])
        if event.diagnostics:
            self._say("")
            self._say(render(list(event.diagnostics), self._texts, "text", color=self._colour).rstrip("\n"))
        if event.tail and event.log is not None:
            self._say(f"\nthe end of {_relative(event.log)}:")
            for line in event.tail:
                self._say(f"  | {printable(line)}")

    def _end(self, event: RunEnded) -> None:
        if self._live is not None:
            self._live.close()
        self._out.write(f"{event.status} after {event.seconds:.1f} s\n")
        if event.version is not None:
            self._out.write(f"version:   {_relative(event.version)}\n")
        if event.candidate is not None:
            self._out.write(f"candidate: {_relative(event.candidate)}\n")
        self._out.flush()

    def _say(self, text: str, style: str | None = None) -> None:
        if self._live is not None:
            self._live.print(text, style)
        else:
            self._err.write(f"{text}\n")
            self._err.flush()


class _Live:
    """What runs now, below the lines of what has ended."""

    def __init__(self, err: TextIO, *, colour: bool) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = Console(file=err, no_color=not colour, highlight=False)
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
            console=self._console, transient=True,
        )  # fmt: skip
        self._tasks: dict[str, Any] = {}
        self._progress.start()

    def add(self, step: str) -> None:
        self.remove(step)
        self._tasks[step] = self._progress.add_task(step, total=None)

    def remove(self, step: str) -> None:
        if step in self._tasks:
            self._progress.remove_task(self._tasks.pop(step))

    def print(self, text: str, style: str | None) -> None:
        from rich.text import Text

        whole = Text.from_ansi(text) if "\x1b" in text else Text(text)
        self._console.print(whole, style=style, soft_wrap=True)

    def close(self) -> None:
        self._progress.stop()


def _relative(path: Path) -> str:
    return os.path.relpath(path)
