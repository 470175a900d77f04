"""Whole workflows, as they are committed: a change to any line of them shows here first."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.workflows import DELIVER, DEPLOYED, EVERYTHING, OWN_REGISTRY, SELF, compiled, files


@pytest.mark.parametrize("options", ["", EVERYTHING, SELF], ids=["nothing-said", "everything", "this-project"])
def test_workflows(options: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    for path, content in files(compiled(tmp_path, options)).items():
        assert content == snapshot(name=path)


def test_an_own_registry(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    from tests.conformance.test_github_actions import IN_OWN_REGISTRY

    made = files(compiled(tmp_path, OWN_REGISTRY, {"specs/churn.yaml": IN_OWN_REGISTRY}))
    assert made[".github/workflows/fairlead-build.yml"] == snapshot


def test_another_repository(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    made = files(compiled(tmp_path, DELIVER, text=DEPLOYED))
    assert made[".github/workflows/fairlead-deliver.yml"] == snapshot
