from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.label_column import MANY_LABELS, NO_LABEL, OTHER_LABEL
from tests.unit.plan.specs import BATCH, SCREEN, edit, examine

LABEL = "diagnosis: {type: category, values: [benign, malignant], positive: malignant, role: label}"


def test_a_task_that_is_judged_needs_a_label(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, (LABEL, "diagnosis: {type: category}")))
    assert found.places(NO_LABEL) == [found.where("visits", "    visits:")]
    assert [str(related.place) for related in found.one(NO_LABEL).related] == [found.where("binary-classification")]


@pytest.mark.parametrize(
    "model", ["  task: custom\n", "  task: binary-classification\n  evaluate: {command: [judge]}\n"]
)
def test_a_task_that_fairlead_does_not_judge_needs_none(tmp_path: Path, model: str) -> None:
    spec = edit(SCREEN, (LABEL, "diagnosis: {type: category}"), ("  task: binary-classification\n", model))
    assert examine(tmp_path, spec).codes == []


def test_a_task_has_one_label(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, (LABEL, f"{LABEL}\n        outcome: {{type: boolean, role: label}}")))
    assert found.places(MANY_LABELS) == [found.where("outcome")]
    assert "2 labels: diagnosis, outcome" in found.one(MANY_LABELS).message


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("diagnosis: {type: float, role: label}", "of type float, and binary-classification takes category"),
        ("diagnosis: {type: category, values: [a, b, c], positive: a, role: label}", "has 3 values: a, b, c"),
        ("diagnosis: {type: category, values: [a, b], role: label}", "`roc_auc` is about the positive class"),
        ("diagnosis: {type: string, role: label}", "does not say which that is"),
    ],
)
def test_a_classification_has_two_classes_and_a_positive_one(tmp_path: Path, label: str, said: str) -> None:
    found = examine(tmp_path, edit(SCREEN, (LABEL, label)))
    assert found.places(OTHER_LABEL) == [found.where("diagnosis")]
    assert said in found.one(OTHER_LABEL).message


@pytest.mark.parametrize(
    "label", ["diagnosis: {type: boolean, role: label}", "diagnosis: {type: integer, role: label}"]
)
def test_numbers_and_booleans_say_which_is_positive(tmp_path: Path, label: str) -> None:
    assert examine(tmp_path, edit(SCREEN, (LABEL, label))).codes == []


def test_metrics_without_a_positive_class_need_none(tmp_path: Path) -> None:
    accuracy = edit(
        SCREEN, (", positive: malignant", ""), ("serving: {}\n", "  evaluate: {metrics: [accuracy]}\nserving: {}\n")
    )
    assert examine(tmp_path, accuracy).codes == []


def test_a_regression_has_numbers(tmp_path: Path) -> None:
    found = examine(
        tmp_path, edit(BATCH, ("load: {type: float, min: 0, role: label}", "load: {type: text, role: label}"))
    )
    assert found.places(OTHER_LABEL) == [found.where("load", "        load: {type")]
