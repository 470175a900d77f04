"""Models as training wrote them: a folder that MLflow saved, one file of scikit-learn as KServe's server loads it, or a
model of ONNX, XGBoost or LightGBM.

Loading a pickle runs code. It is the code that the same team trained with, in the container that judges it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairlead.steps.answers import Model, Said, are_probabilities, matrix
from fairlead.steps.failures import StepFailure, words_of
from fairlead.steps.networks import CPU, Network

if TYPE_CHECKING:
    import pandas as pd

PICKLES: Final = (".joblib", ".pkl", ".pickle")
"""The endings that KServe's server for scikit-learn takes, of which there must be exactly one."""
BOOSTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "xgboost": (".bst", ".ubj", ".json"),
    "lightgbm": (".bst", ".txt"),
}
"""The endings of a booster's file, by its framework."""
BESIDE: Final = ("metrics.json", "requirements.txt")
"""What training may write beside its model."""
UNNAMED: Final = re.compile(r"Column_\d+")
"""What LightGBM calls columns that had no names."""


def load(folder: Path, framework: str = "custom") -> Model:
    """The model in a folder. Raises StepFailure where it can't be loaded here, and says what would."""
    saved = mlmodel_of(folder)
    if saved is not None:
        return _of_mlflow(saved)
    files = [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else [folder]
    pickles = [path for path in files if path.suffix in PICKLES]
    if len(pickles) > 1:
        listed = ", ".join(path.name for path in pickles)
        raise StepFailure(f"the model's folder has {len(pickles)} pickles: {listed}", "leave the one that is the model")
    if pickles:
        return Estimator(_guarded(pickles[0].name, lambda: _unpickled(pickles[0])))
    networks = sorted(folder.rglob("*.onnx")) if folder.is_dir() else [path for path in files if path.suffix == ".onnx"]
    if len(networks) > 1:
        listed = ", ".join(path.relative_to(folder).as_posix() for path in networks[:8])
        raise StepFailure(
            f"the model's folder has {len(networks)} networks: {listed}", "leave the one that is the model"
        )
    if networks:
        return _network(networks[0])
    boosters = [path for path in files if path.suffix in BOOSTERS.get(framework, ()) and path.name not in BESIDE]
    if len(boosters) > 1:
        listed = ", ".join(path.name for path in boosters)
        raise StepFailure(
            f"the model's folder has {len(boosters)} boosters: {listed}", "leave the one that is the model"
        )
    if boosters:
        return _of_booster(boosters[0], framework)
    found = ", ".join(path.name for path in files[:8]) or "nothing"
    raise StepFailure(
        f"the model's folder has no model that the built-in evaluator can load: it has {found}",
        "save it with MLflow, as `model.joblib` or as `model.onnx`, or write `model.evaluate.command`",
    )


def mlmodel_of(folder: Path) -> Path | None:
    """The folder that MLflow saved a model to: this one, or the only one in it."""
    if (folder / "MLmodel").is_file():
        return folder
    inner = [path.parent for path in sorted(folder.glob("*/MLmodel"))] if folder.is_dir() else []
    return inner[0] if len(inner) == 1 else None


@dataclass(frozen=True)
class Estimator:
    """A model with scikit-learn's interface: `predict`, and `predict_proba` or `decision_function` where it has one."""

    model: Any
    given: tuple[str, ...] | None = None

    @property
    def features(self) -> tuple[str, ...] | None:
        """The columns of its signature, else those that it was fitted with."""
        return self.given if self.given is not None else _names(getattr(self.model, "feature_names_in_", None))

    def say(self, frame: pd.DataFrame) -> Said:
        """What it predicts."""
        rows = matrix(frame) if self.features is None else frame
        values = self.model.predict(rows)
        classes = getattr(self.model, "classes_", None)
        for method, probabilities in (("predict_proba", True), ("decision_function", False)):
            # A pipeline has the method only where its last step has it.
            if classes is not None and callable(ask := getattr(self.model, method, None)):
                return Said(values, ask(rows), probabilities, tuple(classes))
        return Said(values)


@dataclass(frozen=True)
class Function:
    """A model that gives numbers or labels for rows, and says no more about itself."""

    predict: Callable[[pd.DataFrame], Any]
    features: tuple[str, ...] | None = None

    def say(self, frame: pd.DataFrame) -> Said:
        """What it predicts: labels or numbers, or a column of scores for each class."""
        import numpy as np

        out = np.asarray(self.predict(frame))
        if out.ndim == 2 and out.shape[1] == 1:
            out = out[:, 0]
        if out.ndim == 1:
            return Said(out)
        return Said(out.argmax(axis=1), out, are_probabilities(out))


def _of_mlflow(folder: Path) -> Model:
    """A model that MLflow saved: with its own library where that tells more than MLflow's common interface."""
    description = _guarded("MLmodel", lambda: _described(folder))
    flavors: Mapping[str, Any] = description.flavors
    inputs = description.get_input_schema() if description.signature is not None else None
    names = (
        tuple(str(name) for name in inputs.input_names()) if inputs is not None and inputs.has_input_names() else None
    )
    for flavor in ("sklearn", "xgboost", "lightgbm"):
        if flavor in flavors:
            loaded = _guarded(f"the flavor {flavor}", partial(_with_flavor, flavor, folder))
            if hasattr(loaded, "fit"):
                return Estimator(loaded, names)
    if "onnx" in flavors and len(found := sorted(folder.rglob("*.onnx"))) == 1:
        # MLflow's common interface has no place for an output of several columns.
        return _network(found[0])
    if "python_function" in flavors:
        function = _guarded("the flavor python_function", lambda: _with_flavor("pyfunc", folder))
        return Function(function.predict, names)
    listed = ", ".join(sorted(flavors)) or "none"
    raise StepFailure(
        f"the model has the flavors {listed}, and none that the built-in evaluator can load",
        "write the evaluation as a `command` of your own under `model.evaluate`",
    )


def _described(folder: Path) -> Any:
    from mlflow.models import Model as Description

    return Description.load(str(folder))


def _with_flavor(flavor: str, folder: Path) -> Any:
    import importlib

    return importlib.import_module(f"mlflow.{flavor}").load_model(str(folder))


def _network(path: Path) -> Network:
    onnxruntime = _imported("onnxruntime", path)
    return Network(_guarded(path.name, lambda: onnxruntime.InferenceSession(str(path), providers=[CPU])))


def _of_booster(path: Path, framework: str) -> Function:
    if framework == "xgboost":
        xgboost = _imported("xgboost", path)
        booster = _guarded(path.name, lambda: xgboost.Booster(model_file=str(path)))
        names = _names(booster.feature_names)
        return Function(lambda frame: booster.predict(xgboost.DMatrix(frame if names else matrix(frame))), names)
    lightgbm = _imported("lightgbm", path)
    booster = _guarded(path.name, lambda: lightgbm.Booster(model_file=str(path)))
    names = _names(booster.feature_name())
    return Function(lambda frame: booster.predict(frame if names else matrix(frame)), names)


def _names(names: Any) -> tuple[str, ...] | None:
    """The names of columns that a model was fitted with; None where they had none."""
    found = () if names is None else tuple(str(name) for name in names)
    return None if all(UNNAMED.fullmatch(name) for name in found) else found


def _imported(package: str, path: Path) -> Any:
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise StepFailure(
            f"the model {path.name} can't be judged here, because {package} is not installed",
            "install it in the image that evaluates: `model.evaluate.image`",
        ) from error


def _unpickled(path: Path) -> Any:
    import joblib

    return joblib.load(path)


def _guarded(what: str, make: Callable[[], Any]) -> Any:
    """What `make` gives. Whatever a stranger's model raises while it is loaded is a failure with a way out."""
    try:
        return make()
    except ImportError as error:
        raise StepFailure(
            f"the model can't be loaded: {what} needs {error.name or error}, which is not installed here",
            "evaluate in an image that has the training's code and Fairlead's steps: `model.evaluate.image`",
        ) from error
    except MemoryError:
        raise
    except Exception as error:
        raise StepFailure(
            f"the model can't be loaded from {what}: {words_of(error)}",
            "train and evaluate with the same versions of its packages",
        ) from error
