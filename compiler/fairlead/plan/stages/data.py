"""Sources, the user's own steps, and the split."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from fairlead.plan.artifacts import Artifact, ArtifactType, Give, Use
from fairlead.plan.nodes import Check, Divide, Prepare, Run, Snapshot
from fairlead.plan.plan import Dataset
from fairlead.plan.scope import Scope, secret_pairs
from fairlead.plan.splitting import split_rule
from fairlead.plan.stages.datasets import CYCLE, declare
from fairlead.source.diagnostics import Code
from fairlead.source.nodes import Path
from fairlead.spec.data import Data, PrepareStep, Source
from fairlead.spec.expressions import Expectation
from fairlead.spec.steps import Step
from fairlead.spec.units import ImageRef, Name

AMBIGUOUS_SPLIT = Code(
    "FL3004",
    "it is not clear what the model learns from",
    """
    There are several datasets that nothing reads, and each could be the one that is split into training and test.
    Fairlead does not guess:

    ```yaml
    data:
      split: {of: features}
    ```
    """,
)


def build(scope: Scope, data: Data) -> None:
    """Every node up to the three parts of the split."""
    declare(scope, data)
    readers = _reader_modes(data, scope)
    for name, source in data.sources.items():
        _source(scope, str(name), source, copied="copy" in readers.get(str(name), {"copy"}))
    for step in _in_order(scope, data.prepare):
        _prepare(scope, step, data.prepare[Name(step)])
    dataset = _to_split(scope, data)
    if dataset is not None:
        _split(scope, data, dataset)


def _reader_modes(data: Data, scope: Scope) -> dict[str, set[str]]:
    """How each dataset is read. One that a check or the split reads is read as a copy."""
    modes: dict[str, set[str]] = {}
    steps: list[Step] = [*data.prepare.values()]
    if scope.unit.pipeline.model and scope.unit.pipeline.model.train:
        steps.append(scope.unit.pipeline.model.train)
    for step in steps:
        for name, mode in step.inputs.items():
            modes.setdefault(str(name), set()).add(mode)
    return modes


def _source(scope: Scope, name: str, source: Source, copied: bool) -> None:
    path: Path = ("data", "sources", name)
    unit = scope.unit
    pinned = (source.snapshot or ("each-run" if unit.pipeline.retraining else "pinned")) == "pinned"
    locked = unit.lock.data.get(Name(name)) if unit.lock else None
    digest = str(locked.digest) if pinned and locked else None
    dataset = scope.datasets[name]
    checked = bool(source.columns or source.expect)
    snapshot = Artifact(
        f"snapshot/{name}" if checked else f"dataset/{name}",
        ArtifactType.SNAPSHOT if checked else ArtifactType.DATASET,
        format=dataset.format,
    )
    parameters: dict[str, Any] = {
        "uri": str(source.uri),
        "format": dataset.format,
        "digest": digest,
        "materialize": copied,
    }
    scope.add(
        Snapshot(
            id=f"data/{name}",
            title=f"snapshot of {name}",
            path=path,
            place=unit.place(*path),
            gives=(Give(name, snapshot), Give("manifest", manifest_of(name))),
            # The bytes behind a URI may have changed: a snapshot is only answered from the cache where a digest pins
            # it.
            run=scope.built_in("snapshot", parameters, cache=digest is not None),
            source=name,
            uri=source.uri,
            pinned=pinned,
            digest=digest,
            materialize=copied,
        )
    )
    if checked:
        # What no step copies is not downloaded for the check either: it reads the objects where they are.
        _check(scope, dataset, snapshot, source.expect, "copy" if copied else "reference")


def column_contracts(dataset: Dataset) -> dict[str, Any]:
    """The contracts of a dataset's columns, as a step is told them."""
    return {name: column.model_dump(mode="json", exclude_defaults=True) for name, column in dataset.columns.items()}


def manifest_of(source: str) -> Artifact:
    """The list of a source's objects and hashes, as a snapshot found them."""
    return Artifact(f"manifest/{source}", ArtifactType.MANIFEST)


def _check(
    scope: Scope, dataset: Dataset, raw: Artifact, expectations: tuple[Expectation, ...], mode: str = "copy"
) -> None:
    parameters: dict[str, Any] = {
        "dataset": dataset.name,
        "format": dataset.format,
        "columns": column_contracts(dataset),
        "expect": [str(expectation) for expectation in expectations],
        "sensitivity": dataset.sensitivity,
    }
    approved = Artifact(f"dataset/{dataset.name}", ArtifactType.DATASET, same_as=raw.id, format=dataset.format)
    report = Artifact(f"report/check/{dataset.name}", ArtifactType.REPORT)
    scope.add(
        Check(
            id=f"check/{dataset.name}",
            title=f"check of {dataset.name}",
            path=dataset.path,
            place=scope.unit.place(*dataset.path),
            uses=(Use("dataset", raw.id, mode),),
            gives=(Give("approved", approved), Give("report", report)),
            run=scope.built_in("check", parameters),
            dataset=dataset.name,
            columns=dataset.columns,
            expectations=expectations,
        )
    )


def _in_order(scope: Scope, steps: Mapping[Any, PrepareStep]) -> list[str]:
    """The steps in an order in which each comes after what it reads; none where they form a circle."""
    giver = {str(output): str(step) for step, section in steps.items() for output in section.outputs}
    needs: dict[str, list[str]] = {}
    for step, section in steps.items():
        needs[str(step)] = []
        for name in section.inputs:
            if str(name) in giver:
                needs[str(step)].append(giver[str(name)])
            elif str(name) not in scope.datasets:
                scope.unknown("dataset", str(name), ("data", "prepare", str(step), "inputs"), scope.datasets)
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle: list[str] = list(reversed(error.args[1]))
        message = f"these steps wait for each other: {' -> '.join(circle)}"
        scope.report(CYCLE, ("data", "prepare", circle[0], "inputs"), message, "remove one of these inputs")
        return []


