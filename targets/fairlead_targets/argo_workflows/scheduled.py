"""Drift, quality and batch scoring: each one step, in a WorkflowTemplate that a CronWorkflow starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.plan.nodes import Drift, Node, Quality, Run, Score
from fairlead.resources import conventions
from fairlead.resources.metric_names import Purpose
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.spec.units import Duration
from fairlead_targets.argo_workflows import codes
from fairlead_targets.argo_workflows.containers import champion_settings
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.escaping import literal
from fairlead_targets.argo_workflows.gauges import Gauge, around, first, gauges
from fairlead_targets.argo_workflows.metrics import of_run
from fairlead_targets.argo_workflows.schedules import schedules, starting_deadline
from fairlead_targets.argo_workflows.steps import Step
from fairlead_targets.argo_workflows.templates import template
from fairlead_targets.argo_workflows.workflow import cron_workflow, resource, workflow_template

SCHEDULED = (Drift, Quality, Score)


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
        values = gauges(context, node)
        step = _step(context, node, run, purpose, values)
        metrics = of_run(context, purpose, success=True)
        seconds = run.timeout.whole_seconds * run.attempts
        templates = [template(context, step, metrics=first(values)), *around(step.name, values)]
        model = workflow_template(context, name, "watch", templates, str(templates[-1].name), seconds, metrics)
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


def _step(context: Context, node: Node, run: Run, purpose: Purpose, found: Sequence[Gauge]) -> Step:
    variables: dict[str, str] = {}
    model = context.unit.pipeline.model
    if isinstance(node, Score) and node.version is None and model is not None and model.source is not None:
        variables["FAIRLEAD_MODEL_URI"] = literal(str(model.source))
    return Step(
        name=purpose,
        title=node.id,
        run=run,
        origin=context.origin(node, node.title),
        results=tuple(gauge.result for gauge in found),
        settings=champion_settings(context),
        variables=variables,
        uses_store=True,
    )
