"""What steps used in the last run: how it is rounded, and where a lock says it.

A measurement goes from the step that it is of to the registration, from there into the candidate record and the tags of
the version, and from these into the lock of the environment that trains. Compiling reads it for what it tells people,
and puts it into nothing that runs.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from fairlead.project.lock import Lock, StepUsage
from fairlead.spec.units import Duration, Memory

MIB: Final = 1 << 20
LARGEST: Final = 1 << 50
"""Bytes of memory beyond which a measurement is none."""
LONGEST: Final = 365 * 86_400
"""Seconds beyond which a measurement is none: a year."""


class Used(NamedTuple):
    """What a step used, and which version's run that was."""

    usage: StepUsage
    version: int
    run: str | None

    @property
    def memory(self) -> str:
        """`2.6Gi`."""
        return memory_text(self.usage.memory.bytes)

    @property
    def sentence(self) -> str:
        """`2.6Gi that the last run used (run 1a2b3c4d)`; of the largest of several processes, that or more."""
        more = " or more" if self.usage.measured == "process" else ""
        return f"{self.memory}{more} that the last run used ({self.source})"

    @property
    def source(self) -> str:
        """Which run it was: `run 1a2b3c4d`, or `version 14` where the lock names none."""
        return f"run {self.run[:8]}" if self.run else f"version {self.version}"


def step_usage(
    memory: int, measured: Literal["container", "process"], cpu: float | None, seconds: float | None
) -> StepUsage:
    """A measurement in bytes and seconds, in the round numbers of a lock."""
    return StepUsage(
        memory=Memory.parse(f"{rounded_up(max(1, -(-memory // MIB)))}Mi"),
        measured=measured,
        cpu=_duration(cpu),
        time=_duration(seconds),
    )


def rounded_up(number: int) -> int:
    """The next number with no more than three digits that aren't zeros: what differs by less says nothing."""
    unit = int(10 ** max(0, len(str(number)) - 3))
    return -(-number // unit) * unit


def memory_text(amount: int) -> str:
    """Bytes as people say them: `512Mi`, `2.6Gi`."""
    if amount < 1 << 30:
        return f"{-(-amount // MIB)}Mi"
    return f"{-(-amount * 10 // (1 << 30)) / 10:g}Gi"


def last_used(lock: Lock | None, step: str) -> Used | None:
    """What a step used in the newest run that a lock knows, or None where it was not measured there.

    Of the versions of a lock, the newest is the one that was trained last, be it served, tried or rolled back.
    """
    if lock is None:
        return None
    held = [lock.model, lock.previous, lock.rollout.canary if lock.rollout is not None else None]
    newest = max((model for model in held if model is not None), key=lambda model: model.version, default=None)
    usage = newest.usage.get(step) if newest is not None else None
    return Used(usage, newest.version, newest.run) if newest is not None and usage is not None else None


def _duration(seconds: float | None) -> Duration | None:
    return None if seconds is None else Duration.parse(f"{rounded_up(max(1, -int(-seconds // 1)))}s")
