from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.gate_direction import BACKWARDS, DECIDED
from tests.unit.plan.specs import BATCH, TUMOR, edit, examine

GATE = "roc_auc >= 0.95"


@pytest.mark.parametrize(
    ("before", "gate", "nearest"),
    [
        ("r2 >= 0.8", "rmse >= 3", "rmse <= 3"),
        ("r2 >= 0.8", "r2 <= 0.8", "r2 >= 0.8"),
        ("rmse <= champion + 0.1", "rmse > champion + 0.1", "rmse < champion + 0.1"),
    ],
)
def test_a_gate_in_the_wrong_direction_is_turned_round(tmp_path: Path, before: str, gate: str, nearest: str) -> None:
    found = examine(tmp_path, edit(BATCH, (before, gate)))
    operator = gate.split()[1]
    assert found.places(BACKWARDS) == [found.where(operator, gate)]
    assert found.one(BACKWARDS).nearest == nearest
    assert "is better" in found.one(BACKWARDS).message


@pytest.mark.parametrize(
    ("gate", "bound", "said"),
    [
        ("roc_auc >= 1.5", "1.5", "no model passes"),
        ("roc_auc > 1", "1", "no model passes"),
        ("roc_auc >= 0", "0", "every model passes"),
        ("roc_auc >= -2", "-2", "every model passes"),
        ("brier_score <= 1", "1", "every model passes"),
        ("brier_score < 0", "0", "no model passes"),
        ("roc_auc >= champion - 1", "champion - 1", "every model passes"),
        ("roc_auc >= champion + 1", "champion + 1", "no model passes"),
    ],
)
def test_a_gate_that_is_decided_beforehand_is_refused(tmp_path: Path, gate: str, bound: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (f"- {GATE}", f"- {gate}")))
    assert found.places(DECIDED) == [found.where(bound, f"- {gate}".removeprefix("- "))]
    assert said in found.one(DECIDED).message
    assert "lies between 0 and 1" in found.one(DECIDED).message


def test_a_share_that_was_written_as_a_percentage_is_recognised(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, (f"- {GATE}", "- roc_auc >= 95"))).one(DECIDED).nearest == "0.95"


@pytest.mark.parametrize(
    "gate",
    ["roc_auc >= 1", "roc_auc >= champion + 0.1", "brier_score <= champion - 0.05", "brier_score <= 0", "recall > 0"],
)
def test_a_gate_that_can_hold_and_fail_is_fine(tmp_path: Path, gate: str) -> None:
    assert examine(tmp_path, edit(TUMOR, (f"- {GATE}", f"- {gate}"))).codes == []


def test_an_error_without_an_upper_end_may_have_any_bound(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(BATCH, ("r2 >= 0.8", "rmse <= 100000"), ("+ 0.1", "+ 500"))).codes == []


def test_metrics_of_ones_own_may_be_better_either_way(tmp_path: Path) -> None:
    own = "evaluate: {command: [judge], gates: [rmse >= 3]}"
    spec = edit(BATCH, ("evaluate: {metrics: [rmse, mae, r2], gates: [r2 >= 0.8, rmse <= champion + 0.1]}", own))
    assert examine(tmp_path, spec).codes == []
