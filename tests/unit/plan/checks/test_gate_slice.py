from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.gate_slice import NOT_A_SLICE, THIN_SLICE, UNKNOWN_SLICE, UNKNOWN_SUPPORT
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import TUMOR, edit, examine

GATE = "recall[age_band] >= 0.85"


def test_a_slice_that_is_not_declared_is_told_the_nearest(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (GATE, "recall[age_bnd] >= 0.85")))
    assert found.places(UNKNOWN_SLICE) == [found.where("age_bnd")]
    assert found.one(UNKNOWN_SLICE).nearest == "age_band"


@pytest.mark.parametrize(("column", "said"), [("mean_radius", "of type float"), ("diagnosis", "has the role label")])
def test_a_slice_by_something_else_is_refused(tmp_path: Path, column: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (GATE, f"recall[{column}] >= 0.85")))
    assert found.places(NOT_A_SLICE) == [found.where(column, f"recall[{column}]")]
    assert said in found.one(NOT_A_SLICE).message
    assert [str(related.place) for related in found.one(NOT_A_SLICE).related] == [found.where(f"{column}: {{type")]


def test_a_slice_with_too_little_support_shows_the_arithmetic(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("test: 0.2", "test: 0.1")))
    assert found.places(THIN_SLICE) == [found.where("age_band", GATE)]
    message = found.one(THIN_SLICE).message
    assert message == "500 rows x 10% for the test / 3 values of `age_band` = 16 rows a slice, and `min_support` is 30"
    assert found.one(THIN_SLICE).help.startswith("expect at least 900 rows")
    assert [str(related.place) for related in found.one(THIN_SLICE).related] == [
        found.where("500", "rows >= 500"),
        found.where("0.1", "test: 0.1"),
        found.where("30", "min_support: 30"),
    ]


def test_the_rows_that_a_finding_asks_for_are_enough(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("test: 0.2", "test: 0.1"), ("rows >= 500", "rows >= 900"))).codes == []
    thin = edit(TUMOR, ("test: 0.2", "test: 0.1"), ("rows >= 500", "rows >= 899"))
    assert examine(tmp_path, thin).codes == [THIN_SLICE.id]


@pytest.mark.parametrize(
    ("expect", "codes"), [("rows > 448", [THIN_SLICE.id]), ("rows > 449", []), ("rows == 450", [])]
)
def test_the_bound_of_the_support_is_exact(tmp_path: Path, expect: str, codes: list[str]) -> None:
    assert examine(tmp_path, edit(TUMOR, ("rows >= 500", expect))).codes == codes


def test_the_dataset_that_is_split_may_promise_its_own_rows(tmp_path: Path) -> None:
    own = ("add: {radius_per_area: {type: float}}", "add: {radius_per_area: {type: float}}, expect: [rows >= 100]")
    found = examine(tmp_path, edit(TUMOR, own))
    assert "100 rows x 20% for the test / 3 values of `age_band` = 6 rows" in found.one(THIN_SLICE).message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("rows >= 500, ", ""), "no expectation says how many rows `features` has"),
        (("rows >= 500", "rows <= 500"), "no expectation says"),
        (("values: [under-40, 40-60, over-60], ", ""), "`age_band` lists no values"),
    ],
)
def test_a_support_that_is_not_known_is_a_warning(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, change))
    assert found.places(UNKNOWN_SUPPORT) == [found.where("age_band", GATE)]
    assert said in found.one(UNKNOWN_SUPPORT).message
    assert found.one(UNKNOWN_SUPPORT).level is Severity.WARNING


def test_a_boolean_has_two_values(tmp_path: Path) -> None:
    boolean = ("type: category, values: [under-40, 40-60, over-60], roles", "type: boolean, roles")
    assert examine(tmp_path, edit(TUMOR, boolean, ("rows >= 500", "rows >= 300"))).codes == []
    assert examine(tmp_path, edit(TUMOR, boolean, ("rows >= 500", "rows >= 299"))).codes == [THIN_SLICE.id]


def test_each_slice_is_judged_once(tmp_path: Path) -> None:
    gates = f"{GATE}\n      - roc_auc[age_band] >= 0.9"
    assert len(examine(tmp_path, edit(TUMOR, (GATE, gates), ("test: 0.2", "test: 0.1"))).of(THIN_SLICE)) == 1
