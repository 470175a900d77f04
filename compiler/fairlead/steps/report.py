"""Ends the MLflow run of a training, and says how it went. It runs however the others ended, and hides no failure.

A trial that was still open ends as the run does: nothing writes to it any more.
"""

from __future__ import annotations

import sys
from typing import Final

from fairlead.plan import contract
from fairlead.remote.mlflow import Mlflow
from fairlead.spec.base import Section
from fairlead.steps.context import Context

SUCCEEDED: Final = "Succeeded"
ENDED: Final = {SUCCEEDED: "FINISHED", "Failed": "FAILED", "Error": "FAILED", "Stopped": "KILLED"}
"""MLflow's word for how a run ended. Any other word counts as a failure."""


class Parameters(Section):
    """What the step is told."""

    experiment: str
    """The experiment's name."""


def run(context: Context) -> None:
    """Ends the run. Where it was never opened there is nothing to end, and that is said."""
    parameters = context.read_parameters(Parameters)
    status = context.required(contract.STATUS)
    mlflow = Mlflow.from_environment(context.environ)
    found = mlflow.find_run(parameters.experiment, context.run_id)
    if found is None:
        sys.stdout.write(f"{status}; the run {context.run_id} was never opened in MLflow at {mlflow.address}\n")
        return
    ended = ENDED.get(status, "FAILED")
    trigger = context.environ.get(contract.TRIGGER, "manual")
    mlflow.set_tags(found.id, {"fairlead.status": status, "fairlead.trigger": trigger})
    for trial in mlflow.children(found.id):
        if trial.status == "RUNNING":
            mlflow.end_run(trial.id, ended)
    mlflow.end_run(found.id, ended)
    sys.stdout.write(f"{status}; the run {found.id} in MLflow has ended as {ended}\n")
