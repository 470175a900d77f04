from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.unread_output import UNREAD_OUTPUT, UNREAD_SOURCE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import TUMOR, edit, examine

OUTPUTS = "outputs: {features: {like: biopsies, add: {radius_per_area: {type: float}}}}"
EXTRA = OUTPUTS.removesuffix("}") + ", extras: {}}"
PRICES = ("  prepare:\n", "    prices: {uri: s3://acme-ml/prices.csv}\n  prepare:\n")


def test_a_step_whose_output_nobody_reads_is_refused(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (OUTPUTS, EXTRA)))
    assert found.places(UNREAD_OUTPUT) == [found.where("extras")]
    assert (
        "nobody reads `extras`, which the step `features` writes; the split is of `features`"
        in found.one(UNREAD_OUTPUT).message
    )


def test_the_step_before_the_split_is_passed_by(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("of: features", "of: biopsies")))
    assert found.places(UNREAD_OUTPUT) == [found.where("features", "{features: {like")]


def test_training_and_an_evaluator_of_ones_own_read_as_well(tmp_path: Path) -> None:
    read = ("    retries: 2\n", "    retries: 2\n    inputs: [extras]\n")
    assert examine(tmp_path, edit(TUMOR, (OUTPUTS, EXTRA), read)).codes == []
    judged = ("    metrics: [roc_auc, recall, brier_score]\n", "    command: [judge]\n    inputs: [extras]\n")
    assert examine(tmp_path, edit(TUMOR, (OUTPUTS, EXTRA), judged)).codes == []


def test_the_built_in_evaluator_reads_no_inputs(tmp_path: Path) -> None:
    listed = ("    metrics: [roc_auc", "    inputs: [extras]\n    metrics: [roc_auc")
    assert examine(tmp_path, edit(TUMOR, (OUTPUTS, EXTRA), listed)).codes == [UNREAD_OUTPUT.id]


def test_a_source_that_nobody_reads_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, PRICES))
    assert found.places(UNREAD_SOURCE) == [found.where("prices", "    prices:")]
    assert found.one(UNREAD_SOURCE).level is Severity.WARNING
    assert examine(tmp_path, edit(TUMOR, PRICES, ("inputs: [biopsies]", "inputs: [biopsies, prices]"))).codes == []
