"""What a comparison comes to, for every metric that is known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from fairlead.catalogue.tasks import MetricFact, metrics_of
from fairlead.plan.judging import MIRRORED, is_backwards, outcome, range_of
from fairlead.spec.expressions import Op

FACTS = [fact for task in ("binary-classification", "regression", "forecasting") for fact in metrics_of(task).values()]
BOUND = st.decimals(min_value=-3, max_value=3, places=2)


@given(st.sampled_from(FACTS), st.sampled_from(sorted(MIRRORED)), BOUND, BOUND)
def test_what_is_decided_is_so_for_every_value(fact: MetricFact, op: Op, threshold: Decimal, value: Decimal) -> None:
    found = outcome(fact, op, threshold)
    if found is not None and fact.allows(float(value)):
        assert op.holds(value, threshold) == (found == "always")


@given(st.sampled_from(FACTS), st.sampled_from(sorted(MIRRORED)), BOUND)
def test_what_depends_has_a_value_on_either_side(fact: MetricFact, op: Op, threshold: Decimal) -> None:
    if outcome(fact, op, threshold) is not None:
        return
    grid = [Decimal(step) / 100 for step in range(-400, 401)]
    holds = {op.holds(value, threshold) for value in grid if fact.allows(float(value))}
    assert holds == {True, False}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_one_of_two_directions_is_backwards(fact: MetricFact) -> None:
    assert is_backwards(fact, Op.GE) != is_backwards(fact, Op.LE)
    assert all(is_backwards(fact, op) != is_backwards(fact, MIRRORED[op]) for op in MIRRORED)


def test_a_range_is_said_as_far_as_it_is_known() -> None:
    said = {fact.name: range_of(fact) for fact in FACTS}
    assert said["roc_auc"] == "lies between 0 and 1"
    assert said["rmse"] == "is never below 0"
    assert said["r2"] == "is never above 1"
