"""Worker processes: the same work with and without them, whatever becomes of them."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import PurePosixPath
from typing import Any, cast

import pytest

from fairlead.output.desired import Assembled, Owner
from fairlead.source.diagnostics import Refused
from fairlead.workspace import parallel
from fairlead.workspace.codes import LOST_WORKER
from fairlead.workspace.parallel import WORTH_A_PROCESS, mapped
from fairlead.workspace.work import Made, Task, Work

HERE = os.getpid()


class Numbering(Work):
    """Work that says which task was done; a task can ask for the worker to be ended."""

    def __call__(self, task: Task) -> Made:
        number = cast(int, task)
        if number < 0 and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return Made(Assembled(Owner("staging", f"p{number}"), "specs/x.yaml"), (), ())


WORK = Numbering((), PurePosixPath("rendered"))
TASKS = cast(list[Task], list(range(WORTH_A_PROCESS * 2)))


def names(tasks: list[Task], jobs: int) -> list[str | None]:
    return [made.assembled.owner.pipeline for made in mapped(WORK, tasks, jobs)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_order_is_that_of_the_tasks(jobs: int) -> None:
    assert names(TASKS, jobs) == [f"p{number}" for number in range(len(TASKS))]


def test_a_worker_that_somebody_ends_is_said_and_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as refused:
        names([*TASKS, cast(Task, -1)], 2)
    assert [found.code for found in refused.value.diagnostics] == [LOST_WORKER]
    assert multiprocessing.active_children() == []
    assert names(TASKS, 2) == names(TASKS, 1)


@pytest.mark.parametrize("failing", ["__init__", "submit", "launch"])
def test_where_the_system_gives_no_processes_the_work_is_done_here(
    monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """A container may have no /dev/shm for semaphores, and a limit on processes may be reached at the second of two."""
    begun: list[int] = []
    fork = os.fork

    def refuse(*arguments: Any, **options: Any) -> Any:
        if failing == "launch" and not begun:
            begun.append(1)
            return fork()
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    if failing == "launch":
        monkeypatch.setattr(os, "fork", refuse)
    else:
        monkeypatch.setattr(ProcessPoolExecutor, failing, refuse)
    assert names(TASKS, 2) == [f"p{number}" for number in range(len(TASKS))]
    assert multiprocessing.active_children() == []


def test_what_is_no_longer_asked_for_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = mapped(WORK, TASKS, 2)
    assert next(taken).assembled.owner.pipeline == "p0"
    assert next(taken).assembled.owner.pipeline == "p1"
    taken.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
    assert parallel._job is None