def step_run(scope: Scope, step: Step, *roles: str) -> Run:
    """A step of the user's own, in the image of the training code unless it names another."""
    return Run(
        image=scope.image(step.image or code_image(scope)),
        command=tuple(step.command),
        parameters={str(name): value for name, value in step.parameters.items()},
        env={str(name): value for name, value in step.env.items()},
        secrets=secret_pairs({str(name): value for name, value in step.secrets.items()}),
        hardware=scope.hardware(*roles),
        timeout=step.timeout,
        retries=step.retries,
        cache=step.cache,
        service_account=str(step.service_account) if step.service_account else None,
    )


def code_image(scope: Scope) -> ImageRef:
    """The image of the pipeline's code; `ghcr.io/<owner>/<name>` where nothing is said, as the build workflow pushes
    it.
    """
    unit = scope.unit
    if unit.pipeline.model and unit.pipeline.model.code.image:
        return unit.pipeline.model.code.image
    owner = unit.project.git.repository.partition("/")[0].lower() if unit.project.git else unit.project.metadata.name
    return ImageRef.parse(f"ghcr.io/{owner}/{unit.name}")


def uses_of(scope: Scope, inputs: Mapping[Name, str], path: Path) -> tuple[Use, ...]:
    """The datasets that a step names as inputs."""
    for name in inputs:
        if str(name) not in scope.datasets:
            scope.unknown("dataset", str(name), (*path, "inputs"), scope.datasets)
    return tuple(
        Use(str(name), f"dataset/{name}", mode) for name, mode in inputs.items() if str(name) in scope.datasets
    )


def _prepare(scope: Scope, name: str, section: PrepareStep) -> None:
    path = ("data", "prepare", name)
    gives, checks = [], []
    for output, added in section.outputs.items():
        dataset = scope.datasets.get(str(output))
        if dataset is None or dataset.path[2] != name:
            continue
        checked = bool(dataset.columns or added.expect)
        kind = ArtifactType.SNAPSHOT if checked else ArtifactType.DATASET
        artifact = Artifact(f"{'snapshot' if checked else 'dataset'}/{output}", kind, format=dataset.format)
        gives.append(Give(str(output), artifact))
        if checked:
            checks.append((dataset, artifact, added.expect))
    uses = tuple(
        Use(str(key), f"dataset/{key}", mode) for key, mode in section.inputs.items() if str(key) in scope.datasets
    )
    scope.add(
        Prepare(
            id=f"prepare/{name}",
            title=f"step {name}",
            path=path,
            place=scope.unit.place(*path),
            uses=uses,
            gives=tuple(gives),
            run=step_run(scope, section, name),
            step=name,
        )
    )
    for dataset, artifact, expectations in checks:
        _check(scope, dataset, artifact, expectations)


def _to_split(scope: Scope, data: Data) -> str | None:
    """The dataset that is split: the one that is named, else the only one that nothing else reads."""
    if data.split and data.split.of:
        if str(data.split.of) not in scope.datasets:
            scope.unknown("dataset", str(data.split.of), ("data", "split", "of"), scope.datasets)
            return None
        return str(data.split.of)
    read = {str(name) for step in data.prepare.values() for name in step.inputs}
    train = scope.unit.pipeline.model.train if scope.unit.pipeline.model else None
    read |= {str(name) for name in train.inputs} if train else set()
    left = [name for name in scope.datasets if name not in read]
    if len(left) == 1:
        return left[0]
    if len(scope.datasets) == 1:
        return next(iter(scope.datasets))
    if data.split is None and (train is None or train.inputs):
        return None
    listed = ", ".join(f"`{name}`" for name in (left or scope.datasets))
    scope.report(
        AMBIGUOUS_SPLIT,
        ("data", "split"),
        f"{len(left)} datasets could be split: {listed}",
        "name one as `data.split.of`",
    )
    return None


def _split(scope: Scope, data: Data, name: str) -> None:
    path = ("data", "split")
    dataset = scope.datasets[name]
    rule = split_rule(data, dataset)
    if rule.by is not None and dataset.columns and rule.by not in dataset.columns:
        scope.unknown("column", rule.by, (*path, "by"), dataset.columns)
    source = next((node for node in scope.nodes.values() if isinstance(node, Snapshot) and node.source == name), None)
    # What is never copied is split by its manifest, and the parts are manifests too.
    mode = "reference" if source is not None and not source.materialize else "copy"
    parameters: dict[str, Any] = {
        "method": rule.method,
        "by": rule.by,
        "test": float(rule.test),
        "validation": float(rule.validation),
        "format": dataset.format,
        "mode": mode,
        "sensitivity": dataset.sensitivity,
    }
    if rule.method == "random":
        parameters["seed"] = rule.seed
    parts = ("train", "validation", "test") if rule.validation else ("train", "test")
    gives = tuple(
        Give(part, Artifact(f"dataset/{part}", ArtifactType.DATASET, format=dataset.format)) for part in parts
    )
    scope.split_of = name
    scope.add(
        Divide(
            id="split",
            title=f"{rule.method} split of {name}",
            path=path,
            place=scope.unit.place(*path),
            uses=(Use("dataset", f"dataset/{name}", mode),),
            gives=gives,
            run=scope.built_in("split", parameters),
            dataset=name,
            method=rule.method,
            by=rule.by,
            test=rule.test,
            validation=rule.validation,
            seed=rule.seed,
        )
    )
