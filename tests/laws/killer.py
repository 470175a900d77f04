"""Kills a process that writes, again and again, and looks at what it leaves.

Run as `python -m tests.laws.killer FOLDER KILLS`. It is a program of its own because it forks, and a test runner has
threads.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from fairlead.output.swap import settle
from tests.laws.estates import both, prepare, write_new, write_old
from tests.unit.output.trees import tree


def main(folder: Path, kills: int) -> None:
    """Raises AssertionError as soon as a tree is neither the old one nor the new one."""
    old, new = both(folder)
    root = folder / "root"
    root.mkdir()
    prepare(root)
    start = time.perf_counter()
    write_old(root)
    write_new(root)
    write_old(root)
    once = (time.perf_counter() - start) / 3
    chance = random.Random(4)
    interrupted = changed = 0
    before = tree(root)
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            while True:
                write_new(root)
                write_old(root)
        time.sleep(chance.uniform(0, 4 * once))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        interrupted += settle(root)
        found = tree(root)
        assert found in (old, new), sorted(set(found) ^ set(old))
        changed += found != before
        before = found
    sys.stdout.write(f"kills: {kills}\ninterrupted: {interrupted}\nchanged: {changed}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
