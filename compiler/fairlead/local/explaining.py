"""From a step that did not succeed to what a person is told: the line of the specification, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fairlead.local import codes
from fairlead.local.step import Step
from fairlead.plan import contract
from fairlead.plan.nodes import Check, Decide
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place
from fairlead.source.words import nearest_word
from fairlead.spec.expressions import Gate
from fairlead.steps.failures import StepFailure
from fairlead.steps.reports import ClauseResult, GateReport, read_report

TAIL: Final = 20
"""Lines of a log that are shown after a failure."""
_READ: Final = 64 * 1024
"""Bytes at the end of a log that are looked at."""
_SAID: Final = re.compile(r"^(?:error|bad data|refused): (?P<message>.+)$")
_HELP: Final = re.compile(r"^\s*= help: (?P<help>.+)$")


def tail(log: Path) -> tuple[str, ...]:
    """The last lines of a log; none where it can't be read."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _READ))
            text = stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(line.rstrip() for line in text.splitlines()[-TAIL:])


def of_exit(step: Step, code: int, work: Path, log: Path, plan: Plan) -> tuple[Diagnostic, ...]:
    """Why a step ended with an exit code that is not 0, or by a signal that nobody sent from outside."""
    if isinstance(step.node, Decide) and code == contract.REFUSED:
        found = tuple(_refusals(step.node, work, plan))
        if found:
            return found
    lines = tail(log)
    message, help_ = _own_words(lines) if step.run.built_in else (None, "")
    kind = {contract.REFUSED: codes.REFUSED, contract.BAD_DATA: codes.BAD_DATA}.get(code, codes.FAILED)
    if message is None:
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        message = f"the step `{step.id}` {how}"
        help_ = "see the end of its log below"
        if code == contract.BAD_DATA:
            message += ", which says that its data is bad"
        return (Diagnostic(kind, step.place, message, help_),)
    place = step.place
    if isinstance(step.node, Check):
        place = _check_place(step.node, message, plan) or place
    return (Diagnostic(kind, place, f"`{step.id}`: {message}", help_),)


def of_command(step: Step, program: str, programs: list[str]) -> Diagnostic:
    """A program that is not there."""
    message = f"`{program}`, the command of the step `{step.id}`, is no program on PATH"
    if "/" in program:
        message = f"`{program}`, the command of the step `{step.id}`, is no program in the folder of the code"
    near = nearest_word(program, programs)
    return Diagnostic(codes.NO_COMMAND, step.place, message, "install it, or mend the command", near)


def of_outputs(step: Step, missing: list[str], folder: str) -> Diagnostic:
    """Outputs that a step was to write and did not."""
    listed = " and ".join(contract.output_variable(name) for name in missing)
    message = f"the step `{step.id}` ended without an error, and wrote nothing to {listed}{folder}"
    return Diagnostic(codes.NO_OUTPUT, step.place, message, "write there before the step ends")


def of_timeout(step: Step) -> Diagnostic:
    """A step that took too long."""
    message = f"the step `{step.id}` was stopped after its timeout of {step.run.timeout}"
    return Diagnostic(codes.TIMED_OUT, step.place, message, "give it longer, or less to do")


def of_kill(step: Step, signal: int, attempts: int, *, memory: bool) -> Diagnostic:
    """A step that was killed too often, or for its use of memory."""
    if memory:
        message = f"the system killed the step `{step.id}`, because memory ran out"
        return Diagnostic(codes.KILLED, step.place, message, "give it less to do at once, or a larger machine")
    times = "once" if attempts == 1 else f"{attempts} times"
    message = f"the step `{step.id}` was killed from outside {times}, by signal {signal} at last"
    return Diagnostic(codes.KILLED, step.place, message, "find out what kills it, and run again")


def outputs_missing(step: Step, work: Path) -> tuple[list[str], str]:
    """The outputs that are not as they must be, and what is wrong with the last one besides."""
    missing, why = [], ""
    for give in step.outputs:
        path = work / "out" / give.name
        if give.optional and not path.exists():
            continue
        if give.folder and path.is_file():
            missing.append(give.name)
            why = " but a file, where a folder is expected"
        elif not (path.is_file() or (path.is_dir() and any(path.iterdir()))):
            missing.append(give.name)
    return missing, why


def results_missing(step: Step, work: Path) -> list[str]:
    """The small texts that one of Fairlead's own steps has not written."""
    return [name for name in step.results if not (work / "results" / name).is_file()]


def _own_words(lines: tuple[str, ...]) -> tuple[str | None, str]:
    """What one of Fairlead's own steps said last, and its help."""
    message, help_ = None, ""
    for line in lines:
        if found := _SAID.match(line):
            message, help_ = found["message"], ""
        elif message is not None and (found := _HELP.match(line)):
            help_ = found["help"]
    return message, help_


def _refusals(node: Decide, work: Path, plan: Plan) -> Iterator[Diagnostic]:
    """A finding for each clause that does not hold, at its own line."""
    try:
        verdict = read_report(work / "out" / "verdict", GateReport, "the verdict")
    except StepFailure:
        return
    help_ = "nothing is registered; train a better model, or change the gate in review"
    for clause in verdict.clauses:
        if not clause.holds:
            path: tuple[str | int, ...] = ("model", "evaluate", "gates")
            index = next((at for at, gate in enumerate(node.gates) if _is_of(clause, gate)), None)
            place = plan.unit.place(*path) if index is None else plan.unit.place(*path, index)
            code: Code = codes.REFUSED
            yield Diagnostic(code, place, f"`{clause.clause}` does not hold: {clause.reason}", help_)


def _is_of(clause: ClauseResult, gate: Gate) -> bool:
    """Whether a result is that of a clause, or of one value of its slice."""
    text = str(gate)
    if gate.slice is None:
        return clause.clause == text
    before, _, after = text.partition(f"[{gate.slice}]")
    return clause.clause.startswith(f"{before}[{gate.slice}=") and clause.clause.endswith(after)


def _check_place(node: Check, message: str, plan: Plan) -> Place | None:
    """The line of the column or the expectation that a check's message names in backquotes."""
    for said in re.findall(r"`([^`]+)`", message):
        path = (*node.path, "columns", said)
        if said in node.columns and plan.unit.has(path):
            return plan.unit.place(*path)
        for index, expectation in enumerate(node.expectations):
            if str(expectation) == said and plan.unit.has((*node.path, "expect", index)):
                return plan.unit.place(*node.path, "expect", index)
    return None
