"""Drift, quality and batch scoring: each one step, in a WorkflowTemplate that a CronWorkflow starts."""

from __future__ import annotations

from collections.abc import Iterator

from hera.workflows import models

from fairlead.plan.nodes import Drift, DriftScore, Node, Quality, Run, Score
from fairlead.resources import conventions, metric_names
from fairlead.resources.metric_names import Purpose
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.spec.units import Duration
from fairlead_targets.argo_workflows import codes
from fairlead_targets.argo_workflows.containers import champion_settings
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.escaping import literal
from fairlead_targets.argo_workflows.metrics import metric, of_run
from fairlead_targets.argo_workflows.schedules import schedules, starting_deadline
from fairlead_targets.argo_workflows.steps import Result, Step
from fairlead_targets.argo_workflows.templates import template
from fairlead_targets.argo_workflows.workflow import cron_workflow, resource, workflow_template

SCHEDULED = (Drift, Quality, Score)
NO_VALUE = "NaN"
"""The value of a gauge whose step had too few rows to compute one: it compares with nothing, so no alert fires."""


def scheduled(context: Context, found: list[Diagnostic]) -> Iterator[Resource | Deferred]:
    """The WorkflowTemplate and the CronWorkflow of everything that runs on a clock besides training."""
    for node, run in context.runs(*SCHEDULED):
        purpose = _purpose(node)
        name = conventions.schedule(context.name, purpose)
        if node.waits is not None:
            origin = context.origin(node, node.title)
            for kind in ("WorkflowTemplate", "CronWorkflow"):
                yield Deferred(kind, name, node.waits.reason, node.waits.detail, origin)
            continue
        timing = _timing(context, node, purpose, found)
        if timing is None:
            continue
        when, timezone, deadline = timing
        step = _step(context, node, run, purpose)
        metrics = of_run(context, purpose, success=True)
        seconds = run.timeout.whole_seconds * run.attempts
        templates = [template(context, step, metrics=_gauges(context, node))]
        model = workflow_template(context, name, "watch", templates, step.name, seconds, metrics)
        yield resource(model, step.origin)
        suspended = isinstance(node, Drift | Quality | Score) and node.suspended
        cron = cron_workflow(context, name, name, when, timezone, deadline, suspended=suspended)
        yield resource(cron, Origin(node.id, node.place, f"when {purpose} runs"))


def _purpose(node: Node) -> Purpose:
    return "drift" if isinstance(node, Drift) else "quality" if isinstance(node, Quality) else "batch"


def _timing(
    context: Context, node: Node, purpose: Purpose, found: list[Diagnostic]
) -> tuple[tuple[str, ...], str, int] | None:
    """The schedules, their time zone, and how late a run may start."""
    if isinstance(node, Score):
        return (str(node.schedule),), node.timezone, starting_deadline(node.schedule.shortest_period())
    every: Duration = node.every  # type: ignore[attr-defined]
    times = schedules(every, f"{context.name}/{purpose}")
    if times is None:
        place = context.unit.place("monitoring", purpose, "every")
        message = f"{purpose} every {every}: 24h is no multiple of {every}, so no schedule keeps that interval"
        found.append(Diagnostic(codes.NO_SCHEDULE, place, message, "write a divisor of 24h in whole minutes, or 7d"))
        return None
    return times, "Etc/UTC", starting_deadline(every)


def _step(context: Context, node: Node, run: Run, purpose: Purpose) -> Step:
    results: tuple[Result, ...] = ()
    if isinstance(node, Drift):
        results = (Result(name="rows"), *(Result(name=f"score-{name}", default=NO_VALUE) for name in node.watched))
    if isinstance(node, Quality):
        names = _metrics(node)
        results = (Result(name="rows"), *(Result(name=f"metric-{name}", default=NO_VALUE) for name in names))
    variables: dict[str, str] = {}
    model = context.unit.pipeline.model
    if isinstance(node, Score) and node.version is None and model is not None and model.source is not None:
        variables["FAIRLEAD_MODEL_URI"] = literal(str(model.source))
    return Step(
        name=purpose,
        title=node.id,
        run=run,
        origin=context.origin(node, node.title),
        results=results,
        settings=champion_settings(context),
        variables=variables,
        uses_store=True,
    )


def _metrics(node: Quality) -> list[str]:
    return list(dict.fromkeys(str(clause.metric) for clause in node.expectations))


def _gauges(context: Context, node: Node) -> models.Metrics | None:
    """The values that a step computed, as gauges."""
    succeeded = "{{status}} == Succeeded"
    rows = "{{outputs.parameters.rows}}"
    if isinstance(node, Drift):
        methods = {score.feature: score.method for score in context.plan.of(DriftScore)}
        found = [metric(context, metric_names.DRIFT_ROWS, rows, succeeded)]
        found += [
            metric(
                context,
                metric_names.DRIFT_SCORE,
                f"{{{{outputs.parameters.score-{name}}}}}",
                succeeded,
                feature=name,
                method=methods[name],
            )
            for name in node.watched
        ]
        return models.Metrics(prometheus=found)
    if isinstance(node, Quality):
        found = [metric(context, metric_names.QUALITY_ROWS, rows, succeeded)]
        found += [
            metric(
                context,
                metric_names.QUALITY_METRIC,
                f"{{{{outputs.parameters.metric-{name}}}}}",
                succeeded,
                metric=name,
            )
            for name in _metrics(node)
        ]
        return models.Metrics(prometheus=found)
    return None
