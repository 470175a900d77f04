from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.nothing_new import NO_TRIGGER, NOTHING_NEW
from tests.unit.plan.specs import BATCH, TUMOR, edit, examine


def test_a_schedule_with_pinned_data_learns_nothing_new(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("each-run", "pinned")))
    assert found.places(NOTHING_NEW) == [found.where('"0 4 * * 1"')]
    assert "can never learn anything new: its only source, `biopsies`, is pinned" in found.one(NOTHING_NEW).message
    assert [str(related.place) for related in found.one(NOTHING_NEW).related] == [found.where("pinned")]


def test_retraining_on_an_alert_learns_nothing_new_either(tmp_path: Path) -> None:
    spec = edit(TUMOR, ("each-run", "pinned"), ('  schedule: "0 4 * * 1"\n  timezone: Europe/Zurich\n', ""))
    found = examine(tmp_path, spec)
    assert found.places(NOTHING_NEW) == [found.where("on", "  on: [")]


def test_one_source_that_grows_is_enough(tmp_path: Path) -> None:
    more = ("  prepare:\n", "    outcomes: {uri: s3://acme-ml/outcomes/, format: csv}\n  prepare:\n")
    spec = edit(TUMOR, ("each-run", "pinned"), more, ("inputs: [biopsies]", "inputs: [biopsies, outcomes]"))
    assert examine(tmp_path, spec).codes == []


def test_what_is_not_written_is_read_anew_where_retraining_exists(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("      snapshot: each-run\n", ""))).codes == []


def test_pinned_data_without_retraining_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(BATCH, ("format: csv\n", "format: csv\n      snapshot: pinned\n"))).codes == []


def test_retraining_on_drift_needs_drift(tmp_path: Path) -> None:
    found = examine(tmp_path, f"{BATCH}retraining: {{on: [new-data, drift]}}\n")
    assert found.places(NO_TRIGGER) == [found.where("drift")]
    assert "`monitoring.drift` is not there" in found.one(NO_TRIGGER).message


def test_retraining_on_new_data_needs_nothing_that_is_watched(tmp_path: Path) -> None:
    assert examine(tmp_path, f"{BATCH}retraining: {{on: [new-data]}}\n").codes == []
