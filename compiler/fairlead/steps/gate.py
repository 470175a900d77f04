"""The gate: every clause is judged, and all must hold, or the model is refused with exit code 10.

It fails closed. A metric that wasn't measured, that is NaN, or that rests on too few rows doesn't hold; nor does a
comparison with a champion whose report lacks the metric or speaks of other rows. The one exception is the first
version: where no champion was scored, a comparison with it holds, and says so.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field

from fairlead.catalogue.tasks import find_metric
from fairlead.plan import contract
from fairlead.spec.base import Items, Section
from fairlead.spec.expressions import Gate
from fairlead.spec.units.base import decimal_text
from fairlead.steps.context import Context
from fairlead.steps.failures import RefusedByGate
from fairlead.steps.reports import ClauseResult, Estimate, EvaluationReport, GateReport, Part, read_report, write_report
from fairlead.steps.telling import RunLog


class Parameters(Section):
    """What the gate is told."""

    gates: Items[str] = ()
    """The clauses, as the specification writes them."""
    min_support: int = Field(ge=1)
    """Rows, and positives where the metric is a share of them, that a slice needs to mean anything."""


def run(context: Context) -> None:
    """Judges the evaluation, writes the verdict, and raises RefusedByGate where a clause doesn't hold."""
    parameters = context.read_parameters(Parameters)
    candidate = read_report(context.input("evaluation"), EvaluationReport, "the evaluation's report")
    gates = [Gate.parse(text) for text in parameters.gates]
    if any(gate.champion for gate in gates):
        # Without the variable nobody has looked for a champion, and that is not the same as that there is none.
        context.required(contract.input_variable("champion"))
    path = context.optional_input("champion")
    champion = read_report(path, EvaluationReport, "the champion's report") if path else None
    verdict = judge(gates, candidate, champion, parameters.min_support)
    write_report(context.output("verdict"), verdict)
    said = context.output("verdict").read_text(encoding="utf-8")
    RunLog.of(context).verdict(verdict.passed, said, candidate)
    for line in lines(verdict):
        sys.stdout.write(f"{line}\n")
    failed = [clause for clause in verdict.clauses if not clause.holds]
    if failed:
        count = "a clause does" if len(failed) == 1 else f"{len(failed)} of {len(verdict.clauses)} clauses do"
        said = "; ".join(f"`{clause.clause}`: {clause.reason}" for clause in failed)
        help_ = "nothing is registered; train a better model, or change `model.evaluate.gates` in review"
        raise RefusedByGate(f"the gate does not let this model pass, because {count} not hold: {said}", help_)


def judge(
    gates: list[Gate], candidate: EvaluationReport, champion: EvaluationReport | None, min_support: int
) -> GateReport:
    """The verdict on a candidate. `champion` is None where none has been registered yet."""
    clauses = tuple(result for gate in gates for result in _results(gate, candidate, champion, min_support))
    return GateReport(passed=all(clause.holds for clause in clauses), clauses=clauses)


def lines(verdict: GateReport) -> Iterator[str]:
    """The verdict for a person, a line for each clause."""
    if not verdict.clauses:
        yield "the gate has no clauses, and lets every model pass"
    for clause in verdict.clauses:
        yield f"{'holds  ' if clause.holds else 'REFUSED'}  {clause.clause}: {clause.reason}"


def _results(
    gate: Gate, candidate: EvaluationReport, champion: EvaluationReport | None, min_support: int
) -> Iterator[ClauseResult]:
    if gate.champion and champion is not None and candidate.dataset != champion.dataset:
        reason = "the champion was scored on other rows, so the two can't be compared"
        yield ClauseResult(clause=str(gate), holds=False, reason=reason)
        return
    if gate.slice is None:
        yield _result(str(gate), gate, candidate, champion, None, candidate.task)
        return
    parts = candidate.slices.get(gate.slice, {})
    if not parts:
        yield ClauseResult(clause=str(gate), holds=False, reason=f"the evaluation has no slice `{gate.slice}`")
    rivals = champion.slices.get(gate.slice, {}) if champion is not None else {}
    for value, part in parts.items():
        clause = str(gate).replace(f"[{gate.slice}]", f"[{gate.slice}={value}]", 1)
        # A rival without this value of the slice has no metric there, and nothing may pass for lack of one.
        rival = None if champion is None else rivals.get(value, Part())
        yield _result(clause, gate, part, rival, min_support, candidate.task)


def _result(
    clause: str, gate: Gate, part: Part, rival: Part | None, min_support: int | None, task: str | None
) -> ClauseResult:
    """One clause on some rows. `rival` is the champion's part, None where there is no champion."""
    counts = {"rows": part.rows, "positives": part.positives}
    estimate = part.metrics.get(gate.metric)
    if estimate is None:
        return ClauseResult(clause=clause, holds=False, reason=f"`{gate.metric}` was not measured", **counts)
    if not math.isfinite(estimate.value):
        reason = f"`{gate.metric}` is {estimate.value}, which reaches no bound{_on(part)}"
        return ClauseResult(clause=clause, holds=False, reason=reason, **counts)
    lacking = _lacking(gate.metric, part, min_support, task) if min_support is not None else None
    if lacking:
        return ClauseResult(clause=clause, holds=False, value=estimate.value, reason=lacking, **counts)
    if gate.champion and rival is None:
        reason = "there is no champion yet, so there is nothing to compare with"
        return ClauseResult(clause=clause, holds=True, value=estimate.value, reason=reason, **counts)
    theirs = rival.metrics.get(gate.metric) if rival is not None else None
    if gate.champion and (theirs is None or not math.isfinite(theirs.value)):
        said = "was not measured" if theirs is None else f"is {theirs.value}"
        reason = f"the champion's `{gate.metric}` {said}, so there is nothing to compare with"
        return ClauseResult(clause=clause, holds=False, value=estimate.value, reason=reason, **counts)
    bound = gate.bound(None if theirs is None else Decimal(repr(theirs.value)))
    assert bound is not None, "a clause without a champion has a threshold"
    value = Decimal(repr(estimate.value))
    interval = f" (95 % confidence: {estimate.low:.4g} to {estimate.high:.4g})" if _has_interval(estimate) else ""
    return ClauseResult(
        clause=clause,
        holds=gate.op.holds(value, bound),
        value=estimate.value,
        bound=float(bound),
        reason=f"{decimal_text(value)} is {_distance(value, bound)}{interval}{_on(part)}",
        **counts,
    )


def _lacking(metric: str, part: Part, min_support: int, task: str | None) -> str | None:
    """Why a slice is too small for this metric; None where it is not."""
    if part.rows is None:
        return f"the report doesn't say on how many rows, and {min_support} are needed"
    if part.rows < min_support:
        return f"there are {part.rows} rows, and {min_support} are needed for the metric to mean anything"
    fact = find_metric(task, metric) if task else None
    if fact is not None and fact.counts == "positives" and (part.positives or 0) < min_support:
        return f"{part.positives or 0} of {part.rows} rows are positive, and {min_support} are needed"
    return None


def _distance(value: Decimal, bound: Decimal) -> str:
    """How far a value is from a bound, and on which side."""
    if value == bound:
        return f"exactly {decimal_text(bound)}"
    return f"{decimal_text(abs(value - bound))} {'above' if value > bound else 'below'} {decimal_text(bound)}"


def _on(part: Part) -> str:
    return "" if part.rows is None else f", on {part.rows} rows"


def _has_interval(estimate: Estimate) -> bool:
    ends = (estimate.low, estimate.high)
    return all(end is not None and math.isfinite(end) for end in ends)
