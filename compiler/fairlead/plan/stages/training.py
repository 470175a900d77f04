"""Tuning, training, evaluation, the gate, registration and the candidate record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fairlead.catalogue.runtimes import protocol_for, runtime, runtime_for
from fairlead.catalogue.tasks import usual_metrics
from fairlead.plan.artifacts import Artifact, ArtifactType, Give, Use
from fairlead.plan.companions import needs_training_part
from fairlead.plan.nodes import Decide, Divide, Evaluate, Node, Propose, Register, Run, Snapshot, Train, Tune
from fairlead.plan.scope import Scope, secret_pairs
from fairlead.plan.stages.data import code_image, column_contracts, manifest_of, step_run, uses_of
from fairlead.plan.trials import trials
from fairlead.spec.model import Evaluate as EvaluateSection, Model, Train as TrainSection
from fairlead.spec.serving import Serving

MODEL = Artifact("model", ArtifactType.MODEL)
EVALUATION = Artifact("report/evaluation", ArtifactType.REPORT)
CHAMPION = Artifact("report/champion", ArtifactType.REPORT)
VERDICT = Artifact("report/gate", ArtifactType.REPORT)
VERSION = Artifact("version", ArtifactType.MODEL_VERSION)
CANDIDATE = Artifact("candidate", ArtifactType.CANDIDATE)
BEST = Artifact("parameters/best", ArtifactType.PARAMETERS)


def build(scope: Scope, model: Model, train: TrainSection) -> None:
    """Everything from the split to the candidate record."""
    split = next((node for node in scope.nodes.values() if isinstance(node, Divide)), None)
    run = _train_run(scope, train)
    data = _training_data(scope, train, split)
    if model.tune is not None:
        _tune(scope, model, run, data)
    _train(scope, model, train, run, data)
    section = model.evaluate or EvaluateSection()
    _evaluate(scope, model, section, split)
    _gate_and_register(scope, model, train, section)


def _train_run(scope: Scope, train: TrainSection) -> Run:
    run = step_run(scope, train, "train")
    return replace(run, seed=train.seed)


def _training_data(scope: Scope, train: TrainSection, split: Divide | None) -> tuple[Use, ...]:
    """The training and validation parts, and what the step names besides."""
    parts = [give.name for give in split.gives if give.name != "test"] if split else []
    return tuple(Use(part, f"dataset/{part}") for part in parts) + uses_of(scope, train.inputs, ("model", "train"))


def _evaluation(scope: Scope, model: Model, section: EvaluateSection, rows: str, champion: bool = False) -> Run:
    """The built-in evaluator, or the user's own, on one part of the split."""
    if section.command is not None:
        return Run(
            image=scope.image(section.image or code_image(scope)),
            command=tuple(section.command),
            parameters={str(name): value for name, value in section.parameters.items()},
            env={str(name): value for name, value in section.env.items()},
            secrets=secret_pairs({str(name): value for name, value in section.secrets.items()}),
            hardware=scope.hardware("evaluate"),
            timeout=section.timeout,
            retries=2,
            service_account=str(section.service_account) if section.service_account else None,
        )
    parameters: dict[str, Any] = {
        **learned(scope, model),
        "metrics": list(metrics(model, section)),
        "slices": list(_slices(section)),
        "rows": rows,
        "champion": champion,
    }
    run = scope.built_in("evaluate", parameters, "evaluate", timeout=section.timeout)
    if section.image is None:
        return run
    return replace(run, image=scope.image(section.image))


def learned(scope: Scope, model: Model) -> dict[str, Any]:
    """What a step of Fairlead's own must know of the rows that a model learns from, and of what it predicts."""
    dataset = scope.datasets.get(scope.split_of or "")
    labels = dataset.with_role("label") if dataset else []
    label = labels[0] if labels else None
    return {
        "task": model.task,
        "framework": model.framework,
        "label": label,
        "positive": dataset.columns[label].positive if dataset and label else None,
        "format": dataset.format if dataset else None,
        "columns": column_contracts(dataset) if dataset else {},
    }


