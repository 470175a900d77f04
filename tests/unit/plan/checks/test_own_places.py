from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.own_places import AMONG_ARTIFACTS
from tests.unit.plan.specs import FAIRLEAD, SCREEN, examine

PREFIXED = FAIRLEAD.replace("s3://acme-ml-artifacts}", "s3://acme-ml-artifacts/ml/}")


def scored(output: str) -> str:
    batch = f"batch: {{schedule: '@daily', input: s3://acme-ml/in.parquet, output: {output}}}"
    head, _, _ = SCREEN.partition("\nserving:")
    return f"{head}\nserving: {{{batch}}}\n"


@pytest.mark.parametrize("output", ["s3://acme-ml-artifacts/ml/models/tumor/", "s3://acme-ml-artifacts/ml/"])
def test_scores_are_not_written_among_the_artifacts(tmp_path: Path, output: str) -> None:
    found = examine(tmp_path, scored(output), fairlead=PREFIXED)
    assert found.places(AMONG_ARTIFACTS) == [found.where(output)]


@pytest.mark.parametrize("output", ["s3://acme-ml-artifacts/mlx/", "s3://acme-ml/ml/", "gs://acme-ml-artifacts/ml/"])
def test_beside_them_is_fine(tmp_path: Path, output: str) -> None:
    assert examine(tmp_path, scored(output), fairlead=PREFIXED).of(AMONG_ARTIFACTS) == []


def test_payloads_are_held_to_it_as_well(tmp_path: Path) -> None:
    payloads = "payloads: {log: all, to: s3://acme-ml-artifacts/candidates/, retain: 3d}"
    head, _, _ = SCREEN.partition("\nserving:")
    found = examine(tmp_path, f"{head}\nserving: {{{payloads}}}\n")
    assert found.places(AMONG_ARTIFACTS) == [found.where("s3://acme-ml-artifacts/candidates/")]
