from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.gate_metric import UNKNOWN_METRIC, UNLISTED_METRIC
from tests.unit.plan.specs import SCREEN, TUMOR, edit, examine

METRICS = "metrics: [roc_auc, recall, brier_score]"


def test_a_misspelt_metric_of_a_gate_is_told_the_right_word(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("- roc_auc >= 0.95", "- roc_acu >= 0.95")))
    assert found.places(UNKNOWN_METRIC) == [found.where("roc_acu")]
    assert found.one(UNKNOWN_METRIC).nearest == "roc_auc"
    assert found.codes == [UNKNOWN_METRIC.id]


def test_a_metric_of_another_task_is_refused_where_it_is_listed(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (METRICS, "metrics: [roc_auc, recall, rmse]")))
    assert found.places(UNKNOWN_METRIC) == [found.where("rmse")]
    assert "nothing computes `rmse` for binary-classification" in found.one(UNKNOWN_METRIC).message


def test_a_task_without_an_evaluator_computes_nothing(tmp_path: Path) -> None:
    spec = edit(SCREEN, ("  task: binary-classification\n", "  evaluate: {gates: [recall >= 0.9]}\n"))
    spec = edit(spec, (", positive: malignant", ""))
    found = examine(tmp_path, spec)
    assert found.places(UNKNOWN_METRIC) == [found.where("recall")]
    assert "the task `custom`" in found.one(UNKNOWN_METRIC).message


def test_a_gate_on_a_metric_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (METRICS, "metrics: [roc_auc, brier_score]")))
    assert found.places(UNLISTED_METRIC) == [found.where("recall", "recall[age_band]")]
    assert [str(related.place) for related in found.one(UNLISTED_METRIC).related] == [
        found.where("[roc_auc, brier_score]")
    ]


def test_without_a_list_the_gates_are_computed_as_well(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (f"    {METRICS}\n", ""), ("- roc_auc >= 0.95", "- f1 >= 0.9")))
    assert found.codes == []
    evaluate = found.plan("tumor-classifier").nodes["evaluate"].run
    assert evaluate is not None
    assert evaluate.parameters["metrics"][-1] == "f1"


@pytest.mark.parametrize(
    ("metrics", "codes"), [("", []), ("metrics: [uplift]", []), ("metrics: [lift]", [UNLISTED_METRIC.id])]
)
def test_a_command_of_ones_own_owns_the_names(tmp_path: Path, metrics: str, codes: list[str]) -> None:
    own = f"  evaluate:\n    command: [python, -m, judge]\n    gates: [uplift >= 0.2]\n    {metrics}\n"
    found = examine(tmp_path, edit(SCREEN, ("serving: {}\n", f"{own}serving: {{}}\n")))
    assert found.codes == codes
    if codes:
        assert found.one(UNLISTED_METRIC).nearest == "lift"


def test_members_of_a_family_are_known(tmp_path: Path) -> None:
    ranking = edit(SCREEN, ("binary-classification", "ranking"), (", positive: malignant", ""))
    gates = "  evaluate: {gates: [recall_at_20 >= 0.3]}\nserving: {}\n"
    assert examine(tmp_path, edit(ranking, ("serving: {}\n", gates))).codes == []
