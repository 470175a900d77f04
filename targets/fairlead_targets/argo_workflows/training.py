"""The training workflow: from the snapshots to the candidate record.

main:      admit -> pipeline        where an alert or new data may start a training
pipeline:  open-run -> data, check, prepare, split -> tune -> train -> evaluate, champion -> gate -> register -> propose
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fairlead.plan import companions, contract
from fairlead.plan.companions import OPEN_RUN, REPORT
from fairlead.plan.nodes import (
    Check,
    Decide,
    Divide,
    Evaluate,
    Node,
    Prepare,
    Propose,
    Register,
    Retrain,
    Run,
    Snapshot,
    Train,
    Tune,
)
from fairlead.resources import conventions
from fairlead.resources.resource import Origin, Resource
from fairlead.steps import measure
from fairlead_targets.argo_workflows import distributed, models
from fairlead_targets.argo_workflows.caching import Cache
from fairlead_targets.argo_workflows.containers import SCRIPT, needs_script
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.lowering import Lowering
from fairlead_targets.argo_workflows.metrics import of_run, of_training
from fairlead_targets.argo_workflows.searching import Search, search_task, search_templates
from fairlead_targets.argo_workflows.steps import Result, Step
from fairlead_targets.argo_workflows.templates import task, template
from fairlead_targets.argo_workflows.workflow import resource, workflow_template

TRAINING = (Snapshot, Check, Prepare, Divide, Tune, Train, Evaluate, Decide, Register, Propose)
"""The nodes that are steps of a training."""
MAIN, PIPELINE, ADMIT = "main", "pipeline", "admit"
TRIGGER = "{{workflow.parameters.trigger}}"


@dataclass
class Parts:
    """The templates and tasks of a training, as they come together."""

    templates: list[models.Template] = field(default_factory=list)
    tasks: list[models.DAGTask] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)

    def add(self, templates: list[models.Template], task_: models.DAGTask | None, origin: Origin) -> None:
        """Templates that have one origin, and the task of the first of them."""
        self.templates += templates
        self.origins.update({str(item.name): origin for item in templates})
        if task_ is not None:
            self.tasks.append(task_)


def training(context: Context) -> Iterator[Resource]:
    """The WorkflowTemplate of a training, and what it needs besides: trials, and a runtime for several nodes."""
    lowering = Lowering(context, Cache(context.plan, context.options.cache_generation))
    parts = Parts()
    like = companions.like_of(context.plan)
    tune = context.plan.only(Tune)
    search = Search.of(context.name, tune) if tune else None
    opened = _open_run(lowering, like, tune)
    parts.add([template(context, opened)], task(opened), opened.origin)
    for node, run in context.runs(*TRAINING):
        _add(parts, lowering, node, run, search, like)
        if isinstance(node, Train) and node.distributed:
            yield distributed.runtime(lowering, node, run, search)
    pipeline = models.Template(name=PIPELINE, dag=models.DAGTemplate(tasks=parts.tasks), metrics=of_training(context))
    entry, before = _admitted(lowering, like)
    report = _report(lowering, like)
    parts.add([template(context, report)], None, report.origin)
    templates = [*before, pipeline, *parts.templates]
    seconds = sum(run.timeout.whole_seconds * run.attempts for run in all_runs(context))
    why = "the training, from snapshots to the candidate record"
    origin = Origin("train", context.unit.place("model", "train"), why)
    name = conventions.training(context.name)
    model = workflow_template(
        context, name, "train", templates, entry, seconds, of_run(context, "train", success=False), "manual", REPORT
    )
    yield resource(model, origin, parts.origins)
    if tune and search:
        yield search.resource(context, tune)


def all_runs(context: Context) -> Iterator[Run]:
    """Every run of a training, each trial's on its own."""
    for node, run in context.runs(*TRAINING):
        if isinstance(node, Tune):
            for _ in node.trials:
                yield from (run, node.score)
            yield node.choose
        else:
            yield run