def metrics(model: Model, section: EvaluateSection) -> tuple[str, ...]:
    """The metrics that an evaluation computes: those that are named, else the task's usual ones and what gates need."""
    if section.metrics:
        return tuple(str(name) for name in section.metrics)
    return tuple(dict.fromkeys((*usual_metrics(model.task), *(gate.metric for gate in section.gates))))


def _slices(section: EvaluateSection) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gate.slice for gate in section.gates if gate.slice))


def _tune(scope: Scope, model: Model, run: Run, data: tuple[Use, ...]) -> None:
    assert model.tune is not None
    tune, path = model.tune, ("model", "tune")
    trial = replace(run, hardware=scope.hardware("tune", "train"))
    section = model.evaluate or EvaluateSection()
    score = _evaluation(scope, model, section, "validation")
    if score.built_in:
        score = replace(score, parameters={**score.parameters, "metrics": [str(tune.objective.metric)], "slices": []})
    choose = scope.built_in("choose", {"objective": str(tune.objective)})
    scope.add(
        Tune(
            id="tune",
            title=f"{tune.search} search",
            path=path,
            place=scope.unit.place(*path),
            uses=data,
            gives=(Give("parameters", BEST),),
            run=trial,
            trials=trials(tune, run.parameters),
            parallel=tune.parallel,
            objective=tune.objective,
            score=score,
            choose=choose,
            waits=scope.pending(trial.image, score.image, choose.image),
        )
    )


def _train(scope: Scope, model: Model, train: TrainSection, run: Run, data: tuple[Use, ...]) -> None:
    path = ("model", "train")
    tuned = (Use("parameters", BEST.id),) if model.tune else ()
    scope.add(
        Train(
            id="train",
            title="training",
            path=path,
            place=scope.unit.place(*path),
            uses=data + tuned,
            gives=(Give("model", MODEL),),
            run=run,
            tuned=model.tune is not None,
            distributed=train.distributed,
            checkpoint=train.checkpoint,
            waits=scope.pending(run.image),
        )
    )


def _evaluate(scope: Scope, model: Model, section: EvaluateSection, split: Divide | None) -> None:
    path = ("model", "evaluate")
    test = (Use("test", "dataset/test"),) if split else ()
    extra = uses_of(scope, section.inputs, path) if section.command else ()
    common = {
        "path": path,
        "place": scope.unit.place(*path),
        "metrics": metrics(model, section),
        "slices": _slices(section),
    }
    run = _evaluation(scope, model, section, "test")
    if split and needs_training_part(run):
        extra = (Use("train", "dataset/train"),)
    scope.add(
        Evaluate(
            id="evaluate",
            title="evaluation on the test split",
            uses=(Use("model", MODEL.id), *test, *extra),
            gives=(Give("report", EVALUATION),),
            run=run,
            waits=scope.pending(run.image),
            **common,  # type: ignore[arg-type]
        )
    )
    if any(gate.champion for gate in section.gates):
        run = _evaluation(scope, model, section, "test", champion=True)
        scope.add(
            Evaluate(
                id="champion",
                title="the champion, on the same rows",
                uses=(*test, *extra),
                gives=(Give("report", CHAMPION),),
                run=run,
                champion=True,
                waits=scope.pending(run.image),
                **common,  # type: ignore[arg-type]
            )
        )


def _gate_title(clauses: int) -> str:
    if not clauses:
        return "gate without clauses"
    return f"gate of {clauses} clause{'' if clauses == 1 else 's'}"


def _server(scope: Scope, serving: Serving, model: Model) -> dict[str, str] | None:
    """The server that will load the model; None where none does, or one of which nothing is known."""
    name = serving.runtime or runtime_for(model.framework, model.task)
    own = serving.image is not None or serving.command is not None or name == "custom"
    if name is None or own or serving.batch is not None or serving.graph is not None:
        return None
    kserve = scope.unit.project.platform.kserve or "0.20"
    return {
        "runtime": name,
        "kserve": kserve,
        "protocol": serving.protocol or protocol_for(name, model.task, runtime(name, kserve).kserve),
    }


