"""What is said of a model when it is registered: signature, packages, and statistics of what it learned from."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairlead.project.lock import Signature, Tensor
from fairlead.steps import models, reference, rows
from fairlead.steps.answers import Model, Said
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure
from fairlead.steps.networks import Network
from fairlead.steps.scoring import CLASSIFICATIONS, ask, features_of, labels_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLE: Final = 20_000
"""Rows whose predictions stand for the rest."""
_TYPES: Final[Mapping[str, str]] = {
    "integer": "long",
    "float": "double",
    "boolean": "boolean",
    "timestamp": "datetime",
    "date": "datetime",
}
"""MLflow's words for the types of columns; the others are text, or lists of numbers."""
_KINDS: Final[Mapping[str, str]] = {"i": "long", "u": "long", "f": "double", "b": "boolean", "M": "datetime"}
_PIN: Final = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*(?P<version>[A-Za-z0-9.+!_-]+)")


@dataclass(frozen=True)
class Description:
    """What a lock holds of a model besides its address."""

    signature: Signature
    packages: Mapping[str, str]
    reference: reference.Reference | None
    fixed_width: bool = False
    """Whether it answers NumPy's texts of a fixed width."""


def describe(context: Context, folder: Path, learned: rows.LearnedFrom, output: str) -> Description:
    """What is known of the model in `folder`, as far as it can be loaded here; `output` is what its server answers."""
    model = _loaded(folder, learned)
    train, test = context.optional_input("train"), context.optional_input("test")
    if train is None or learned.format in (None, "files"):
        return Description(_saved_signature(folder) or _network(model) or Signature(), packages_of(folder), None)
    with rows.opened(train, learned.format or "", learned.columns) as data:
        names = _features(model, learned, data.columns)
        head = data.frame(limit=SAMPLE)
        kinds: dict[str, str] = {name: learned.columns[name].type for name in names if name in learned.columns}
        kinds |= {name: _kind(head, name) for name in names if name not in kinds and name in data.columns}
        learned_from = reference.features_of(data.table, {name: kinds[name] for name in names if name in kinds})
        count = data.count()
    if test is not None:
        with rows.opened(test, learned.format or "", learned.columns) as unseen:
            head = unseen.frame(limit=SAMPLE)
    said = _said(model, head, names)
    answers = _answers(said, learned)
    statistics = reference.Reference(
        rows=count,
        inputs=tuple(names),
        features=learned_from,
        answers=answers,
        prediction=_predictions(said, answers, output),
    )
    signature = _saved_signature(folder) or _network(model) or _signature(head, names, said, learned)
    return Description(signature, packages_of(folder), statistics, _is_fixed_width(said))


def _is_fixed_width(said: Said | None) -> bool:
    return said is not None and getattr(getattr(said.values, "dtype", None), "kind", "") == "U"


def packages_of(folder: Path) -> dict[str, str]:
    """The packages that the model's `requirements.txt` pins, and `python` where MLflow noted its version."""
    saved = models.mlmodel_of(folder) or folder
    found: dict[str, str] = {}
    listed = saved / "requirements.txt"
    if listed.is_file():
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            if pin := _PIN.match(line.strip()):
                found[pin["name"].lower()] = pin["version"]
    environment = saved / "python_env.yaml"
    if environment.is_file():
        version = re.search(r"^python: *['\"]?([0-9.]+)", environment.read_text(encoding="utf-8"), re.MULTILINE)
        if version:
            found["python"] = version.group(1)
    return dict(sorted(found.items()))


def _loaded(folder: Path, learned: rows.LearnedFrom) -> Model | None:
    try:
        return models.load(folder, learned.framework)
    except StepFailure as failure:
        sys.stdout.write(f"its signature and predictions are not described: {failure.message}\n")
        return None


def _features(model: Model | None, learned: rows.LearnedFrom, columns: list[str]) -> list[str]:
    if model is not None:
        return features_of(model, learned, columns)
    return learned.with_role("feature") or [name for name in columns if name != learned.label]


def _said(model: Model | None, frame: pd.DataFrame, names: list[str]) -> Said | None:
    if model is None or frame.empty:
        return None
    try:
        return ask(model, frame, names)
    except StepFailure as failure:
        sys.stdout.write(f"its predictions are not described: {failure.message}\n")
        return None


