"""The gate says yes only where everything that it was asked holds, and says by how much."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from fairlead.spec.expressions import Gate
from fairlead.steps import gate
from fairlead.steps.context import Context
from fairlead.steps.failures import RefusedByGate, StepFailure
from fairlead.steps.reports import EvaluationReport, GateReport


def report(**content: Any) -> EvaluationReport:
    return EvaluationReport.model_validate({"task": "binary-classification", "on": "test", "rows": 200, **content})


def judged(clause: str, candidate: EvaluationReport, champion: EvaluationReport | None = None) -> GateReport:
    return gate.judge([Gate.parse(clause)], candidate, champion, 30)


def reason(clause: str, candidate: EvaluationReport, champion: EvaluationReport | None = None) -> str:
    [result] = judged(clause, candidate, champion).clauses
    return result.reason


@pytest.mark.parametrize(
    ("clause", "value", "holds"),
    [
        ("roc_auc >= 0.95", 0.95, True),
        ("roc_auc >= 0.95", 0.9499999, False),
        ("roc_auc > 0.95", 0.95, False),
        ("log_loss <= 0.3", 0.3, True),
        ("log_loss < 0.3", 0.1 + 0.2, False),
        ("log_loss <= 0.3", 0.1 + 0.2, False),
    ],
)
def test_a_clause_holds_exactly_from_its_bound_on(clause: str, value: float, holds: bool) -> None:
    verdict = judged(clause, report(metrics={clause.split(maxsplit=1)[0]: value}))
    assert verdict.passed == holds


def test_a_refusal_says_by_how_much_and_on_how_many_rows() -> None:
    candidate = report(metrics={"roc_auc": {"value": 0.94, "low": 0.91, "high": 0.965}})
    assert reason("roc_auc >= 0.95", candidate) == (
        "0.94 is 0.01 below 0.95 (95 % confidence: 0.91 to 0.965), on 200 rows"
    )


def test_a_metric_that_was_not_measured_holds_never() -> None:
    assert not judged("roc_auc >= 0.95", report(metrics={"recall": 1.0})).passed


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("clause", ["rmse <= 3", "rmse >= 3", "rmse >= champion"])
def test_what_is_no_number_reaches_no_bound(clause: str, value: float) -> None:
    assert not judged(clause, report(metrics={"rmse": value}), report(metrics={"rmse": 1.0})).passed
    assert not judged(clause, report(metrics={"rmse": value})).passed


def test_without_a_champion_a_comparison_with_it_holds_and_says_so() -> None:
    assert judged("roc_auc >= champion - 0.005", report(metrics={"roc_auc": 0.5})).passed
    assert "no champion yet" in reason("roc_auc >= champion - 0.005", report(metrics={"roc_auc": 0.5}))


def test_a_worse_model_than_the_champion_is_refused() -> None:
    champion = report(metrics={"roc_auc": 0.97})
    assert judged("roc_auc >= champion - 0.005", report(metrics={"roc_auc": 0.965}), champion).passed
    assert not judged("roc_auc >= champion - 0.005", report(metrics={"roc_auc": 0.9649}), champion).passed


@pytest.mark.parametrize("metrics", [{}, {"roc_auc": "NaN"}, {"recall": 0.9}])
def test_a_champion_without_the_metric_lets_nothing_pass(metrics: dict[str, Any], tmp_path: Path) -> None:
    context = prepared(tmp_path, ["roc_auc >= champion"], {"metrics": {"roc_auc": 0.99}}, {"metrics": metrics})
    with pytest.raises(RefusedByGate, match="nothing to compare with"):
        gate.run(context)


def test_a_champion_that_was_scored_on_other_rows_is_no_measure() -> None:
    candidate, champion = report(metrics={"roc_auc": 0.99}, dataset="a"), report(metrics={"roc_auc": 0.5}, dataset="b")
    assert not judged("roc_auc >= champion", candidate, champion).passed
    assert judged("roc_auc >= 0.9", candidate, champion).passed


def test_every_value_of_a_slice_must_reach_the_bound() -> None:
    part = {"rows": 100, "positives": 50}
    slices = {"age": {"old": {**part, "metrics": {"recall": 0.9}}, "young": {**part, "metrics": {"recall": 0.8}}}}
    verdict = judged("recall[age] >= 0.85", report(slices=slices))
    assert [(clause.clause, clause.holds) for clause in verdict.clauses] == [
        ("recall[age=old] >= 0.85", True),
        ("recall[age=young] >= 0.85", False),
    ]


@pytest.mark.parametrize(
    ("rows", "positives", "metric", "holds"),
    [(29, 29, "accuracy", False), (30, 0, "accuracy", True), (100, 29, "recall", False), (100, 30, "recall", True)],
)
def test_a_slice_needs_rows_and_positives_where_the_metric_is_a_share_of_them(
    rows: int, positives: int, metric: str, holds: bool
) -> None:
    slices = {"age": {"old": {"rows": rows, "positives": positives, "metrics": {metric: 0.9}}}}
    assert judged(f"{metric}[age] >= 0.5", report(slices=slices)).passed == holds


def test_a_slice_that_was_not_measured_holds_never() -> None:
    assert not judged("recall[age] >= 0.1", report(metrics={"recall": 1.0})).passed
    assert not judged("recall[age] >= 0.1", report(slices={"age": {"old": {"metrics": {"recall": 1.0}}}})).passed


def test_a_slice_that_the_champion_lacks_lets_nothing_pass() -> None:
    part = {"rows": 100, "positives": 50, "metrics": {"recall": 0.9}}
    candidate = report(slices={"age": {"old": part, "new": part}})
    verdict = judged("recall[age] >= champion", candidate, report(slices={"age": {"old": part}}))
    assert [clause.holds for clause in verdict.clauses] == [True, False]


def prepared(folder: Path, gates: list[str], evaluation: Any, champion: Any = None, **parameters: Any) -> Context:
    environ = {"FAIRLEAD_STEP": "gate", "FAIRLEAD_OUTPUT_VERDICT": str(folder / "out/verdict")}
    for name, content in (("evaluation", evaluation), ("champion", champion)):
        path = folder / name
        if content is not None:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        environ[f"FAIRLEAD_INPUT_{name.upper()}"] = str(path)
    return Context(environ, {"gates": gates, "min_support": 30, **parameters})


def test_the_verdict_is_written_before_a_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = prepared(tmp_path, ["accuracy >= 0.9", "accuracy >= 0.5"], {"metrics": {"accuracy": 0.8}, "rows": 40})
    with pytest.raises(RefusedByGate, match=r"0\.8 is 0\.1 below 0\.9, on 40 rows") as refused:
        gate.run(context)
    assert refused.value.exit_code == 10
    verdict = json.loads((tmp_path / "out/verdict").read_text())
    assert (verdict["passed"], [clause["holds"] for clause in verdict["clauses"]]) == (False, [False, True])
    assert capsys.readouterr().out.splitlines() == [
        "REFUSED  accuracy >= 0.9: 0.8 is 0.1 below 0.9, on 40 rows",
        "holds    accuracy >= 0.5: 0.8 is 0.3 above 0.5, on 40 rows",
    ]


def test_a_gate_without_clauses_lets_every_model_pass_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.run(prepared(tmp_path, [], {"metrics": {}}))
    assert json.loads((tmp_path / "out/verdict").read_text())["passed"] is True
    assert "no clauses" in capsys.readouterr().out


@pytest.mark.parametrize(
    "evaluation",
    [None, "", "{", "[]", '{"metrics": {"accuracy": "0.99"}}', '{"metrics": {"accuracy": true}}', '{"metric": {}}',
     '{"metrics": {"accuracy": 0.1, "accuracy": 0.99}}', "[" * 100_000],
)  # fmt: skip
def test_a_report_that_is_none_registers_nothing(evaluation: str | None, tmp_path: Path) -> None:
    with pytest.raises(StepFailure) as failure:
        gate.run(prepared(tmp_path, ["accuracy >= 0.9"], evaluation))
    assert failure.value.exit_code == 1
    assert not (tmp_path / "out/verdict").exists()


def test_parameters_of_another_version_are_refused(tmp_path: Path) -> None:
    context = prepared(tmp_path, ["accuracy >= 0.9"], {"metrics": {"accuracy": 0.99}}, strictness=2)
    with pytest.raises(StepFailure, match="strictness"):
        gate.run(context)


def test_where_nobody_looked_for_a_champion_a_comparison_with_it_is_an_error(tmp_path: Path) -> None:
    context = prepared(tmp_path, ["accuracy >= champion"], {"metrics": {"accuracy": 0.99}})
    environ = {name: value for name, value in context.environ.items() if name != "FAIRLEAD_INPUT_CHAMPION"}
    with pytest.raises(StepFailure, match="FAIRLEAD_INPUT_CHAMPION is not set"):
        gate.run(Context(environ, context.parameters))
