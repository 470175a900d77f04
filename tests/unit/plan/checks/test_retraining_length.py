from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.retraining_length import TOO_EXPENSIVE, TOO_LONG, UNKNOWN_PRICE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import BATCH, TUMOR, edit, examine

WEEKLY = '"0 4 * * 1"'


def test_a_run_longer_than_its_period_shows_the_arithmetic(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (WEEKLY, '"0 4 * * *"')))
    assert found.places(TOO_LONG) == [found.where('"0 4 * * *"')]
    message = found.one(TOO_LONG).message
    assert "train 6h" in message
    assert "12 trials / 4 at once = 3 rounds x (2h x 3 attempts + scoring 1h x 3 attempts)" in message
    assert "the schedule starts one every 1d" in message
    assert [str(related.place) for related in found.one(TOO_LONG).related] == [
        found.plan("tumor-classifier").nodes["tune"].place.__str__()
    ]


def test_a_run_within_its_period_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, (WEEKLY, '"0 4 * * 1,4"'))).codes == []


def test_the_shortest_period_of_a_schedule_counts(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (WEEKLY, '"0 4 * * 1,3"')))
    assert found.codes == [TOO_LONG.id]
    assert "one every 2d" in found.one(TOO_LONG).message


def test_retries_count(tmp_path: Path) -> None:
    daily = edit(BATCH, ("timeout: 1h", "timeout: 1h, retries: 0")) + 'retraining: {schedule: "0 1 * * *"}\n'
    assert examine(tmp_path, daily).codes == []
    assert examine(tmp_path, edit(daily, ("retries: 0", "retries: 7"))).codes == [TOO_LONG.id]


def test_without_a_schedule_there_is_no_period(tmp_path: Path) -> None:
    spec = edit(BATCH, ("timeout: 1h", "timeout: 90d"))
    assert examine(tmp_path, f"{spec}retraining: {{on: [new-data]}}\n").codes == []


def test_a_run_over_its_budget_shows_what_costs_most(tmp_path: Path) -> None:
    spec = BATCH + "hardware: {default: cpu-small, train: gpu-l4}\nmax_cost_per_run: 3.50\n"
    found = examine(tmp_path, spec)
    assert found.places(TOO_EXPENSIVE) == [found.where("3.50")]
    # 3h of training at 0.70/h, and eight steps of Fairlead's own of 3h each at 0.09/h.
    assert "a run may cost 4.26, and `max_cost_per_run` is 3.50" in found.one(TOO_EXPENSIVE).message
    assert "train 3h x 0.70/h = 2.10" in found.one(TOO_EXPENSIVE).message


def test_a_budget_that_is_just_enough_is_enough(tmp_path: Path) -> None:
    spec = BATCH + "hardware: {default: cpu-small, train: gpu-l4}\nmax_cost_per_run: 4.26\n"
    assert examine(tmp_path, spec).codes == []


def test_hardware_without_a_price_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, BATCH + "hardware: {default: cpu-small, train: {cpu: 2}}\nmax_cost_per_run: 100\n")
    assert found.places(UNKNOWN_PRICE) == [found.where("100", "run: 100")]
    assert "train (3h)" in found.one(UNKNOWN_PRICE).message
    assert found.one(UNKNOWN_PRICE).level is Severity.WARNING
    assert found.codes == [UNKNOWN_PRICE.id]
