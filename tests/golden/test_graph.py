"""Whole pictures of one plan, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.plan.plan import Plan
from tests.unit.plan.draw.example import plan_of
from tests.unit.plan.draw.test_formats import RENDERERS


@pytest.mark.parametrize("name", RENDERERS)
def test_the_life_of_a_model_that_waits_for_its_first_version(
    name: str, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    render: Callable[[Plan], str] = RENDERERS[name]
    assert render(plan_of(tmp_path)) == snapshot


@pytest.mark.parametrize("name", RENDERERS)
def test_a_graph_of_models(name: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    render: Callable[[Plan], str] = RENDERERS[name]
    assert render(plan_of(tmp_path, "triage")) == snapshot


def test_an_environment_in_which_nothing_trains(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert RENDERERS["text"](plan_of(tmp_path, environment="production")) == snapshot
