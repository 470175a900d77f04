"""A workflow that Kubernetes would refuse is refused before, with the sum."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead_targets.argo_workflows.size import LARGEST
from tests.unit.targets.argo_workflows.trained import churn, compiled


def tuned(trials: int, more: str = "", retries: int = 0) -> str:
    """A search with so many trials."""
    over = f"{{rate: {{between: [0, 1], steps: {max(trials, 2)}}}{more}}}"
    section = f"  tune: {{search: grid, over: {over}, trials: {trials}, objective: maximize roc_auc}}"
    return churn(f"command: [train], retries: {retries}", section, "  split: {test: 0.2, validation: 0.1}")


def test_a_small_search_is_no_finding(tmp_path: Path) -> None:
    assert list(compiled(tmp_path, tuned(12)).diagnostics) == []


def test_many_nodes_are_a_warning_that_shows_where_they_come_from(tmp_path: Path) -> None:
    (found,) = compiled(tmp_path, tuned(200)).diagnostics
    assert (found.code.id, str(found.level)) == ("FL4104", "warning")
    assert "200 trials of 6 among them" in found.message
    assert found.place.file == "specs/churn.yaml"


def test_retries_count(tmp_path: Path) -> None:
    (found,) = compiled(tmp_path, tuned(100, retries=3)).diagnostics
    assert "100 trials of 10 among them" in found.message


def test_an_object_beyond_the_limit_is_an_error_with_the_sum(tmp_path: Path) -> None:
    found = [item for item in compiled(tmp_path, tuned(1000)).diagnostics if item.code.id == "FL4103"]
    assert len(found) == 1
    assert f"Kubernetes takes {LARGEST:,}" in found[0].message
    assert " bytes of template and " in found[0].message


def test_parameters_beyond_a_config_map_are_an_error_with_the_sum(tmp_path: Path) -> None:
    text = "x" * 5000
    found = compiled(tmp_path, tuned(150, f", note: [{text}, {text}y]")).diagnostics
    assert any("a ConfigMap holds 1,000,000" in item.message for item in found)


@pytest.mark.parametrize("trials", [1, 2])
def test_a_search_of_one_or_two_is_small(tmp_path: Path, trials: int) -> None:
    assert list(compiled(tmp_path, tuned(trials)).diagnostics) == []