def _gate_and_register(scope: Scope, model: Model, train: TrainSection, section: EvaluateSection) -> None:
    unit = scope.unit
    champion = "champion" in scope.nodes
    gate = scope.built_in(
        "gate", {"gates": [str(clause) for clause in section.gates], "min_support": section.min_support}, "evaluate"
    )
    path: tuple[str, ...] = ("model", "evaluate", "gates")
    scope.add(
        Decide(
            id="gate",
            title=_gate_title(len(section.gates)),
            path=path,
            place=unit.place(*path),
            uses=(
                Use("evaluation", EVALUATION.id),
                *((Use("champion", CHAMPION.id, optional=True),) if champion else ()),
            ),
            gives=(Give("verdict", VERDICT),),
            run=gate,
            gates=section.gates,
            min_support=section.min_support,
            waits=scope.pending(gate.image),
        )
    )
    name = str(model.registry.name) if model.registry else unit.name
    path = ("model", "registry")
    serving = unit.pipeline.serving
    parameters = {"registry": name, "output": serving.output if serving else "label", **learned(scope, model)}
    if serving is not None and (server := _server(scope, serving, model)) is not None:
        parameters["server"] = server
    register = scope.built_in("register", parameters, cache=False)
    scope.add(
        Register(
            id="register",
            title=f"registration as {name}",
            path=path,
            place=unit.place(*path),
            uses=(
                Use("model", MODEL.id),
                Use("evaluation", EVALUATION.id),
                Use("verdict", VERDICT.id),
                *_described_parts(scope),
            ),
            gives=(Give("version", VERSION),),
            run=register,
            registry=name,
            waits=scope.pending(register.image),
        )
    )
    retraining = unit.pipeline.retraining
    promote = retraining.promote if retraining else "pull-request"
    path = ("retraining", "promote")
    approval = tuple(str(team) for team in train.approval)
    # By name, because the order in which sources are written says nothing, and may change no byte.
    sources = sorted(node.source for node in scope.nodes.values() if isinstance(node, Snapshot))
    parameters = {"promote": promote, "approval": list(approval), "images": _images(scope), "sources": sources}
    propose = scope.built_in("propose", parameters, cache=False)
    manifests = tuple(Use(f"manifest-{source}", manifest_of(source).id) for source in sources)
    scope.add(
        Propose(
            id="propose",
            title="candidate record",
            path=path,
            place=unit.place(*path),
            uses=(
                Use("version", VERSION.id),
                Use("evaluation", EVALUATION.id),
                Use("verdict", VERDICT.id),
                *manifests,
            ),
            gives=(Give("candidate", CANDIDATE),),
            run=propose,
            approval=approval,
            promote=promote,
            waits=scope.pending(propose.image),
        )
    )


def _images(scope: Scope) -> dict[str, dict[str, str]]:
    """The images that a run uses, by the reference that the specification has, as far as their digests are known."""
    runs = [run for node in scope.nodes.values() for run in _runs(node)]
    return {
        run.image.repository: {"digest": run.image.digest, **({"tree": run.image.tree} if run.image.tree else {})}
        for run in runs
        if run.image.digest
    }


def _runs(node: Node) -> tuple[Run, ...]:
    first = (node.run,) if node.run else ()
    return (*first, node.score, node.choose) if isinstance(node, Tune) else first


def _described_parts(scope: Scope) -> tuple[Use, ...]:
    """The parts that statistics are taken of when a version is registered: what live traffic is compared with later.

    There are none where the parts are lists of objects and no rows.
    """
    split = scope.nodes.get("split")
    if split is None or any(use.mode == "reference" for use in split.uses):
        return ()
    return (Use("train", "dataset/train"), Use("test", "dataset/test"))
