"""The best trial is chosen the same way each time, and never for lack of a score."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from fairlead.spec.expressions import Objective
from fairlead.steps import choose
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure


@pytest.mark.parametrize(
    ("objective", "scores", "best"),
    [
        ("maximize roc_auc", {0: 0.8, 1: 0.9, 2: 0.85}, 1),
        ("minimize rmse", {0: 3.0, 1: 2.0, 2: 2.5}, 1),
        ("maximize roc_auc", {2: 0.9, 0: 0.9, 10: 0.9}, 0),
        ("minimize rmse", {0: math.nan, 1: math.inf, 2: 7.0}, 2),
        ("maximize roc_auc", {0: math.nan, 1: -1.0}, 1),
    ],
)
def test_the_best_score_wins_and_of_equal_ones_the_first(objective: str, scores: dict[int, float], best: int) -> None:
    assert choose.choose(scores, Objective.parse(objective)) == best


def test_where_no_trial_has_a_number_nothing_is_chosen() -> None:
    with pytest.raises(StepFailure, match="number in no trial"):
        choose.choose({0: math.nan, 1: math.inf}, Objective.parse("maximize recall"))


def prepared(folder: Path, reports: dict[str, Any], trials: int) -> Context:
    for name in ("scores", "trials"):
        (folder / name).mkdir()
    for name, report in reports.items():
        (folder / "scores" / name).write_text(json.dumps(report))
    for index in range(trials):
        (folder / "trials" / f"{index}.json").write_text(json.dumps({"depth": index, "name": "größe {{x}}"}))
    environ = {
        "FAIRLEAD_TRIALS": str(folder / "trials"),
        "FAIRLEAD_INPUT_SCORES": str(folder / "scores"),
        "FAIRLEAD_OUTPUT_PARAMETERS": str(folder / "out/parameters"),
        "FAIRLEAD_RESULT_TRIAL": str(folder / "results/trial"),
    }
    return Context(environ, {"objective": "maximize recall"})


def test_the_best_trials_parameters_and_index_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = {str(index): {"metrics": {"recall": index / 20}} for index in range(12)}
    choose.run(prepared(tmp_path, reports, 12))
    assert json.loads((tmp_path / "out/parameters").read_text()) == {"depth": 11, "name": "größe {{x}}"}
    assert (tmp_path / "results/trial").read_text() == "11"
    assert capsys.readouterr().out.splitlines()[-1] == "best  trial 11: recall 0.55"


def test_a_trial_without_the_metric_is_an_error_and_not_a_loser(tmp_path: Path) -> None:
    reports = {"0": {"metrics": {"recall": 0.5}}, "1": {"metrics": {"accuracy": 0.9}}}
    with pytest.raises(StepFailure, match="trial 1 has no `recall`"):
        choose.run(prepared(tmp_path, reports, 2))


def test_without_reports_or_parameters_nothing_is_chosen(tmp_path: Path) -> None:
    with pytest.raises(StepFailure, match="no report of any trial"):
        choose.run(prepared(tmp_path, {".hidden": {}}, 0))
    (tmp_path / "scores/3").write_text('{"metrics": {"recall": 1}}')
    context = Context(
        {
            "FAIRLEAD_TRIALS": str(tmp_path / "trials"),
            "FAIRLEAD_INPUT_SCORES": str(tmp_path / "scores"),
            "FAIRLEAD_OUTPUT_PARAMETERS": str(tmp_path / "out/parameters"),
        },
        {"objective": "maximize recall"},
    )
    with pytest.raises(StepFailure, match="trial 3"):
        choose.run(context)
