"""The same work over many tasks, in worker processes where there is enough of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing.connection import wait
from threading import Thread
from typing import Final

from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.workspace import codes
from fairlead.workspace.cache.fingerprint import modules
from fairlead.workspace.discover import PROJECT_FILE
from fairlead.workspace.work import Made, Task, Work

WORTH_A_PROCESS: Final = 24
"""Tasks below which starting processes takes longer than they save."""
CHUNK: Final = 8
"""Tasks that a worker is given at a time, and so the most that wait to be taken from it."""
AHEAD: Final = 3
"""Chunks for each worker that may be under way: enough that none is idle, and memory stays bounded."""

_job: tuple[Work, Sequence[Task]] | None = None
"""What a worker inherits when it is forked: nothing has to be sent to it but the numbers of its tasks."""
_loaded = 0
"""The modules that this process had loaded when it last reported them."""


def mapped(work: Work, tasks: Sequence[Task], jobs: int) -> Iterator[Made]:
    """`work` over every task, in the order of the tasks, whatever the number of processes.

    Workers are forked, so that they have the plans already; where the system can't fork, there are none. Raises
    Refused where somebody else ends one of them.
    """
    global _job  # noqa: PLW0603 - a forked worker sees what its parent had, and that is the point
    forks = "fork" in multiprocessing.get_all_start_methods()
    if jobs < 2 or len(tasks) < WORTH_A_PROCESS or not forks:
        yield from map(work, tasks)
        return
    # The first is done here, so that what targets import is imported once, before the fork.
    yield work(tasks[0])
    _job = (work, tasks)
    starts = range(1, len(tasks), CHUNK)
    under_way: deque[Future[list[Made]]] = deque()
    gc.freeze()  # what is shared with the workers is never looked at again, and so never copied
    pool = _pool(min(jobs, len(starts)))
    try:
        if pool is None:
            yield from map(work, tasks[1:])
            return
        for start in starts:
            under_way.append(pool.submit(_some, start))
            if len(under_way) >= jobs * AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool as error:
        message = "a worker process was ended from outside, as the system does when memory runs out"
        help_ = "compile with fewer of them (`--jobs 1`), or with more memory"
        raise Refused([Diagnostic(codes.LOST_WORKER, Place.start_of(PROJECT_FILE), message, help_)]) from error
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        _job = None
        gc.unfreeze()


def _pool(jobs: int) -> ProcessPoolExecutor | None:
    """Workers that have begun; None where the system gives us none: no semaphores, or a limit that is reached."""
    try:
        pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin)
        pool.submit(os.getpid)
    except (OSError, NotImplementedError, RuntimeError):
        # Those that did begin wait for work that never comes.
        for worker in multiprocessing.active_children():
            worker.kill()
            worker.join()
        return None
    return pool


def _begin() -> None:
    """The first thing in a worker: it ends with its parent, however that ends, and says nothing when interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has a parent"
    wait([parent.sentinel])
    os._exit(1)


def _some(start: int) -> list[Made]:
    global _loaded  # noqa: PLW0603 - what this worker has reported already
    assert _job is not None, "a worker is forked after the job is known"
    work, tasks = _job
    made = [work(task) for task in tasks[start : start + CHUNK]]
    if len(sys.modules) != _loaded:
        _loaded = len(sys.modules)
        made[0] = replace(made[0], loaded=modules())
    return made
