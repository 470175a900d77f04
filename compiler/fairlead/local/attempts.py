"""Attempts of steps: how one is started, and what its end means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fairlead.local import codes, explaining
from fairlead.local.machine import Amounts
from fairlead.local.preparing import Prepared, write_down
from fairlead.local.process import Process
from fairlead.local.step import Step
from fairlead.local.surroundings import Surroundings
from fairlead.plan.companions import OPEN_RUN
from fairlead.plan.nodes import Tune
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Diagnostic

KILLS: Final = frozenset({-1, -9, -15, 137, 143})
"""Exit codes of what was killed from outside: by SIGHUP, SIGKILL or SIGTERM, or as a shell tells it of its child."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A process that is running a step."""

    prepared: Prepared
    process: Process
    work: Path
    log: Path
    number: int
    amounts: Amounts
    run: str
    mlflow_run: str | None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """All that the step had to give is there."""

    step: Step
    """The step, without what it need not say."""


@dataclass(frozen=True, slots=True)
class Again:
    """Something outside ended it, and there may be another attempt."""

    signal: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """It was ended because the run was."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It is final."""

    found: tuple[Diagnostic, ...]


Verdict = Succeeded | Again | Stopped | Failed


def start(
    step: Step,
    prepared: Prepared,
    around: Surroundings,
    *,
    work: Path,
    log: Path,
    run: str,
    mlflow_run: str | None,
    more: Mapping[str, str],
) -> Process | Diagnostic:
    """A process that runs a step in `work`; or what is wrong with its command. Raises OSError."""
    variables = around.variables(
        step,
        work=work,
        run=run,
        mlflow_run=mlflow_run,
        parameters=prepared.parameters,
        inputs=prepared.inputs,
        more={**prepared.variables, **write_down(step, prepared, work), **more},
    )
    argv, folder = around.command(step), around.folder(step, work)
    program = _program(argv[0], variables["PATH"], folder)
    if program is not None:
        seconds = float(step.run.timeout.seconds)
        with suppress(FileNotFoundError, PermissionError, NotADirectoryError):
            return Process([program, *argv[1:]], folder=folder, variables=variables, log=log, timeout=seconds)
    return explaining.of_command(step, argv[0], _programs(variables["PATH"]))


def judge(step: Step, attempt: Attempt, code: int, plan: Plan, *, stopping: bool) -> Verdict:
    """What the end of an attempt means."""
    if code == 0:
        return _completed(step, attempt, plan)
    if attempt.process.timed_out:
        return Failed((explaining.of_timeout(step),))
    if stopping:
        return Stopped()
    if code not in KILLS:
        return Failed(explaining.of_exit(step, code, attempt.work, attempt.log, plan))
    number = -code if code < 0 else code - 128
    memory = number == 9 and attempt.process.ran_out_of_memory
    if memory or attempt.number > step.run.retries:
        return Failed((explaining.of_kill(step, number, attempt.number, memory=memory),))
    return Again(number)


def tidy(attempt: Attempt) -> None:
    """Leaves in an attempt's folder what is kept: its log, its parameters, its outputs and its results."""
    with suppress(OSError):
        os.link(attempt.log, attempt.work / "log.txt")
    for name in ("in", "trials", "tmp"):
        shutil.rmtree(attempt.work / name, ignore_errors=True)


def _completed(step: Step, attempt: Attempt, plan: Plan) -> Verdict:
    """Whether a step that ended without an error has given everything."""
    missing, why = explaining.outputs_missing(step, attempt.work)
    if missing:
        return Failed((explaining.of_outputs(step, missing, why),))
    if step.id == OPEN_RUN and plan.only(Tune) is None:
        step = replace(step, results=("run",))
    lacking = explaining.results_missing(step, attempt.work)
    if lacking:
        message = f"the step `{step.id}` ended without saying its {' and its '.join(lacking)}"
        help_ = "this is a fault of Fairlead's: please report it"
        return Failed((Diagnostic(codes.NO_OUTPUT, step.place, message, help_),))
    return Succeeded(step)


def _program(name: str, path: str, folder: Path) -> str | None:
    """The program that a command names: found on PATH, or a path from the working directory."""
    if "/" in name:
        found = folder / name
        return str(found) if found.is_file() and os.access(found, os.X_OK) else None
    return shutil.which(name, path=path)


def _programs(path: str) -> list[str]:
    found: set[str] = set()
    for folder in path.split(os.pathsep):
        with suppress(OSError):
            found.update(path.name for path in Path(folder).iterdir())
    return sorted(found)
