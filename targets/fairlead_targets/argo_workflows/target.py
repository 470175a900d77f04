"""The target as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fairlead.plan import contract
from fairlead.plan.nodes import Retrain, Train, Waiting
from fairlead.resources import conventions
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.source.diagnostics import Diagnostic, has_errors
from fairlead.target import Compiled, Options, Shared, Target
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions
from fairlead_targets.argo_workflows.requirements import missing
from fairlead_targets.argo_workflows.shapes import Shapes

if TYPE_CHECKING:
    from fairlead.plan.plan import Plan
    from fairlead_targets.argo_workflows.context import Context


class ArgoWorkflows(Target):
    """Training, drift, quality and batch scoring as workflows; retraining on a schedule, on alerts and on new data."""

    name: ClassVar[str] = "argo-workflows"
    summary: ClassVar[str] = "workflows that train, watch and score, and what starts them"
    options: ClassVar[type[Options]] = ArgoWorkflowsOptions
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = Shapes()

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """The workflows of one pipeline in one environment."""
        assert isinstance(options, ArgoWorkflowsOptions)
        if not any(node.run for node in plan.nodes.values()):
            return Compiled()
        found = list(missing(plan))
        if has_errors(found):
            return Compiled(diagnostics=found)
        # Imported here, because a project without workflows does without all of it.
        from fairlead_targets.argo_workflows.context import Context
        from fairlead_targets.argo_workflows.storage import Store

        store = Store.of(plan.unit, options)
        assert store is not None
        made = list(_everything(Context(plan, options, store), found))
        return Compiled(
            resources=[item for item in made if isinstance(item, Resource)],
            deferred=[item for item in made if isinstance(item, Deferred)],
            diagnostics=found,
        )

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """What alerts reach: one EventBus and one EventSource, where a pipeline of the environment listens."""
        assert isinstance(options, ArgoWorkflowsOptions)
        if shared.environment is None or shared.project.platform.argo_events is None:
            return Compiled()
        from fairlead_targets.argo_workflows.events import bus, on_alert

        listening = [plan for plan in shared.plans if plan.trains and on_alert(plan.only(Retrain))]
        if not listening:
            return Compiled()
        first = listening[0].only(Retrain)
        assert first is not None
        names = ", ".join(plan.name for plan in listening)
        origin = Origin(first.id, first.place, f"what alerts reach, for {names}")
        namespace = listening[0].unit.settings.namespace
        return Compiled(resources=list(bus(shared.project, namespace, options, origin)))


def _everything(context: Context, found: list[Diagnostic]) -> Iterator[Resource | Deferred]:
    from fairlead_targets.argo_workflows.access import component
    from fairlead_targets.argo_workflows.champion import champion
    from fairlead_targets.argo_workflows.scheduled import SCHEDULED, scheduled

    if context.plan.trains:
        made = list(_training(context, found))
        waiting = _training_waits(context)
        yield from [_deferred(item, waiting) for item in made] if waiting else made
    watching = context.runs(*SCHEDULED)
    if watching:
        node = watching[0][0]
        what = " and ".join(other.id for other, _ in watching)
        origin = context.origin(node, f"what {what} may do")
        waits = next((other.waits for other, _ in watching if other.waits is None), node.waits)
        made = list(component(context, conventions.watching(context.name), "watch", origin, {}))
        yield from [_deferred(item, waits) for item in made] if waits else made
        yield from scheduled(context, found)
    if watching or "champion" in context.plan.nodes:
        yield champion(context)


def _training(context: Context, found: list[Diagnostic]) -> Iterator[Resource]:
    from fairlead_targets.argo_workflows.access import component
    from fairlead_targets.argo_workflows.events import on_alert, sensor
    from fairlead_targets.argo_workflows.size import size_findings
    from fairlead_targets.argo_workflows.starting import starts
    from fairlead_targets.argo_workflows.training import script, training
    from fairlead_targets.argo_workflows.training_pods import PARAMETERS_KEY

    name = conventions.training(context.name)
    train = context.plan.only(Train)
    assert train is not None
    assert train.run is not None
    extra = {PARAMETERS_KEY: contract.parameters_json(train.run.parameters)} if train.distributed else {}
    extra |= script(context)
    origin = context.origin(train, "what the steps of a training may do")
    yield from component(context, name, "train", origin, extra, gang=train.distributed is not None)
    made = list(training(context))
    trials: dict[str, str] = {}
    for item in made:
        if item.identity.kind == "ConfigMap":
            trials = dict(item.manifest["data"])
    template = next(item for item in made if item.identity.kind == "WorkflowTemplate")
    found += size_findings(context, template.manifest, trials)
    yield from made
    yield from starts(context)
    retrain = context.plan.only(Retrain)
    if retrain is not None and on_alert(retrain):
        yield from sensor(context, retrain)


def _training_waits(context: Context) -> Waiting | None:
    """What the training waits for: the first of its steps that can't run yet."""
    from fairlead_targets.argo_workflows.training import TRAINING

    return next((node.waits for node, _ in context.runs(*TRAINING) if node.waits is not None), None)


def _deferred(item: Resource, waiting: Waiting) -> Deferred:
    return Deferred(item.identity.kind, item.identity.name, waiting.reason, waiting.detail, item.origin)
