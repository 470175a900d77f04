from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.quality_join import (
    BAD_QUALITY,
    LATE_LABELS,
    NO_SCORES,
    NO_TRUTH,
    UNJOINABLE,
    UNKNOWN_QUALITY,
)
from tests.unit.plan.specs import BATCH, SCREEN, TUMOR, edit, examine

EXPECT = "expect: [recall >= 0.85]"
QUALITY = "monitoring: {quality: {labels: {uri: s3://acme/outcomes/, join: reading_id}, expect: [rmse <= 3]}}\n"


def test_labels_are_joined_by_a_field_that_both_sides_have(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("join: request_id", "join: biopsy")))
    assert found.places(UNJOINABLE) == [found.where("biopsy", "join: biopsy")]
    assert found.one(UNJOINABLE).help == "join by `request_id` or `biopsy_id`"


@pytest.mark.parametrize("join", ["biopsy_id", "request_id"])
def test_an_id_of_the_data_or_of_the_request_joins(tmp_path: Path, join: str) -> None:
    assert examine(tmp_path, edit(TUMOR, ("join: request_id", f"join: {join}"))).codes == []


def test_a_column_that_is_no_id_does_not_join(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("join: request_id", "join: mean_radius"))).codes == [UNJOINABLE.id]


def test_a_batch_has_no_request_ids(tmp_path: Path) -> None:
    assert examine(tmp_path, BATCH + QUALITY).codes == []
    found = examine(tmp_path, BATCH + edit(QUALITY, ("reading_id", "request_id")))
    assert found.places(UNJOINABLE) == [found.where("request_id")]
    assert found.one(UNJOINABLE).help == "join by `reading_id`"


def test_the_column_of_the_truth_is_known(tmp_path: Path) -> None:
    spec = edit(SCREEN, (", positive: malignant, role: label", ", role: ignore"), ("serving: {}\n", ""))
    spec = edit(spec, ("  framework: sklearn\n", "  framework: sklearn\n  evaluate: {command: [judge]}\n"))
    spec += "serving: {payloads: {log: all, to: s3://acme-payloads/}}\n"
    spec += "monitoring: {quality: {labels: {uri: s3://acme/outcomes/}, expect: [recall >= 0.8]}}\n"
    found = examine(tmp_path, spec)
    assert found.places(NO_TRUTH) == [found.where("labels")]
    assert examine(tmp_path, edit(spec, ("outcomes/}", "outcomes/, column: outcome}"))).of(NO_TRUTH) == []


def test_labels_arrive_within_the_window(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("delay: 3d", "delay: 14d")))
    assert found.places(LATE_LABELS) == [found.where("14d", "delay: 14d")]
    assert [str(related.place) for related in found.one(LATE_LABELS).related] == [found.where("14d", "window: 14d")]
    assert examine(tmp_path, edit(TUMOR, ("delay: 3d", "delay: 13d"))).codes == []


def test_what_is_expected_is_a_metric_of_the_task(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (EXPECT, "expect: [recal >= 0.85]")))
    assert found.places(UNKNOWN_QUALITY) == [found.where("recal ")]
    assert found.one(UNKNOWN_QUALITY).nearest == "recall"


def test_metrics_of_ones_own_are_not_computed_in_production(tmp_path: Path) -> None:
    spec = edit(
        TUMOR, ("  evaluate:\n    metrics: [roc_auc, recall, brier_score]\n", "  evaluate:\n    command: [judge]\n")
    )
    found = examine(tmp_path, edit(spec, (EXPECT, "expect: [uplift >= 0.1]")))
    assert found.places(UNKNOWN_QUALITY) == [found.where("uplift")]


@pytest.mark.parametrize(
    ("clause", "at", "said"),
    [
        ("recall <= 0.85", "<=", "of recall, more is better"),
        ("recall >= 85", "85", "never holds"),
        ("recall >= 0", "0", "always holds"),
    ],
)
def test_what_is_expected_can_hold_and_fail(tmp_path: Path, clause: str, at: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (EXPECT, f"expect: [{clause}]")))
    assert found.places(BAD_QUALITY) == [found.where(at, f"expect: [{clause}]")]
    assert said in found.one(BAD_QUALITY).message


def test_labels_allow_no_metric_of_scores(tmp_path: Path) -> None:
    spec = edit(TUMOR, (EXPECT, "expect: [roc_auc >= 0.9]"), ("output: probability", "output: label"))
    found = examine(tmp_path, spec)
    assert found.places(NO_SCORES) == [found.where("roc_auc", "expect: [roc_auc >= 0.9]")]
    assert [str(related.place) for related in found.one(NO_SCORES).related] == [found.where("label", "output: label")]
    assert examine(tmp_path, edit(TUMOR, (EXPECT, "expect: [roc_auc >= 0.9]"))).codes == []
