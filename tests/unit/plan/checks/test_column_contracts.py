from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.column_contracts import IMPOSSIBLE, MISPLACED, TWO_ROLES
from tests.unit.plan.specs import SCREEN, TUMOR, edit, examine

RADIUS = "radius: {type: float}"


def screen(column: str) -> str:
    return edit(SCREEN, (RADIUS, column))


def test_a_column_has_role_or_roles(tmp_path: Path) -> None:
    found = examine(tmp_path, screen("radius: {type: float, role: feature, roles: [slice]}"))
    assert found.places(TWO_ROLES) == [found.where("roles")]


@pytest.mark.parametrize("roles", ["[feature, ignore]", "[ignore, time]"])
def test_what_is_ignored_has_no_other_role(tmp_path: Path, roles: str) -> None:
    found = examine(tmp_path, screen(f"radius: {{type: float, roles: {roles}}}"))
    assert found.places(TWO_ROLES) == [found.where(roles)]


def test_a_label_is_no_feature(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("role: label", "roles: [feature, label]")))
    assert found.places(TWO_ROLES) == [found.where("[feature, label]")]


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("radius: {type: float, values: [a]}", "values"),
        ("radius: {type: string, min: 0}", "min"),
        ("radius: {type: category, max: 9}", "max"),
        ("radius: {type: float, dimensions: 8}", "dimensions"),
    ],
)
def test_a_contract_fits_its_type(tmp_path: Path, column: str, key: str) -> None:
    found = examine(tmp_path, screen(column))
    assert found.places(MISPLACED) == [found.where(key, column)]
    assert [str(related.place) for related in found.one(MISPLACED).related] == [
        found.where(column[15:].partition(",")[0], column)
    ]


@pytest.mark.parametrize(
    "column",
    [
        "radius: {type: vector, dimensions: 8}",
        "radius: {type: integer, min: 1, max: 1}",
        "radius: {type: category, values: [a, b]}",
        "radius: {type: float, roles: [feature, slice]}",
    ],
)
def test_a_contract_that_fits_is_fine(tmp_path: Path, column: str) -> None:
    assert examine(tmp_path, screen(column)).codes == []


def test_the_positive_value_is_that_of_the_label(tmp_path: Path) -> None:
    found = examine(tmp_path, screen("radius: {type: category, values: [a, b], positive: a}"))
    assert found.places(MISPLACED) == [found.where("a}", "positive: a}")]


def test_only_a_binary_classification_has_a_positive_value(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("binary-classification", "multiclass-classification")))
    assert found.places(MISPLACED) == [found.where("malignant", "positive: malignant")]


def test_the_positive_value_is_one_of_the_values(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("positive: malignant", "positive: malignent")))
    assert found.places(IMPOSSIBLE) == [found.where("malignent")]
    assert found.one(IMPOSSIBLE).nearest == "malignant"


def test_bounds_leave_room(tmp_path: Path) -> None:
    found = examine(tmp_path, screen("radius: {type: float, min: 100, max: 0.5}"))
    assert found.places(IMPOSSIBLE) == [found.where("100")]
    assert found.one(IMPOSSIBLE).message == "no value of `radius` is at least 100 and at most 0.5"


def test_a_value_is_listed_once(tmp_path: Path) -> None:
    found = examine(tmp_path, screen("radius: {type: category, values: [low, mid, low]}"))
    assert found.places(IMPOSSIBLE) == [found.where("low]")]


def test_columns_that_a_step_adds_are_held_to_the_same(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("radius_per_area: {type: float}", "radius_per_area: {type: text, min: 0}")))
    assert found.places(MISPLACED) == [found.where("min", "type: text, min")]