def script(context: Context) -> dict[str, str]:
    """What the pipeline's ConfigMap brings along to measure commands of the user's own: nothing where none needs it."""
    runs = [run for node, run in context.runs(*TRAINING) if not (isinstance(node, Train) and node.distributed)]
    runs += [node.score for node in context.plan.of(Tune)]
    if not any(needs_script(context, run) for run in runs):
        return {}
    return {SCRIPT: Path(measure.__file__).read_text(encoding="utf-8")}


def _add(parts: Parts, lowering: Lowering, node: Node, run: Run, search: Search | None, like: Run) -> None:
    context = lowering.context
    origin = context.origin(node, node.title)
    if isinstance(node, Tune) and search is not None:
        parts.add(search_templates(lowering, node, run, search), search_task(lowering, node), origin)
        return
    step = lowering.step(node, run)
    if isinstance(node, Train) and node.tuned and search is not None:
        arguments = {**step.arguments, "trial": "{{tasks.tune.outputs.parameters.trial}}"}
        step = replace(step, arguments=arguments, searched=search.searched)
    if isinstance(node, Train) and node.distributed:
        parts.add([distributed.template(context, node, step, search)], task(replace(step, inputs=())), origin)
        return
    if isinstance(node, Evaluate) and node.champion:
        fetched = lowering.champion_model(node, like)
        parts.add([template(context, fetched)], task(fetched), fetched.origin)
    if isinstance(node, Decide) and "champion" in step.needs:
        step = replace(step, forgives=("champion",))
    parts.add([template(context, step, search.name if search else None)], task(step), origin)


def _open_run(lowering: Lowering, like: Run, tune: Tune | None) -> Step:
    """The step that opens the MLflow run, and one below it for each trial."""
    context = lowering.context
    results = (Result(name="run"), *((Result(name="trials"),) if tune else ()))
    origin = Origin("train", context.unit.place("model", "train"), "the run in MLflow, opened before its first step")
    return Step(
        name=OPEN_RUN,
        title=OPEN_RUN,
        run=companions.open_run(context.plan, like),
        origin=origin,
        results=results,
        variables={contract.TRIGGER: TRIGGER},
    )


def _report(lowering: Lowering, like: Run) -> Step:
    """The step that runs at the end, however the others ended: it closes the MLflow run and says how it went."""
    origin = Origin("train", lowering.context.unit.place("model", "train"), "how the run ended, told to MLflow")
    variables = {contract.STATUS: "{{workflow.status}}", contract.TRIGGER: TRIGGER}
    return Step(
        name=REPORT,
        title=REPORT,
        run=companions.report(lowering.context.plan, like),
        origin=origin,
        variables=variables,
    )


def _admitted(lowering: Lowering, like: Run) -> tuple[str, list[models.Template]]:
    """The entrypoint, and the templates before the pipeline's: those that decide whether there is a training at all."""
    context = lowering.context
    retrain = context.plan.only(Retrain)
    if retrain is None or not retrain.on:
        return PIPELINE, []
    sources = {node.source: {"uri": str(node.uri)} for node in context.plan.of(Snapshot) if not node.pinned}
    parameters: dict[str, object] = {"cooldown_seconds": retrain.cooldown.whole_seconds, "sources": sources}
    origin = context.origin(retrain, "lets no alert start a training within the cooldown, and no data that is known")
    step = Step(
        name=ADMIT,
        title=ADMIT,
        run=companions.companion(ADMIT, like, parameters),
        origin=origin,
        results=(Result(name="proceed"),),
        variables={contract.TRIGGER: TRIGGER},
        uses_store=True,
    )
    inner = models.DAGTask(
        name=PIPELINE,
        template=PIPELINE,
        depends=f"{ADMIT}.Succeeded",
        when=f"{{{{tasks.{ADMIT}.outputs.parameters.proceed}}}} == true",
    )
    main = models.Template(name=MAIN, dag=models.DAGTemplate(tasks=[task(step), inner]))
    return MAIN, [main, template(context, step)]
