"""Picks the best trial of a search by its score on the validation split."""

from __future__ import annotations

import json
import math
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairlead.plan import contract
from fairlead.spec.base import Section
from fairlead.spec.expressions import Objective
from fairlead.spec.expressions.objective import Direction
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure
from fairlead.steps.reports import EvaluationReport, read_report
from fairlead.steps.telling import RunLog


class Parameters(Section):
    """What the step is told."""

    objective: str
    """`maximize METRIC` or `minimize METRIC`."""


def run(context: Context) -> None:
    """Writes the best trial's parameters and its index. Raises StepFailure where a trial can't be compared."""
    objective = Objective.parse(context.read_parameters(Parameters).objective)
    folder = Path(context.required(contract.TRIALS))
    scores = scores_of(context.input("scores"), objective.metric)
    best = choose(scores, objective)
    trials = {index: _parameters(folder, index) for index in scores}
    context.output("parameters").write_text(contract.parameters_json(trials[best]), encoding="utf-8")
    context.result("trial", str(best))
    for index, score in sorted(scores.items()):
        sys.stdout.write(f"{'best' if index == best else '    '}  trial {index}: {objective.metric} {score}\n")
    RunLog.of(context).search(trials, best)


def _parameters(folder: Path, index: int) -> dict[str, Any]:
    try:
        parameters = json.loads((folder / f"{index}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StepFailure(f"the parameters of trial {index} can't be read: {error}") from error
    if not isinstance(parameters, dict):
        raise StepFailure(f"the parameters of trial {index} are no object of JSON")
    return parameters


def scores_of(folder: Path, metric: str) -> dict[int, float]:
    """The metric of every trial whose report is in the folder, under the trial's index.

    Raises StepFailure where there is none, and where a report lacks the metric: an evaluator that doesn't measure what
    the search is about would make the choice an accident. NaN is kept; it is never the best.
    """
    found = {}
    for path in sorted(folder.iterdir()):
        if not path.name.isdecimal():
            continue
        report = read_report(path, EvaluationReport, f"the report of trial {path.name}")
        if metric not in report.metrics:
            known = ", ".join(sorted(report.metrics)) or "none"
            raise StepFailure(f"trial {path.name} has no `{metric}`", f"the evaluator gives {known}")
        found[int(path.name)] = report.metrics[metric].value
    if not found:
        raise StepFailure("there is no report of any trial", "look at the logs of the trials")
    return found


def choose(scores: dict[int, float], objective: Objective) -> int:
    """The index of the best score; of equal ones the first, so that the choice is the same each time.

    Raises StepFailure where no score is a number.
    """
    finite = {index: Decimal(repr(score)) for index, score in scores.items() if math.isfinite(score)}
    if not finite:
        raise StepFailure(f"`{objective.metric}` is a number in no trial", "look at the logs of the trials")
    sign = 1 if objective.direction is Direction.MINIMIZE else -1
    return min(finite, key=lambda index: (sign * finite[index], index))
