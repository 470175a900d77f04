"""What the examples' locks say that steps used is what those steps could have said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

from fairlead.plan.nodes import Node
from fairlead.spec.units import Name
from fairlead.steps.used import steps_used
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans


def _is_own(node: Node) -> bool:
    """Whether a step is a command of the user's own, which nobody but itself measures."""
    return node.run is not None and node.run.built_in is None


def test_what_measures_itself_knows_of_its_own_process_alone(repository: Path) -> None:
    workspace = load(repository)
    assert workspace.project is not None
    assert not workspace.project.targets[Name("argo-workflows")].get("measure"), (
        "then a script measures whole containers"
    )
    found = {
        f"{plan.name} {step}": usage.measured
        for built in plans(workspace).by_environment.values()
        for plan in built.values()
        if plan.unit.lock is not None and plan.unit.lock.model is not None
        for step, usage in plan.unit.lock.model.usage.items()
        if step in plan.nodes and _is_own(plan.nodes[step])
    }
    names = ("prepare/features", "train", "tune")
    assert found == {f"tumor-classifier {name}": "process" for name in names}


def test_a_step_of_tumor_classifier_says_what_it_used(repository: Path, tmp_path: Path) -> None:
    rows = {"mean_radius": [7.0], "largest_area": [2.0], "taken_at": ["2026-01-01T00:00:00"]}
    pd.DataFrame(rows).to_csv(tmp_path / "biopsies.csv")
    usage = tmp_path / "usage"
    (usage / "prepare").mkdir(parents=True)
    variables = {
        **os.environ,
        "FAIRLEAD_INPUT_BIOPSIES": str(tmp_path / "biopsies.csv"),
        "FAIRLEAD_OUTPUT_FEATURES": str(tmp_path / "features.parquet"),
        "FAIRLEAD_USAGE": str(usage / "prepare/features"),
    }
    command = [sys.executable, "-m", "tumor.features"]
    subprocess.run(command, cwd=repository / "models/tumor", env=variables, check=True)
    (said,) = steps_used(usage).values()
    assert said.measured == "process"
    assert said.cpu is not None
    assert said.time is not None