def _answers(said: Said | None, learned: rows.LearnedFrom) -> reference.Answers:
    if said is None or said.scores is None or learned.task not in CLASSIFICATIONS:
        return reference.Answers()
    _, classes = labels_of(said, learned, list(_declared(learned)))
    binary = learned.task == "binary-classification"
    positive = classes.index(learned.positive) if binary and learned.positive in classes else None
    return reference.Answers(classes=classes, positive=positive)


def _declared(learned: rows.LearnedFrom) -> tuple[str, ...]:
    contract = learned.columns.get(learned.label or "")
    return tuple(str(value) for value in contract.values) if contract and contract.values else ()


def _predictions(
    said: Said | None, answers: reference.Answers, output: str
) -> reference.Numbers | reference.Categories | None:
    """The distribution of what a server of this model answers, in the form in which it answers."""
    if said is None:
        return None
    if output == "probability" and said.probabilities and said.scores is not None and said.scores.ndim == 2:
        return reference.predictions(answers.prediction(row) for row in said.scores.tolist())
    return reference.predictions(answers.prediction(value) for value in _plain(said.values))


def _plain(values: Any) -> list[Any]:
    return list(values.tolist()) if hasattr(values, "tolist") else list(values)


def _kind(frame: pd.DataFrame, name: str) -> str:
    """The type of a column that has no contract, in the language's words."""
    kind = frame[name].dtype.kind
    return {"i": "integer", "u": "integer", "f": "float", "b": "boolean", "M": "timestamp"}.get(kind, "category")


def _signature(frame: pd.DataFrame, names: list[str], said: Said | None, learned: rows.LearnedFrom) -> Signature:
    """What the model takes and gives, by the data that it was given."""
    inputs = tuple(_tensor(frame, name, learned) for name in names if name in frame.columns)
    if said is None:
        return Signature(inputs=inputs)
    import numpy as np

    kind = np.asarray(said.values).dtype.kind
    return Signature(inputs=inputs, outputs=(Tensor(name="prediction", type=_KINDS.get(kind, "string")),))


def _tensor(frame: pd.DataFrame, name: str, learned: rows.LearnedFrom) -> Tensor:
    contract = learned.columns.get(name)
    declared = contract.type if contract else None
    if declared in ("vector", "image"):
        size = (int(contract.dimensions),) if contract is not None and contract.dimensions else ()
        return Tensor(name=name, type="float64", shape=(-1, *size))
    if declared is not None:
        return Tensor(name=name, type=_TYPES.get(declared, "string"))
    return Tensor(name=name, type=_KINDS.get(frame[name].dtype.kind, "string"))


def _network(model: Model | None) -> Signature | None:
    """What a model of ONNX says of itself."""
    if not isinstance(model, Network):
        return None

    def tensors(nodes: Any) -> tuple[Tensor, ...]:
        return tuple(
            Tensor(
                name=node.name,
                type=node.type.removeprefix("tensor(").removesuffix(")"),
                shape=tuple(size if isinstance(size, int) else -1 for size in node.shape),
            )
            for node in nodes
        )

    return Signature(inputs=tensors(model.session.get_inputs()), outputs=tensors(model.session.get_outputs()))


def _saved_signature(folder: Path) -> Signature | None:
    """The signature that MLflow saved with the model; None where there is none."""
    saved = models.mlmodel_of(folder)
    if saved is None:
        return None
    from mlflow.models import Model as Saved

    signature = Saved.load(str(saved)).signature
    if signature is None or signature.inputs is None:
        return None

    def tensors(schema: Any, unnamed: str) -> tuple[Tensor, ...]:
        found = []
        for position, spec in enumerate(schema.inputs if schema is not None else ()):
            name = str(spec.name) if spec.name is not None else f"{unnamed}-{position}" if position else unnamed
            shape = tuple(int(size) for size in getattr(spec, "shape", ()))
            type_ = str(spec.type) if shape else str(getattr(spec.type, "name", spec.type))
            found.append(Tensor(name=name, type=type_, shape=shape))
        return tuple(found)

    return Signature(inputs=tensors(signature.inputs, "input"), outputs=tensors(signature.outputs, "prediction"))
