"""The steps that an engine runs around those of a plan: the same here and in a cluster, with the same parameters.

The plan has no node for them, for they say nothing about the model's life: they open and close the run in MLflow, and
fetch the model that the candidate is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fairlead.plan.nodes import BUILT_IN, Decide, Propose, Register, Run, Tune
from fairlead.plan.plan import Plan
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Cpu, Duration, Memory

OPEN_RUN: Final = "open-run"
CHAMPION_MODEL: Final = "champion-model"
REPORT: Final = "report"
SMALL: Final = Profile(cpu=Cpu.parse("500m"), memory=Memory.parse("512Mi"))
"""What a step gets that only decides or reports."""
MINUTES: Final = Duration.parse("15m")
"""The timeout of such a step."""

COMPARED_WITH_TRAINING: Final = frozenset({"mase"})
"""The metrics that compare a forecast with what a naive one does on the training part."""


def like_of(plan: Plan) -> Run:
    """A run of one of Fairlead's own steps in a plan that trains, for its image."""
    return next(node.run for kind in (Register, Decide, Propose) for node in plan.of(kind) if node.run is not None)


def companion(step: str, like: Run, parameters: Mapping[str, Any]) -> Run:
    """One of Fairlead's own steps that the plan has no node for, in the image of another one of them."""
    return replace(
        like,
        command=(*BUILT_IN, step),
        built_in=step,
        parameters=parameters,
        env={},
        secrets={},
        hardware=SMALL,
        timeout=MINUTES,
        cache=False,
        seed=0,
        service_account=None,
    )


def open_run(plan: Plan, like: Run) -> Run:
    """The step that opens the MLflow run, and one below it for each trial."""
    tune = plan.only(Tune)
    return companion(OPEN_RUN, like, {"experiment": plan.name, "trials": len(tune.trials) if tune else 0})


def fetch_champion(like: Run) -> Run:
    """The step that fetches the model that is served, and says whether there is one."""
    return companion("fetch-champion", like, {})


def report(plan: Plan, like: Run) -> Run:
    """The step that runs at the end, however the others ended."""
    return companion(REPORT, like, {"experiment": plan.name})


def searched_parameters(node: Tune) -> tuple[str, ...]:
    """The parameters whose values differ from those that the training step has without a search."""
    fixed: Mapping[str, Any] = node.run.parameters if node.run else {}
    names = dict.fromkeys(name for trial in node.trials for name in trial)
    return tuple(
        name for name in names if name not in fixed or any(trial[name] != fixed[name] for trial in node.trials)
    )


def rows_name(node: Tune) -> str:
    """The name under which a trial's evaluator finds the rows that it judges.

    An evaluator of the user's own knows them as the test split, whichever they are.
    """
    return "validation" if node.score.built_in else "test"


def needs_training_part(run: Run) -> bool:
    """Whether an evaluation reads the training part besides the rows that it judges: some metrics compare with it."""
    return run.built_in is not None and bool(COMPARED_WITH_TRAINING & set(run.parameters.get("metrics", ())))
