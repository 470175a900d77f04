"""Whole outputs of the target argo-workflows."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.output.yaml import dump
from fairlead.target import Compiled
from tests.unit.targets.argo_workflows.trained import churn, compiled, compiled_shared, lock

DRIFT = """\
serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/}}
monitoring: {drift: {every: 6h}}
retraining: {schedule: "0 4 * * 1", on: [drift]}
"""
TUNED = """\
  tune: {search: grid, over: {depth: [2, 4]}, trials: 2, parallel: 2, objective: maximize roc_auc}
  evaluate: {metrics: [roc_auc], gates: [roc_auc >= champion]}
"""
NODES = "command: [torchrun, -m, churn.train], checkpoint: 10m, distributed: {nodes: 2}"

SHAPES = {
    "smallest": churn(),
    "searched": churn(
        "command: [train], parameters: {depth: 3}", TUNED, "  split: {test: 0.2, validation: 0.1}", DRIFT
    ),
    "on-several-nodes": churn(NODES, more="hardware: {train: gpu}"),
}


def text(made: Compiled) -> str:
    """Every resource as it is written, in the order of the target."""
    return "---\n".join(dump(item.manifest) for item in made.resources)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_pipeline(shape: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert text(compiled(tmp_path, SHAPES[shape], locks={"staging": lock()})) == snapshot


def test_what_pipelines_share(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert text(compiled_shared(tmp_path, SHAPES["searched"])) == snapshot


@pytest.mark.parametrize("shape", SHAPES)
def test_compiling_again_gives_the_same_bytes(shape: str, tmp_path: Path) -> None:
    first = text(compiled(tmp_path / "a", SHAPES[shape], locks={"staging": lock()}))
    assert first == text(compiled(tmp_path / "b", SHAPES[shape], locks={"staging": lock()}))
