"""Opens the MLflow run of a training, and one below it for each trial of a search.

The runs are found again by the id of the run as a whole: a second attempt gives the same ones, and opens none twice.
"""

from __future__ import annotations

import json
import sys

from pydantic import Field

from fairlead.plan import contract
from fairlead.remote.mlflow import Mlflow
from fairlead.spec.base import Section
from fairlead.steps.context import Context
from fairlead.steps.telling import TRIAL_TAG


class Parameters(Section):
    """What the step is told."""

    experiment: str
    """The experiment's name."""
    trials: int = Field(default=0, ge=0)
    """How many trials there are."""


def run(context: Context) -> None:
    """Gives the run's id, and those of the trials. Raises RemoteFailure where MLflow does not answer."""
    parameters = context.read_parameters(Parameters)
    mlflow = Mlflow.from_environment(context.environ)
    trigger = context.environ.get(contract.TRIGGER, "manual")
    tags = {"fairlead.pipeline": context.pipeline, "fairlead.run": context.run_id, "fairlead.trigger": trigger}
    opened = mlflow.open_run(parameters.experiment, context.run_id, name=context.run_id, tags=tags)
    trials = [
        {
            "trial": str(index),
            "run": mlflow.open_run(
                parameters.experiment,
                f"{context.run_id}/{index}",
                name=f"trial {index}",
                parent=opened,
                tags={**tags, TRIAL_TAG: str(index)},
            ),
        }
        for index in range(parameters.trials)
    ]
    context.result("run", opened)
    context.result("trials", json.dumps(trials))
    sys.stdout.write(f"the run {opened} in MLflow at {mlflow.address}, with {parameters.trials} trials\n")
