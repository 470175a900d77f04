"""Whatever the reports say, the gate lets nothing pass that does not reach every bound."""

from __future__ import annotations

import math
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import event, given, strategies as st

from fairlead.spec.expressions import Gate
from fairlead.steps.gate import judge
from fairlead.steps.reports import EvaluationReport, GateReport, read_report, write_report

METRICS = ("recall", "accuracy", "log_loss")
numbers = st.one_of(
    st.floats(0, 1), st.sampled_from([0.0, 0.3, 0.85, 0.1 + 0.2, 1.0]), st.sampled_from([math.nan, math.inf, -math.inf])
)
measured = st.dictionaries(st.sampled_from(METRICS), numbers)
parts = st.fixed_dictionaries(
    {"metrics": measured}, optional={"rows": st.integers(0, 60), "positives": st.integers(0, 60)}
)
reports = st.fixed_dictionaries(
    {"metrics": measured},
    optional={
        "rows": st.integers(0, 60),
        "task": st.sampled_from(["binary-classification", "custom"]),
        "dataset": st.sampled_from(["a", "b"]),
        "slices": st.dictionaries(st.sampled_from(["age", "site"]), st.dictionaries(st.sampled_from("xyz"), parts)),
    },
).map(EvaluationReport.model_validate)
clauses = st.builds(
    lambda metric, column, op, bound: f"{metric}{column} {op} {bound}",
    st.sampled_from(METRICS),
    st.sampled_from(["", "", "[age]", "[site]"]),
    st.sampled_from([">=", "<=", ">", "<"]),
    st.sampled_from(["0.3", "0.85", "0.0", "champion", "champion - 0.1", "champion + 0.05"]),
).map(Gate.parse)


def reaches(gate: Gate, metrics: Any, rival: Any) -> bool:
    """Said again, in the plainest way: both sides are numbers, and the comparison holds of them."""
    values = [metrics[gate.metric].value] if gate.metric in metrics else []
    if gate.champion and rival is not None:
        values += [rival[gate.metric].value] if gate.metric in rival else [math.nan]
    if not values or not all(math.isfinite(value) for value in values):
        return False
    if gate.champion and rival is None:
        return True
    bound = gate.threshold if gate.threshold is not None else Decimal(repr(values[1])) + gate.offset
    return gate.op.holds(Decimal(repr(values[0])), bound)


@given(st.lists(clauses, max_size=4), reports, st.none() | reports)
def test_what_passes_reaches_every_bound(
    gates: list[Gate], candidate: EvaluationReport, champion: EvaluationReport | None
) -> None:
    verdict = judge(gates, candidate, champion, 30)
    event(f"passed: {verdict.passed}, clauses: {min(len(gates), 1)}")
    if not verdict.passed:
        return
    for gate in gates:
        if gate.champion and champion is not None:
            assert candidate.dataset == champion.dataset
        if gate.slice is None:
            assert reaches(gate, candidate.metrics, champion.metrics if champion else None)
            continue
        slices = candidate.slices[gate.slice]
        assert slices
        for value, part in slices.items():
            assert part.rows is not None
            assert part.rows >= 30
            rivals = champion.slices.get(gate.slice, {}) if champion else {}
            rival = rivals[value].metrics if value in rivals else {}
            assert reaches(gate, part.metrics, rival if champion else None)


@given(st.lists(clauses, max_size=4), reports, st.none() | reports)
def test_every_clause_is_answered_and_the_verdict_is_what_the_answers_say(
    gates: list[Gate], candidate: EvaluationReport, champion: EvaluationReport | None
) -> None:
    verdict = judge(gates, candidate, champion, 30)
    assert verdict.passed == all(clause.holds for clause in verdict.clauses)
    assert len(verdict.clauses) >= len(gates)
    assert all(clause.reason for clause in verdict.clauses)


@given(reports, st.lists(clauses, max_size=3))
def test_a_report_is_read_as_it_was_written(report: EvaluationReport, gates: list[Gate]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        write_report(path, report)
        again = read_report(path, EvaluationReport, "it")
        written = path.read_bytes()
        write_report(path, again)
        assert path.read_bytes() == written
        assert again.values() == report.values()
        verdict = judge(gates, report, None, 30)
        write_report(path, verdict)
        assert read_report(path, GateReport, "it").passed == verdict.passed
