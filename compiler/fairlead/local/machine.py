"""What this machine has: the cores, the memory and the accelerators that steps share."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fairlead.spec.hardware import Profile
from fairlead.steps.limits import available, millis


@dataclass(frozen=True, slots=True)
class Amounts:
    """CPU in thousandths of a core, memory in bytes, and accelerators."""

    millis: int
    memory: int
    gpus: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.millis + other.millis, self.memory + other.memory, self.gpus + other.gpus)

    def fits(self, whole: Amounts) -> bool:
        """Whether this is no more than `whole` in anything."""
        return self.millis <= whole.millis and self.memory <= whole.memory and self.gpus <= whole.gpus

    def bounded(self, whole: Amounts) -> Amounts:
        """The same, but no more than `whole`: a step for a larger machine gets all of this one."""
        return Amounts(min(self.millis, whole.millis), min(self.memory, whole.memory), min(self.gpus, whole.gpus))


def wanted(profile: Profile) -> Amounts:
    """What a profile asks for."""
    return Amounts(profile.cpu.millis, profile.memory.bytes, profile.gpu.count if profile.gpu else 0)


def machine() -> Amounts:
    """What this process may use: what the machine has, within the bounds of its control group."""
    gpus = sum(1 for path in Path("/dev").glob("nvidia[0-9]*") if path.name.removeprefix("nvidia").isdecimal())
    return Amounts(millis(), available(), gpus)


def kills_for_memory() -> int:
    """How often the system has killed a process because memory ran out; 0 where it does not say."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0
