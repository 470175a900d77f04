from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.latency_bucket import NO_BUCKET
from tests.unit.plan.specs import ASSISTANT, TUMOR, edit, examine


@pytest.mark.parametrize(
    ("bound", "said", "nearest"),
    [
        ("300ms", "the boundaries around it are 250ms and 500ms", "250ms"),
        ("450ms", "the boundaries around it are 250ms and 500ms", "500ms"),
        ("2h", "the greatest boundary is 1h", "1h"),
    ],
)
def test_a_bound_between_buckets_is_told_its_neighbours(tmp_path: Path, bound: str, said: str, nearest: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("250ms", bound)))
    assert found.places(NO_BUCKET) == [found.where(bound, f"below: {bound}")]
    assert f"{bound} is no bucket of `istio_request_duration_milliseconds_bucket`" in found.one(NO_BUCKET).message
    assert said in found.one(NO_BUCKET).message
    assert found.one(NO_BUCKET).nearest == nearest


def test_the_buckets_are_those_of_who_measures(tmp_path: Path) -> None:
    at_server = edit(TUMOR, ("below: 250ms, at: edge", "below: 75ms, at: server"))
    assert examine(tmp_path, at_server).of(NO_BUCKET) == []
    at_edge = edit(TUMOR, ("below: 250ms", "below: 75ms"))
    assert len(examine(tmp_path, at_edge).of(NO_BUCKET)) == 1


def test_the_least_boundaries_are_told_as_well(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("below: 250ms", "below: 2ms")))
    assert "1ms and 5ms" in found.one(NO_BUCKET).message


def test_the_time_to_the_first_token_has_buckets_of_its_own(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(ASSISTANT, ("500ms", "750ms"))).of(NO_BUCKET) == []
    found = examine(tmp_path, edit(ASSISTANT, ("500ms", "600ms")))
    assert found.places(NO_BUCKET) == [found.where("600ms")]
    assert found.one(NO_BUCKET).nearest == "500ms"


def test_a_bound_written_in_another_unit_is_the_same_boundary(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("below: 250ms", "below: 0.25s"))).codes == []
