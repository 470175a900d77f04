from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.expectation_columns import OTHER_KIND, UNKNOWN_COLUMN
from tests.unit.plan.specs import TUMOR, edit, examine


def test_an_expectation_names_a_declared_column(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("missing(mean_radius)", "missing(mean_radus)")))
    assert found.places(UNKNOWN_COLUMN) == [found.where("mean_radus")]
    assert found.one(UNKNOWN_COLUMN).nearest == "mean_radius"


def test_a_prepared_dataset_has_the_columns_that_it_is_like(tmp_path: Path) -> None:
    add = "add: {radius_per_area: {type: float}}"
    good = edit(TUMOR, (add, f"{add}, expect: [missing(mean_radius) <= 1%, mean(radius_per_area) >= 0]"))
    assert examine(tmp_path, good).codes == []
    bad = edit(TUMOR, (add, f"{add}, expect: [missing(radius) <= 1%]"))
    found = examine(tmp_path, bad)
    assert found.places(UNKNOWN_COLUMN) == [found.where("radius", "missing(radius)")]


@pytest.mark.parametrize(
    ("expectation", "function", "said"),
    [
        ("age(mean_radius) <= 7d", "age", "age is measured of a timestamp or date, and `mean_radius` is of type float"),
        ("max(age_band) <= 5", "max", "max is measured of a number"),
    ],
)
def test_an_expectation_fits_the_type(tmp_path: Path, expectation: str, function: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("age(taken_at) <= 7d", expectation)))
    assert found.places(OTHER_KIND) == [found.where(function, f", {expectation}"[: len(function) + 3])]
    assert said in found.one(OTHER_KIND).message


@pytest.mark.parametrize("expectation", ["distinct(age_band) == 3", "unique(biopsy_id) >= 1", "max(mean_radius) <= 60"])
def test_counts_and_shares_are_of_any_column(tmp_path: Path, expectation: str) -> None:
    assert examine(tmp_path, edit(TUMOR, ("age(taken_at) <= 7d", expectation))).codes == []
