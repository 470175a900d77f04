"""A search for parameters: one trial for each point, and the choice among them.

Trials are drawn when the plan is built, so their parameters are in a ConfigMap, and Argo's own parameters carry
nothing but an index. The ConfigMap's name has a digest of its content: a run that is under way never meets the
parameters of another search under an index of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fairlead.plan import contract
from fairlead.plan.companions import OPEN_RUN, needs_training_part, rows_name, searched_parameters
from fairlead.plan.nodes import Run, Tune
from fairlead.resources import conventions
from fairlead.resources.kinds import ConfigMap
from fairlead.resources.resource import Resource
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.lowering import MLFLOW_RUN, Lowering
from fairlead_targets.argo_workflows.steps import Input, Output, Result, Step
from fairlead_targets.argo_workflows.templates import memoized, task, template

TUNE, TRIAL, CHOOSE = "tune", "trial", "choose"
PER_TRIAL = {"trial": "{{inputs.parameters.trial}}", "mlflow-run": "{{inputs.parameters.mlflow-run}}"}


@dataclass(frozen=True, slots=True)
class Search:
    """The trials of a plan, in a ConfigMap."""

    name: str
    data: Mapping[str, str]
    searched: tuple[str, ...]

    @classmethod
    def of(cls, pipeline: str, node: Tune) -> Search:
        """The search of a node."""
        searched = searched_parameters(node)
        data: dict[str, str] = {}
        for index, trial in enumerate(node.trials):
            data[f"{index}.json"] = contract.parameters_json(trial)
            data.update({f"{index}.{name}": contract.parameter_text(trial[name]) for name in searched})
        digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        return cls(conventions.trials(pipeline, digest), data, searched)

    def resource(self, context: Context, node: Tune) -> Resource:
        """The ConfigMap."""
        manifest: ConfigMap = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": context.metadata(self.name),
            "immutable": True,
            "data": dict(self.data),
        }
        return Resource(manifest, context.origin(node, f"the parameters of {len(node.trials)} trials"))


def search_templates(lowering: Lowering, node: Tune, run: Run, search: Search) -> list[models.Template]:
    """The templates of a search: the fan-out, one trial with its two steps, and the choice."""
    inputs, _ = lowering.inputs(node)
    train, score = _trial_steps(lowering, node, run, inputs, search)
    chosen = _choose(lowering, node)
    return [
        _fan_out(lowering, node, inputs, chosen),
        _trial(inputs, train, score),
        template(lowering.context, train, search.name),
        template(lowering.context, score),
        template(lowering.context, chosen, search.name),
    ]


def search_task(lowering: Lowering, node: Tune) -> models.DAGTask:
    """The task that runs a search within the training."""
    inputs, needs = lowering.inputs(node)
    arguments = {"trials": f"{{{{tasks.{OPEN_RUN}.outputs.parameters.trials}}}}", **_open(OPEN_RUN)}
    if data := lowering.cache.data(node):
        arguments["data"] = data
    assert node.run is not None
    origin = lowering.context.origin(node, node.title)
    return task(
        Step(
            name=TUNE,
            title=node.id,
            run=node.run,
            origin=origin,
            inputs=inputs,
            arguments=arguments,
            needs=(OPEN_RUN, *needs),
        )
    )


def _open(task_of_run: str) -> dict[str, str]:
    return {"mlflow-run": f"{{{{tasks.{task_of_run}.outputs.parameters.run}}}}"}


def _inherited(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """The inputs of a template as what its tasks read."""
    return tuple(use if use.source is None else replace(use, source=f"inputs.artifacts.{use.name}") for use in inputs)


def _trial_steps(
    lowering: Lowering, node: Tune, run: Run, inputs: tuple[Input, ...], search: Search
) -> tuple[Step, Step]:
    index = "{{inputs.parameters.trial}}"
    train = Step(
        name="trial-train",
        title="tune",
        run=run,
        origin=lowering.context.origin(node, "one trial's training"),
        inputs=_inherited(inputs),
        outputs=(Output(name="model", path=f"tune/models/{index}"),),
        arguments=PER_TRIAL,
        variables=MLFLOW_RUN,
        searched=search.searched,
        measured=f"{node.id}/{index}",
        uses_store=lowering.uses_store(node),
    )
    parts = {use.name: use for use in _inherited(inputs)}
    rows = replace(parts["validation"], name=rows_name(node))
    beside = (parts["train"],) if needs_training_part(node.score) else ()
    model = Input(name="model", source="tasks.trial-train.outputs.artifacts.model")
    score = Step(
        name="trial-score",
        title="tune/score",
        run=node.score,
        origin=lowering.context.origin(node, "one trial's score on the validation split"),
        inputs=(model, rows, *beside),
        outputs=(Output(name="report", path=f"tune/scores/{index}"),),
        arguments=PER_TRIAL,
        variables=MLFLOW_RUN,
        measured=f"{node.id}/score/{index}",
        needs=("trial-train",),
    )
    return train, score


def _choose(lowering: Lowering, node: Tune) -> Step:
    return Step(
        name=CHOOSE,
        title="tune/choose",
        run=node.choose,
        origin=lowering.context.origin(node, "the choice of the best trial"),
        inputs=(Input(name="scores", path="tune/scores"),),
        outputs=(Output(name="parameters", path="parameters/best"),),
        results=(Result(name="trial"),),
        arguments={"mlflow-run": "{{inputs.parameters.mlflow-run}}"},
        variables=MLFLOW_RUN,
        measured=f"{node.id}/choose",
        reads_trials=True,
        needs=(TRIAL,),
    )


def _fan_out(lowering: Lowering, node: Tune, inputs: tuple[Input, ...], chosen: Step) -> models.Template:
    trial = models.DAGTask(
        name=TRIAL,
        template=TRIAL,
        with_param="{{inputs.parameters.trials}}",
        arguments=models.Arguments(
            artifacts=[
                models.Artifact(name=use.name, from_=f"{{{{inputs.artifacts.{use.name}}}}}")
                for use in inputs
                if use.source
            ],
            parameters=[
                models.Parameter(name="trial", value="{{item.trial}}"),
                models.Parameter(name="mlflow-run", value="{{item.run}}"),
            ],
        ),
    )
    best = models.ValueFrom(parameter=f"{{{{tasks.{CHOOSE}.outputs.parameters.trial}}}}")
    parameters = models.Artifact(name="parameters", from_=f"{{{{tasks.{CHOOSE}.outputs.artifacts.parameters}}}}")
    names = ["trials", "mlflow-run", *(["data"] if lowering.cache.data(node) else [])]
    return models.Template(
        name=TUNE,
        parallelism=node.parallel,
        inputs=_template_inputs(inputs, names),
        outputs=models.Outputs(parameters=[models.Parameter(name="trial", value_from=best)], artifacts=[parameters]),
        memoize=memoized(lowering.context, lowering.cache.key(node)),
        dag=models.DAGTemplate(tasks=[trial, task(chosen)]),
    )


def _trial(inputs: tuple[Input, ...], train: Step, score: Step) -> models.Template:
    return models.Template(
        name=TRIAL,
        inputs=_template_inputs(inputs, list(PER_TRIAL)),
        dag=models.DAGTemplate(tasks=[task(train), task(score)]),
    )


def _template_inputs(inputs: tuple[Input, ...], names: list[str]) -> models.Inputs:
    return models.Inputs(
        artifacts=[models.Artifact(name=use.name) for use in inputs if use.source] or None,
        parameters=[models.Parameter(name=name) for name in names],
    )
