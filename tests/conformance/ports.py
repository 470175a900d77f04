"""Ports of this machine, and waiting for those who will listen on them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

PATIENCE = 180
"""Seconds that a server may take to start, on a machine that is busy."""


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on, held at the same time while they are looked for."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def accepts(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool], otherwise: str) -> None:
    """Waits until something holds. Raises TimeoutError, with what is otherwise so, where that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{otherwise}, after {PATIENCE} seconds")
        time.sleep(0.1)
