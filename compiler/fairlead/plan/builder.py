"""From a unit to its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush

from fairlead.plan.artifacts import Use
from fairlead.plan.nodes import Node, Retrain
from fairlead.plan.plan import Loop, Plan
from fairlead.plan.scope import Scope
from fairlead.plan.stages import data, monitoring, serving, training
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic

SHAPELESS = Code(
    "FL3008",
    "a pipeline with nothing to do",
    """
    A pipeline trains a model, serves one, or combines other pipelines' models. This one has neither `model.train`
    nor `serving`, so nothing would be compiled from it.

    ```yaml
    metadata: {name: churn, owner: growth-ml}
    data: {sources: {customers: {uri: s3://acme/customers.parquet}}}
    model: {train: {command: [python, -m, churn]}}
    ```
    """,
)
NO_DATA = Code(
    "FL3009",
    "training without data",
    """
    `model.train` has nothing to learn from: the specification has no `data` section. Declare at least one source.

    ```yaml
    data:
      sources:
        customers: {uri: s3://acme/customers.parquet}
    ```
    """,
)


def build(unit: Unit, peers: Mapping[str, Unit]) -> tuple[Plan | None, list[Diagnostic]]:
    """The plan of a unit, and what was wrong with its references; no plan where an edge would lead nowhere.

    Pure: the same unit gives the same plan.
    """
    scope = Scope(unit, peers)
    pipeline = unit.pipeline
    model = pipeline.model
    train = model.train if model else None
    if train is None and pipeline.serving is None:
        scope.report(
            SHAPELESS,
            ("metadata", "name"),
            "this pipeline neither trains nor serves anything",
            "add `model.train` or `serving`",
        )
    if train is not None and pipeline.data is None:
        scope.report(
            NO_DATA, ("model", "train"), "there is no `data` to train on", "declare a source under `data.sources`"
        )
    if pipeline.data is not None:
        data.build(scope, pipeline.data)
    if model is not None and train is not None and pipeline.data is not None:
        training.build(scope, model, train)
    _check_roles(scope)
    if not (unit.settings.trains and not pipeline.metadata.retired):
        _forget_training(scope)
    if pipeline.serving is not None:
        serving.build(scope, pipeline.serving, model)
    if pipeline.monitoring is not None and not pipeline.metadata.retired:
        monitoring.build(scope, pipeline.monitoring)
    loop = _close(scope)
    if any(found.level == "error" for found in scope.diagnostics):
        return None, scope.diagnostics
    nodes = _with_edges(scope.nodes)
    plan = Plan(unit, _ordered(nodes), scope.datasets, scope.split_of, loop, peers)
    return plan, scope.diagnostics


def _check_roles(scope: Scope) -> None:
    """Every hardware role means something, and every profile that is named exists."""
    pipeline, catalogue = scope.unit.pipeline, scope.unit.project.hardware
    steps = [str(name) for name in pipeline.data.prepare] if pipeline.data else []
    roles = ["default", "train", "tune", "evaluate", "serving", "batch", "monitoring", *steps]
    for role, choice in pipeline.hardware.items():
        if str(role) not in roles:
            scope.unknown("step or role", str(role), ("hardware", str(role)), roles)
        if isinstance(choice, str) and choice not in catalogue:
            scope.unknown("hardware profile", str(choice), ("hardware", str(role)), [str(name) for name in catalogue])


def _forget_training(scope: Scope) -> None:
    """Where training does not happen, nothing before the served version exists; the datasets are still known."""
    scope.nodes.clear()


def _close(scope: Scope) -> Loop | None:
    """The node that starts the next training, and the loop that it closes."""
    unit = scope.unit
    retraining = unit.pipeline.retraining
    if retraining is None or unit.pipeline.metadata.retired:
        return None
    alerts = [
        give.artifact.id
        for node in scope.nodes.values()
        for give in node.gives
        if ("drift" in retraining.on and give.artifact.id.startswith("alert/drift/"))
        or ("quality" in retraining.on and give.artifact.id == "alert/quality")
    ]
    path = ("retraining",)
    scope.add(
        Retrain(
            id="retrain",
            title="retraining",
            path=path,
            place=unit.place(*path),
            uses=tuple(Use(alert.removeprefix("alert/"), alert) for alert in alerts),
            schedule=retraining.schedule,
            timezone=str(retraining.timezone or "Etc/UTC"),
            suspended=unit.pipeline.suspend,
            on=tuple(retraining.on),
            cooldown=retraining.cooldown,
            promote=retraining.promote,
        )
    )
    first = next((node.id for node in scope.nodes.values() if node.id.startswith("data/")), None)
    return (
        Loop("retrain", first, "a new training, whose candidate is promoted by a commit to the lock") if first else None
    )


def _with_edges(nodes: Mapping[str, Node]) -> Mapping[str, Node]:
    """The nodes less the uses that nothing here gives: payloads that are not logged are a cross-check's finding."""
    given = {give.artifact.id for node in nodes.values() for give in node.gives}
    return {
        name: replace(node, uses=tuple(use for use in node.uses if use.artifact in given))
        if any(use.artifact not in given for use in node.uses)
        else node
        for name, node in nodes.items()
    }


def _ordered(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes, each after what it reads from, and otherwise in the order of construction (Kahn's algorithm)."""
    giver = {give.artifact.id: node.id for node in nodes.values() for give in node.gives}
    place = {name: position for position, name in enumerate(nodes)}
    needs = {name: {giver[use.artifact] for use in node.uses} for name, node in nodes.items()}
    readers: dict[str, list[str]] = {}
    for name, givers in needs.items():
        for other in givers:
            readers.setdefault(other, []).append(name)
    ready = [place[name] for name, givers in needs.items() if not givers]
    heapify(ready)
    names, ordered = list(nodes), {}
    while ready:
        name = names[heappop(ready)]
        ordered[name] = nodes[name]
        for reader in readers.get(name, []):
            needs[reader].discard(name)
            if not needs[reader]:
                heappush(ready, place[reader])
    return ordered
