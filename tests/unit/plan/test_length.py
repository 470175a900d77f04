"""The worst case of a training run: time limits times attempts, along the longest path."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.plan.cost import training_cost
from fairlead.plan.length import rounds_of, stretch_of, training_length, training_nodes
from fairlead.plan.nodes import Tune
from fairlead.spec.units import Duration
from tests.unit.plan.specs import ASSISTANT, BATCH, TUMOR, edit, examine


def test_a_run_is_as_long_as_its_longest_path(tmp_path: Path) -> None:
    length = training_length(examine(tmp_path, BATCH).plan("energy-forecast"))
    # The champion is scored beside the candidate, and adds nothing.
    assert [stretch.node for stretch in length.stretches] == [
        "data/load", "check/load", "split", "train", "evaluate", "gate", "register", "propose",
    ]  # fmt: skip
    assert length.total == Duration.parse("24h")
    assert {stretch.how for stretch in length.stretches} == {"1h x 3 attempts"}


def test_retries_are_attempts_more(tmp_path: Path) -> None:
    plan = examine(tmp_path, edit(BATCH, ("timeout: 1h", "timeout: 90m, retries: 0"))).plan("energy-forecast")
    assert stretch_of(plan.nodes["train"]).length == Duration.parse("90m")
    assert stretch_of(plan.nodes["train"]).how == "1h30m x 1 attempt"


@pytest.mark.parametrize(("parallel", "rounds"), [(1, 12), (4, 3), (5, 3), (12, 1), (6, 2)])
def test_a_search_takes_its_rounds(tmp_path: Path, parallel: int, rounds: int) -> None:
    plan = examine(tmp_path, edit(TUMOR, ("parallel: 4", f"parallel: {parallel}"))).plan("tumor-classifier")
    tune = plan.only(Tune)
    assert tune is not None
    assert rounds_of(tune) == rounds
    # Each round: training of 2h and scoring of 1h, three attempts each; and the choice of 1h, three attempts.
    assert stretch_of(tune).length == Duration.of(hours=rounds * 9 + 3)


def test_what_follows_training_is_no_part_of_it(tmp_path: Path) -> None:
    plan = examine(tmp_path, TUMOR).plan("tumor-classifier")
    names = {node.id for node in training_nodes(plan)}
    assert {"tune", "train", "gate", "propose"} <= names
    assert not names & {"serve", "drift", "quality", "retrain"}


def test_where_nothing_is_trained_there_is_no_length_and_no_cost(tmp_path: Path) -> None:
    found = examine(tmp_path, ASSISTANT, {"specs/tumor.yaml": TUMOR})
    for plan in (found.plan("support-assistant"), found.plan("tumor-classifier", "production")):
        assert training_length(plan).total == Duration.of()
        assert training_cost(plan).items == ()


def test_every_trial_costs_however_many_run_at_once(tmp_path: Path) -> None:
    plan = examine(tmp_path, TUMOR).plan("tumor-classifier")
    items = {item.node: item for item in training_cost(plan).items}
    assert items["tune"].hours == 72  # 12 trials of 2h x 3 attempts
    assert items["tune/score"].hours == 36
    assert items["tune/choose"].hours == 3
    cost = items["tune"].cost
    assert cost is not None
    assert cost.amount == Decimal("3.60")  # at 0.05/h
    assert [item.node for item in training_cost(plan).unpriced] == ["train"]


def test_every_node_of_distributed_training_costs(tmp_path: Path) -> None:
    spec = edit(BATCH, ("timeout: 1h", "timeout: 20m, distributed: {nodes: 4}")) + "hardware: {default: gpu-l4}\n"
    plan = examine(tmp_path, spec).plan("energy-forecast")
    train = next(item for item in training_cost(plan).items if item.node == "train")
    assert train.hours == 4
    assert str(train) == "train 4h x 0.70/h"
    assert str(train.cost) == "2.80"
    assert str(training_cost(plan).total) == str(
        sum((i.cost.amount for i in training_cost(plan).items if i.cost), Decimal(0))
    )
