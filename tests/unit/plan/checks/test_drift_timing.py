from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.drift_timing import BLIND_TIME, OUT_OF_REACH
from tests.unit.plan.specs import TUMOR, edit, examine


def test_a_window_shorter_than_the_period_leaves_time_unseen(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("every: 1h\n    window: 24h", "every: 24h\n    window: 1h")))
    assert found.places(BLIND_TIME) == [found.where("1h", "window: 1h")]
    assert "of every 1d only the last 1h is looked at, and 23h never is" in found.one(BLIND_TIME).message


def test_quality_looks_back_as_well(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("window: 14d\n    every: 24h", "window: 14d\n    every: 15d")))
    assert found.places(BLIND_TIME) == [found.where("14d")]


def test_a_window_as_long_as_the_period_sees_everything(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("every: 1h\n    window: 24h", "every: 24h\n    window: 24h"))).codes == []


def test_the_default_window_is_told_by_the_period(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("every: 1h\n    window: 24h\n", "every: 2d\n")))
    assert found.places(BLIND_TIME) == [found.where("2d")]


@pytest.mark.parametrize("threshold", ["1.0", "5.0"])
def test_a_threshold_that_no_score_exceeds_is_refused(tmp_path: Path, threshold: str) -> None:
    spec = edit(TUMOR, ("method: psi\n    threshold: 0.2", f"method: jensen-shannon\n    threshold: {threshold}"))
    found = examine(tmp_path, spec)
    assert found.places(OUT_OF_REACH) == [found.where(threshold, f"threshold: {threshold}")]
    assert "is at most 1" in found.one(OUT_OF_REACH).message


def test_the_threshold_of_one_feature_is_pointed_at(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("{threshold: 0.1}", "{method: ks, threshold: 3.5}")))
    assert found.places(OUT_OF_REACH) == [found.where("3.5")]


def test_psi_has_no_upper_end(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("threshold: 0.2", "threshold: 5.5"))).codes == []


def test_just_below_the_end_is_fine(tmp_path: Path) -> None:
    spec = edit(TUMOR, ("method: psi\n    threshold: 0.2", "method: jensen-shannon\n    threshold: 0.99"))
    assert examine(tmp_path, spec).codes == []
