"""What starts a training besides alerts and people: the clock, and a look at the sources."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Retrain
from fairlead.resources import conventions
from fairlead.resources.resource import Origin, Resource
from fairlead.spec.units import Duration
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.schedules import schedules, starting_deadline
from fairlead_targets.argo_workflows.workflow import cron_workflow, resource

LOOK = Duration.parse("1h")
"""How often sources are looked at for new data."""


def starts(context: Context) -> Iterator[Resource]:
    """The CronWorkflows that start the training's WorkflowTemplate.

    For new data, too, the training's own workflow is started, and its first step resolves the sources and ends it where
    nothing has changed: so nothing in the cluster needs the right to create workflows.
    """
    retrain = context.plan.only(Retrain)
    if retrain is None:
        return
    template = conventions.training(context.name)
    if retrain.schedule is not None:
        deadline = starting_deadline(retrain.schedule.shortest_period())
        model = cron_workflow(
            context,
            conventions.schedule(context.name, "retrain"),
            template,
            [str(retrain.schedule)],
            retrain.timezone,
            deadline,
            suspended=retrain.suspended,
            trigger="schedule",
        )
        place = context.unit.place("retraining", "schedule")
        yield resource(model, Origin(retrain.id, place, "trains regardless"))
    if "new-data" in retrain.on:
        name = conventions.schedule(context.name, "watch")
        times = schedules(LOOK, f"{context.name}/watch")
        assert times is not None
        model = cron_workflow(
            context,
            name,
            template,
            times,
            "Etc/UTC",
            starting_deadline(LOOK),
            suspended=retrain.suspended,
            trigger="new-data",
        )
        place = context.unit.place("retraining", "on")
        yield resource(model, Origin(retrain.id, place, "looks for new data, and trains where there is some"))
