"""What this process may use: what the machine has, within the bounds of its container."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_CPU: Final = "/sys/fs/cgroup/cpu.max"
_MEMORY: Final = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def available() -> int:
    """The bytes of memory that this process may use: those of its container, else those of the machine."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _MEMORY:
        try:
            said = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if said.isdecimal():
            limits.append(int(said))
    return min(limits)


def millis(quota: str = _CPU) -> int:
    """How many thousandths of a core this process may use at a time: its container's share, else all that it may run
    on.

    `quota` is the file of cgroups v2 with the microseconds in each period, as `200000 100000`, or `max 100000`.
    """
    allowed = len(os.sched_getaffinity(0)) * 1000
    try:
        given, period = Path(quota).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return allowed
    if not given.isdecimal() or not period.isdecimal() or int(period) == 0:
        return allowed
    return max(1, min(allowed, int(given) * 1000 // int(period)))


def cores(quota: str = _CPU) -> int:
    """The same in whole cores: a part of one counts as one."""
    return -(-millis(quota) // 1000)
