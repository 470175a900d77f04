"""Many inputs, one after the other, each from a number: the same seed gives the same inputs in the same order."""

from __future__ import annotations

import resource
import sys
import time
import traceback
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.fuzz.harnesses import Harness
from tests.fuzz.mutator import LARGEST
from tests.fuzz.oracle import TooSlow, bounded


@dataclass
class Figures:
    """What a campaign has done."""

    inputs: int = 0
    seconds: float = 0
    slowest: float = 0
    slowest_number: int = 0
    largest: int = 0
    found: dict[str, str] = field(default_factory=dict)
    """What was found, by its signature: the file with the first input that led to it."""

    def __str__(self) -> str:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return (
            f"{self.inputs} inputs in {self.seconds:.0f} s, {len(self.found)} findings; the slowest, number "
            f"{self.slowest_number}, took {self.slowest * 1000:.0f} ms; the largest had {self.largest} bytes; "
            f"{peak} MiB of memory at the most"
        )


def input_of(harness: Harness, seed: str, number: int) -> bytes:
    """The input that has a number."""
    rng = Random(f"{seed}/{harness.name}/{number}")
    data = rng.choice(harness.seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = harness.mutate(data, rng, LARGEST)
    return data


def attempt(harness: Harness, data: bytes) -> BaseException | None:
    """What escapes when an input is tried; None where all is well."""
    try:
        with bounded(harness.limit(data), len(data)):
            harness.run(data)
    except (Exception, TooSlow) as error:  # noqa: BLE001 - whatever escapes is what we look for
        return error
    return None


def signature(error: BaseException) -> str:
    """What makes two findings one: the kind of the error and where it was raised, in our code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "fairlead" in frame.filename] or list(frames)
    last = ours[-1]
    what = str(error)[:60] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {what}".strip()


def campaign(
    harness: Harness, seed: str, folder: Path, *, runs: int | None, seconds: float | None, first: int = 0
) -> Figures:
    """Tries inputs until there were `runs` or `seconds` are over; keeps the first of each finding in `folder`."""
    figures, began = Figures(), time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    # Where even the alarm can't interrupt what hangs, the input is found here.
    current = folder / f"{harness.name}-current"
    with current.open("wb", buffering=0) as held:
        number = first
        while (runs is None or figures.inputs < runs) and (seconds is None or time.monotonic() - began < seconds):
            data = input_of(harness, seed, number)
            held.seek(0)
            held.truncate()
            held.write(data)
            before = time.process_time()
            error = attempt(harness, data)
            taken = time.process_time() - before
            figures.inputs += 1
            figures.largest = max(figures.largest, len(data))
            if taken > figures.slowest:
                figures.slowest, figures.slowest_number = taken, number
            if error is not None:
                _keep(figures, harness, folder, f"{seed}/{number}", data, error)
            number += 1
    current.unlink()
    figures.seconds = time.monotonic() - began
    return figures


def _keep(figures: Figures, harness: Harness, folder: Path, which: str, data: bytes, error: BaseException) -> None:
    mark = signature(error)
    if mark in figures.found:
        return
    name = f"{harness.name}-{sha256(data).hexdigest()[:12]}"
    figures.found[mark] = name
    (folder / name).write_bytes(data)
    shown = "".join(traceback.format_exception(error))
    (folder / f"{name}.txt").write_text(f"{which}\n{mark}\n{shown[-20_000:]}", encoding="utf-8", errors="replace")
    print(f"{harness.name} {which}: {mark}: {folder / name}", file=sys.stderr, flush=True)  # noqa: T201
