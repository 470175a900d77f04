from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.split_leak import BAD_KEY, LEAKS_ID, NO_KEY, NO_VALIDATION, NOTHING_LEFT, RESHUFFLES
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import BATCH, SCREEN, TUMOR, edit, examine

SPLIT = "split: {of: features, method: hash, by: biopsy_id, test: 0.2, validation: 0.1}"
ID = "biopsy_id: {type: string, unique: true, role: id}"
PATIENT = "patient_id: {type: string, role: id}"


def test_a_random_split_leaks_an_id_that_repeats(tmp_path: Path) -> None:
    random = "split: {of: features, method: random, test: 0.2, validation: 0.1}"
    found = examine(tmp_path, edit(TUMOR, (SPLIT, random), ("unique: true, ", ""), ("each-run", "pinned")))
    assert found.places(LEAKS_ID) == [found.where("random", "method: random")]
    assert "`biopsy_id` is an id that may occur in several rows" in found.one(LEAKS_ID).message
    assert [str(related.place) for related in found.one(LEAKS_ID).related] == [found.where("biopsy_id: {type")]


def test_a_split_by_one_id_leaks_another(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (ID, f"{ID}\n        {PATIENT}")))
    assert found.places(LEAKS_ID) == [found.where("biopsy_id", "by: biopsy_id")]
    assert "the split goes by `biopsy_id`, and `patient_id`" in found.one(LEAKS_ID).message


def test_a_split_by_the_id_that_repeats_leaks_nothing(tmp_path: Path) -> None:
    spec = edit(TUMOR, (ID, f"{ID}\n        {PATIENT}"), ("by: biopsy_id", "by: patient_id"))
    assert examine(tmp_path, spec).codes == []


def test_a_split_by_time_may_have_one_id_on_both_sides(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(BATCH, ("unique: true, ", ""))).codes == []


@pytest.mark.parametrize(
    ("rule", "wrong", "said", "nearest"),
    [
        ("method: hash, by: diagnosis", "diagnosis", "is the label", "biopsy_id"),
        ("method: hash, by: age_band", "age_band", "has 3 values, of which each goes to one side whole", "biopsy_id"),
        ("method: time, by: mean_radius", "mean_radius", "is of type float, and has no time", "taken_at"),
    ],
)
def test_a_column_that_can_not_divide_rows_is_refused(
    tmp_path: Path, rule: str, wrong: str, said: str, nearest: str
) -> None:
    found = examine(tmp_path, edit(TUMOR, ("method: hash, by: biopsy_id", rule)))
    assert found.places(BAD_KEY) == [found.where(wrong, rule)]
    assert said in found.one(BAD_KEY).message
    assert found.one(BAD_KEY).nearest == nearest


@pytest.mark.parametrize(("method", "role"), [("hash", "id"), ("time", "time")])
def test_a_method_without_its_column_is_refused(tmp_path: Path, method: str, role: str) -> None:
    spec = edit(
        SCREEN, (", unique: true, role: id", ", role: ignore"), ("model:\n", f"  split: {{method: {method}}}\nmodel:\n")
    )
    found = examine(tmp_path, spec)
    assert found.places(NO_KEY) == [found.where(method, f"method: {method}")]
    assert f"none with the role `{role}`" in found.one(NO_KEY).message


@pytest.mark.parametrize("test", ["0.9", "0.95"])
def test_a_split_that_leaves_nothing_shows_the_sum(tmp_path: Path, test: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("test: 0.2", f"test: {test}")))
    assert found.places(NOTHING_LEFT) == [found.where("0.1", "validation: 0.1")]
    assert f"{test} + 0.1 = 1" in found.one(NOTHING_LEFT).message


def test_a_split_that_leaves_a_little_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("test: 0.2", "test: 0.89"))).of(NOTHING_LEFT) == []


def test_a_search_needs_a_validation_split(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (", validation: 0.1", "")))
    assert found.places(NO_VALIDATION) == [found.where("tune", "  tune:\n")]
    found = examine(tmp_path, edit(TUMOR, ("validation: 0.1", "validation: 0.0")))
    assert found.places(NO_VALIDATION) == [found.where("0.0", "validation: 0.0")]


def test_without_a_search_no_validation_is_needed(tmp_path: Path) -> None:
    assert examine(tmp_path, BATCH).codes == []


def test_a_random_split_of_growing_data_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("method: hash, by: biopsy_id", "method: random")))
    assert found.places(RESHUFFLES) == [found.where("random", "method: random")]
    assert found.one(RESHUFFLES).level is Severity.WARNING
    assert found.codes == [RESHUFFLES.id]


def test_what_is_retired_is_not_drawn_again(tmp_path: Path) -> None:
    random = edit(TUMOR, ("method: hash, by: biopsy_id", "method: random"))
    retired = edit(random, ("owner: diagnostics-ml}", "owner: diagnostics-ml, retired: true}"))
    assert examine(tmp_path, retired).of(RESHUFFLES) == []


def test_a_random_split_without_retraining_is_drawn_once(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(BATCH, ("method: time", "method: random"))).codes == []


def test_files_have_nothing_but_their_manifest_to_split_by(tmp_path: Path) -> None:
    spec = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: scenes, owner: vision-ml}
data: {sources: {scenes: {uri: s3://acme-ml/scenes/, format: files}}}
model: {train: {command: [python, -m, scenes]}}
retraining: {schedule: "0 20 1 * *"}
"""
    assert examine(tmp_path, spec).codes == []
    assert examine(tmp_path, edit(spec, ("format: files", "format: csv"))).codes == [RESHUFFLES.id]
