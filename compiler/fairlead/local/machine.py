"""What this machine has: the cores, the memory and the accelerators that steps share."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.spec.hardware import Profile

CGROUP: Final = Path("/sys/fs/cgroup")
_UNBOUNDED: Final = 1 << 62


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
    cores = len(os.sched_getaffinity(0)) * 1000
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        quota, _, period = (CGROUP / "cpu.max").read_text(encoding="ascii").strip().partition(" ")
        if quota != "max":
            cores = max(1, min(cores, int(quota) * 1000 // int(period)))
    with suppress(OSError, ValueError):
        limit = (CGROUP / "memory.max").read_text(encoding="ascii").strip()
        memory = min(memory, int(limit) if limit != "max" else _UNBOUNDED)
    gpus = sum(1 for path in Path("/dev").glob("nvidia[0-9]*") if path.name.removeprefix("nvidia").isdecimal())
    return Amounts(cores, memory, gpus)


def kills_for_memory() -> int:
    """How often the system has killed a process because memory ran out; 0 where it does not say."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0
