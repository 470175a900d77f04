"""The same work over many tasks, in worker processes where there is enough of it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from fairlead.workspace.work import Made, Task, Work

WORTH_A_PROCESS = 24
"""Tasks below which starting processes takes longer than they save."""

_job: tuple[Work, Sequence[Task]] | None = None
"""What a worker inherits when it is forked: nothing has to be sent to it but the number of a task."""


def mapped(work: Work, tasks: Sequence[Task], jobs: int) -> Iterator[Made]:
    """`work` over every task, in the order of the tasks, whatever the number of processes.

    Workers are forked, so that they have the plans already; where the system can't fork, there are none.
    """
    global _job  # noqa: PLW0603 - a forked worker sees what its parent had, and that is the point
    forks = "fork" in multiprocessing.get_all_start_methods()
    if jobs < 2 or len(tasks) < WORTH_A_PROCESS or not forks:
        yield from map(work, tasks)
        return
    _job = (work, tasks)
    try:
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_one, range(len(tasks)), chunksize=max(1, len(tasks) // (jobs * 8)))
    finally:
        _job = None


def _one(number: int) -> Made:
    assert _job is not None, "a worker is forked after the job is known"
    work, tasks = _job
    return work(tasks[number])
