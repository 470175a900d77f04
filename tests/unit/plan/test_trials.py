"""The trials of a search are part of the plan: drawn once, and the same everywhere."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fairlead.plan.trials import MOST_TRIALS, is_sound, points, trials
from fairlead.spec.model import Range, Tune


def tune(search: str, over: dict[str, Any], **more: Any) -> Tune:
    return Tune.model_validate({"search": search, "over": over, "objective": "maximize roc_auc", **more})


LOG = {"between": [0.01, 0.3], "scale": "log"}


def test_a_grid_has_every_combination_with_the_last_parameter_changing_fastest() -> None:
    found = trials(tune("grid", {"depth": [4, 6], "rate": [0.1, 0.2]}), {"trees": 10})
    assert found == (
        {"trees": 10, "depth": 4, "rate": 0.1},
        {"trees": 10, "depth": 4, "rate": 0.2},
        {"trees": 10, "depth": 6, "rate": 0.1},
        {"trees": 10, "depth": 6, "rate": 0.2},
    )


def test_what_is_searched_replaces_what_is_fixed() -> None:
    assert trials(tune("grid", {"depth": [4]}), {"depth": 6, "trees": 10}) == ({"depth": 4, "trees": 10},)


def test_a_grid_takes_its_steps_from_both_ends_of_a_range() -> None:
    linear = trials(tune("grid", {"rate": {"between": [0, 1], "steps": 5}}), {})
    assert [trial["rate"] for trial in linear] == [0.0, 0.25, 0.5, 0.75, 1.0]
    log = trials(tune("grid", {"rate": {"between": [0.001, 0.1], "scale": "log", "steps": 3}}), {})
    assert [trial["rate"] for trial in log] == [0.001, 0.01, 0.1]


def test_a_grid_stops_at_its_trials() -> None:
    assert len(trials(tune("grid", {"a": [1, 2, 3], "b": [1, 2, 3]}, trials=4), {})) == 4


def test_a_grid_that_never_ends_is_cut() -> None:
    ranges = {name: {"between": [0, 1], "steps": 100} for name in "abcdef"}
    assert len(trials(tune("grid", ranges), {})) == MOST_TRIALS


def test_the_same_seed_gives_the_same_trials() -> None:
    search = tune("random", {"depth": [4, 6, 8], "rate": LOG}, trials=12, seed=7)
    assert trials(search, {}) == trials(search, {})
    assert trials(search, {}) != trials(tune("random", {"depth": [4, 6, 8], "rate": LOG}, trials=12, seed=8), {})


def test_the_trials_of_a_seed_never_change() -> None:
    # By hand: Random(7) draws 0.3238, 0.1508, 0.6509, …, so the first rate is 0.01 * 30 ** 0.1508.
    search = tune("random", {"depth": [4, 6, 8], "rate": LOG}, trials=3, seed=7)
    assert trials(search, {}) == (
        {"depth": 4, "rate": 0.0167040784534},
        {"depth": 6, "rate": 0.0127937299281},
        {"depth": 6, "rate": 0.0346870105002},
    )


def test_whole_numbers_stay_whole() -> None:
    found = trials(tune("random", {"depth": {"between": [2, 9], "integer": True}}, trials=50, seed=1), {})
    assert {type(trial["depth"]) for trial in found} == {int}
    assert {trial["depth"] for trial in found} == set(range(2, 10))


@given(st.integers(0, 10_000), st.floats(1e-6, 1), st.floats(1.01, 1e6))
def test_a_draw_lies_within_its_range(seed: int, low: float, factor: float) -> None:
    high = low * factor
    for scale in ("linear", "log"):
        search = tune("random", {"rate": {"between": [low, high], "scale": scale}}, trials=5, seed=seed)
        # Twelve digits are kept, so the ends may be passed by half of the last.
        slack = high * 1e-11
        assert all(low - slack <= trial["rate"] <= high + slack for trial in trials(search, {}))


def test_a_logarithmic_range_is_drawn_evenly_in_its_logarithm() -> None:
    found = trials(tune("random", {"rate": {"between": [0.0001, 1], "scale": "log"}}, trials=400, seed=3), {})
    below = sum(trial["rate"] < 0.01 for trial in found)
    assert math.isclose(below / 400, 0.5, abs_tol=0.08)


@pytest.mark.parametrize(
    ("search", "over", "expected"),
    [
        ("grid", {"a": [1, 2], "b": {"between": [0, 1], "steps": 3}}, 6),
        ("random", {"a": [1, 2], "b": [3, 4, 5]}, 6),
        ("random", {"a": [1, 2], "b": {"between": [0, 1], "steps": 3}}, None),
        ("grid", {"a": {"between": [0, 1]}}, None),
    ],
)
def test_points_are_counted_where_they_can_be(search: str, over: dict[str, Any], expected: int | None) -> None:
    assert points(tune(search, over, trials=1)) == expected


@pytest.mark.parametrize(
    "space",
    [
        {"between": [1, 0]},
        {"between": [0, 1], "scale": "log"},
        {},
        {"between": [0, 1], "choices": [1]},
        {"between": [0, 1], "steps": 5000},
    ],
)
def test_a_range_without_sense_gives_no_trials(space: dict[str, Any]) -> None:
    assert not is_sound(Range.model_validate(space))
    assert trials(tune("random", {"rate": space}, trials=3), {}) == ()
