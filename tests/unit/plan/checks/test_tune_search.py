from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.tune_search import BAD_OBJECTIVE, BAD_SPACE, IDLE_PARALLEL, TOO_MANY, TRIAL_COUNT
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import TUMOR, edit, examine

OVER = "over: {max_depth: [4, 6, 8], learning_rate: {between: [0.01, 0.3], scale: log}}"
RANDOM = f"search: random\n    {OVER}\n    trials: 12\n    parallel: 4\n    seed: 7\n"


def tuned(search: str) -> str:
    return edit(TUMOR, (RANDOM, f"{search}\n"))


@pytest.mark.parametrize(
    ("space", "at", "said"),
    [
        ("{between: [0.3, 0.01]}", "[0.3, 0.01]", "from 0.3 to 0.01, so nothing lies between"),
        ("{between: [1, 1]}", "[1, 1]", "from 1 to 1"),
        ("{between: [0, 0.3], scale: log}", "[0, 0.3]", "0 has no logarithm"),
        ("{between: [-1, 1], scale: log}", "[-1, 1]", "-1 has no logarithm"),
        ("{integer: true}", "rate", "neither a list nor a range"),
        ("{between: [0, 1], choices: [1]}", "rate", "a list and a range"),
    ],
)
def test_a_range_has_room_and_a_logarithm(tmp_path: Path, space: str, at: str, said: str) -> None:
    found = examine(tmp_path, tuned(f"over: {{rate: {space}}}\n    trials: 4"))
    assert found.places(BAD_SPACE) == [found.where(at, f"over: {{rate: {space}}}")]
    assert said in found.one(BAD_SPACE).message
    assert found.codes == [BAD_SPACE.id]


def test_a_grid_takes_steps_from_a_range(tmp_path: Path) -> None:
    found = examine(tmp_path, tuned("search: grid\n    over: {rate: {between: [0, 1]}}"))
    assert found.places(BAD_SPACE) == [found.where("rate", "{rate: {between")]
    assert examine(tmp_path, tuned("search: grid\n    over: {rate: {between: [0, 1], steps: 3}}")).codes == []
    found = examine(tmp_path, tuned("search: grid\n    over: {rate: {between: [0, 1], steps: 1001}}"))
    assert found.places(BAD_SPACE) == [found.where("1001")]


def test_a_random_search_says_how_often(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("    trials: 12\n", "")))
    assert found.places(TRIAL_COUNT) == [found.where("tune", "  tune:\n")]


def test_billions_of_steps_are_refused_by_arithmetic(tmp_path: Path) -> None:
    space = ", ".join(f"p{number}: {{between: [0, 1], steps: 2000000000}}" for number in range(12))
    found = examine(tmp_path, tuned(f"search: grid\n    over: {{{space}}}\n    trials: 5"))
    assert "has 2000000000 steps, and a search at most 1000 trials" in found.of(BAD_SPACE)[0].message


def test_a_grid_has_an_end(tmp_path: Path) -> None:
    values = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"
    grid = f"search: grid\n    over: {{a: {values}, b: {values}, c: {values}}}"
    found = examine(tmp_path, tuned(grid))
    assert found.places(TRIAL_COUNT) == [found.where("over", "    over:")]
    assert "11 x 11 x 11 = 1331 combinations" in found.one(TRIAL_COUNT).message
    assert examine(tmp_path, tuned(f"{grid}\n    trials: 40\n    parallel: 10")).codes == []


@pytest.mark.parametrize("search", ["grid", "random"])
def test_more_trials_than_points_is_a_warning(tmp_path: Path, search: str) -> None:
    found = examine(tmp_path, tuned(f"search: {search}\n    over: {{a: [1, 2], b: [3, 4]}}\n    trials: 5"))
    assert found.places(TOO_MANY) == [found.where("5", "trials: 5")]
    assert "5 trials, and 2 x 2 = 4 combinations" in found.one(TOO_MANY).message
    assert found.one(TOO_MANY).level is Severity.WARNING
    assert examine(tmp_path, tuned(f"search: {search}\n    over: {{a: [1, 2], b: [3, 4]}}\n    trials: 4")).codes == []


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ("over: {a: {between: [0, 1]}}\n    trials: 3\n    parallel: 4", [IDLE_PARALLEL.id]),
        ("over: {a: {between: [0, 1]}}\n    trials: 3\n    parallel: 3", []),
        ("search: grid\n    over: {a: [1, 2, 3]}\n    parallel: 4", [IDLE_PARALLEL.id]),
    ],
)
def test_no_more_run_at_once_than_there_are(tmp_path: Path, search: str, codes: list[str]) -> None:
    found = examine(tmp_path, tuned(search))
    assert found.codes == codes
    if codes:
        assert found.places(IDLE_PARALLEL) == [found.where("4", "parallel: 4")]


def test_a_search_in_the_wrong_direction_finds_the_worst(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("maximize roc_auc", "minimize roc_auc")))
    assert found.places(BAD_OBJECTIVE) == [found.where("minimize roc_auc")]
    assert found.one(BAD_OBJECTIVE).nearest == "maximize roc_auc"


def test_the_objective_is_a_metric_that_something_computes(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("maximize roc_auc", "maximize roc_acu")))
    assert found.places(BAD_OBJECTIVE) == [found.where("roc_acu")]
    assert found.one(BAD_OBJECTIVE).nearest == "roc_auc"


def test_the_objective_need_not_be_a_metric_of_the_test(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("maximize roc_auc", "minimize log_loss"))).codes == []


def test_an_evaluator_of_ones_own_computes_what_it_lists(tmp_path: Path) -> None:
    own = edit(TUMOR, ("    metrics: [roc_auc, recall", "    command: [judge]\n    metrics: [roc_auc, recall"))
    assert examine(tmp_path, own).codes == []
    found = examine(tmp_path, edit(own, ("maximize roc_auc", "maximize lift")))
    assert found.places(BAD_OBJECTIVE) == [found.where("lift")]
