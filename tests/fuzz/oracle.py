"""What must hold for every input: what was found stands in a file, can be printed anywhere, and was found in time."""

from __future__ import annotations

import json
import re
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Final

from fairlead.source.characters import Lines
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place
from fairlead.source.render import Format, render
from tests.conftest import ROOT

Texts = Callable[[str], str | None]

MEMORY: Final = 300 * 2**20
"""Bytes by which one input may raise the most memory that was ever taken, at most; and for each byte of it: """
MEMORY_PER_BYTE: Final = 2_000
PATIENCE: Final = 900.0
"""Seconds of the clock."""
_LONGEST_MESSAGE: Final = 3_000
FORMS: Final = (
    Format.TEXT,
    Format.TEXT,
    Format.TEXT,
    Format.JSON,
    Format.TEXT,
    Format.GITHUB,
    Format.TEXT,
    Format.SARIF,
)
"""In which findings are printed: mostly in the one that shows lines of the file."""


class Finding(AssertionError):
    """Something that must not happen, other than an exception that escaped."""


class TooSlow(BaseException):
    """The time for one input is over. No `except Exception` of the product's may swallow it."""


@cache
def documented() -> frozenset[str]:
    """The codes that the reference has a page for."""
    text = (ROOT / "docs" / "reference" / "codes.md").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^### ([A-Z]+[0-9]+):", text, re.MULTILINE))


@contextmanager
def bounded(seconds: float, size: int) -> Iterator[None]:
    """Raises where what is inside takes more processor time or memory than an input of `size` bytes may.

    Processor time, because the machine may be busy with something else; and of the clock as much as only what waits for
    ever takes.
    """
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    previous = {number: signal.signal(number, _over) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in previous.items():
            signal.signal(number, handler)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if grown > MEMORY + MEMORY_PER_BYTE * size:
        raise Finding(f"{size} bytes of input took {grown // 2**20} MiB of memory")


def _over(number: int, frame: FrameType | None) -> None:
    raise TooSlow(f"too slow, at {time.process_time():.0f} s of processor time")


def check_findings(diagnostics: Iterable[Diagnostic], texts: Texts) -> None:
    """Every finding has a documented code and a place in its file, and all can be printed."""
    found = list(diagnostics)
    for each in found:
        if each.code.id not in documented():
            raise Finding(f"{each.code.id} is not documented")
        if not each.message or len(each.message) > _LONGEST_MESSAGE:
            raise Finding(f"{each.code.id} has a message of {len(each.message)} characters: {each.message[:80]!r}")
        for place in (each.place, *(related.place for related in each.related)):
            _check_place(each, place, texts(place.file))
    # Printing takes longer than all else, so one format has to do, and it is another one for other findings.
    if found:
        form = FORMS[sum(each.place.line + each.place.column for each in found) % len(FORMS)]
        _check_printed(render(found, texts, form), form)


def _check_place(found: Diagnostic, place: Place, text: str | None) -> None:
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    lines = Lines(place.file, text).lines if text is not None else None
    inside = (1, 1) <= start <= end
    if lines is not None and inside:
        inside = place.end_line <= len(lines) and all(
            column <= len(lines[line - 1]) + 1 for line, column in (start, end)
        )
    if not inside:
        raise Finding(f"{found.code.id} stands outside of its file, at {place!r}")


def _check_printed(text: str, form: Format) -> None:
    check_characters(text)
    if form in (Format.JSON, Format.SARIF):
        json.loads(text)


def check_characters(text: str) -> None:
    """What is printed has nothing that a terminal obeys, and can be encoded."""
    if text.replace("\n", "").isprintable():
        return
    odd = next(letter for letter in text if letter != "\n" and not letter.isprintable())
    raise Finding(f"{odd!r} is printed")
