"""The built-in evaluator: a model's metrics on a part of the split, on all rows and for each value of every slice.

The same step judges the candidate and the champion on the test part, and the trials of a search on the validation part,
where slices and intervals tell nobody anything. A declared value of a slice that no row has is reported with no rows,
so a gate on it fails: what the specification promises for it was not seen.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fairlead.catalogue.tasks import find_metric
from fairlead.spec.base import Items
from fairlead.steps import models, rows
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure
from fairlead.steps.forecasts import naive_error
from fairlead.steps.intervals import estimates
from fairlead.steps.metrics import Scored
from fairlead.steps.reports import EvaluationReport, Part, write_report
from fairlead.steps.scoring import label_text, scored
from fairlead.steps.telling import RunLog

if TYPE_CHECKING:
    import pandas as pd

TEST = "test"
MISSING = "(missing)"
"""The value of a slice where a row has none."""


class Parameters(rows.LearnedFrom):
    """What the step is told."""

    metrics: Items[str] = ()
    """The metrics by name."""
    slices: Items[str] = ()
    """The slices that the gate asks for; every column with the role `slice` is reported besides."""
    rows: str = TEST
    """The part of the split: `test` or `validation`."""
    champion: bool = False
    """Whether it is the champion that is judged."""


def run(context: Context) -> None:
    """Judges the model, writes the report, and logs it to MLflow. Raises StepFailure where it can't be judged."""
    parameters = context.read_parameters(Parameters)
    if not parameters.metrics:
        write_report(context.output("report"), EvaluationReport(task=parameters.task, on=parameters.rows))
        sys.stdout.write(f"nothing is measured: no metric is named, and {parameters.task} has no usual ones\n")
        return
    for name in parameters.metrics:
        if find_metric(parameters.task, name) is None:
            raise StepFailure(
                f"nothing built in computes `{name}` for {parameters.task}",
                "write the evaluation as a `command` of your own under `model.evaluate`",
            )
    part = context.input(parameters.rows)
    model = models.load(context.input("model"), parameters.framework)
    with rows.opened(part, _format(parameters), parameters.columns) as data:
        frame = data.frame()
    if frame.empty:
        raise StepFailure(
            f"the {parameters.rows} part has no rows, so nothing can be measured", "enlarge it: `data.split`"
        )
    found = scored(model, frame, parameters, _naive(context, parameters))
    report = judged(found, frame, parameters, context.seed).model_copy(
        update={"dataset": rows.content_digest(part), "on": parameters.rows}
    )
    write_report(context.output("report"), report)
    for line in lines(report):
        sys.stdout.write(f"{line}\n")
    log = RunLog.of(context)
    if not parameters.champion:
        log.training(context.input("model"))
    log.evaluation(report, parameters.champion)
    if parameters.rows == TEST:
        log.pictures(found, parameters.champion)


def judged(found: Scored, frame: pd.DataFrame, parameters: Parameters, seed: int) -> EvaluationReport:
    """The report on scored rows; `frame` has the columns of the slices."""
    final = parameters.rows == TEST
    names = dict.fromkeys((*parameters.slices, *(parameters.with_role("slice") if final else ())))
    return EvaluationReport(
        task=parameters.task,
        rows=found.support,
        positives=found.positives,
        metrics=estimates(found, parameters.metrics, seed, intervals=final),
        slices={name: dict(_parts(found, frame, name, parameters, seed)) for name in names},
    )


def _parts(
    found: Scored, frame: pd.DataFrame, name: str, parameters: Parameters, seed: int
) -> Iterator[tuple[str, Part]]:
    """The metrics for each value of a slice, in the order of the contract and else of the values."""
    if name not in frame.columns:
        raise StepFailure(f"the data has no column `{name}`, which is a slice", "keep the column in the prepared data")
    texts = frame[name].map(lambda value: MISSING if _is_missing(value) else label_text(value)).to_numpy()
    contract = parameters.columns.get(name)
    declared = [str(value) for value in contract.values] if contract and contract.values else []
    for value in dict.fromkeys([*declared, *sorted(set(texts.tolist()))]):
        part = found.of(texts == value)
        yield (
            value,
            Part(rows=part.support, positives=part.positives, metrics=estimates(part, parameters.metrics, seed)),
        )


def lines(report: EvaluationReport) -> Iterator[str]:
    """The report for a person."""
    yield f"on {report.rows} rows of the {report.on} part:"
    for name, estimate in report.metrics.items():
        interval = f"  (95 %: {estimate.low:.4g} to {estimate.high:.4g})" if estimate.low is not None else ""
        yield f"  {name} {estimate.value:.6g}{interval}"
    for column, parts in report.slices.items():
        for value, part in parts.items():
            said = ", ".join(f"{name} {estimate.value:.4g}" for name, estimate in part.metrics.items())
            yield f"  {column}={value}: {part.rows} rows: {said}"


def _naive(context: Context, parameters: Parameters) -> float:
    """The naive forecast's error on the training part, which mase compares with; NaN where nobody asks for it."""
    if "mase" not in parameters.metrics:
        return math.nan
    with rows.opened(context.input("train"), _format(parameters), parameters.columns) as data:
        training = data.frame()
    if parameters.label is None or parameters.label not in training.columns:
        raise StepFailure("mase compares with the label in the training part, which has none", "declare `role: label`")
    time = next((name for name in parameters.with_role("time") if name in training.columns), None)
    series = [
        name for name in parameters.with_role("id") if name in training.columns and not parameters.columns[name].unique
    ]
    return naive_error(training, parameters.label, time, series)


def _format(parameters: Parameters) -> str:
    if parameters.format is None:
        raise StepFailure("there is no data that the built-in evaluator could judge on", "declare `data.split`")
    return parameters.format


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
