"""Models as training wrote them: a folder that MLflow saved, one file of scikit-learn as KServe's server loads it, or a
model of ONNX, XGBoost or LightGBM.

Loading a pickle runs code. It is the code that the same team trained with, in the container that judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from fairlead.steps.failures import StepFailure

if TYPE_CHECKING:
    import pandas as pd

PICKLES: Final = (".joblib", ".pkl", ".pickle")
"""The endings that KServe's server for scikit-learn takes, of which there must be exactly one."""


@dataclass(frozen=True)
class Said:
    """What a model says of rows, in its own classes and order."""

    values: Any
    """The predicted labels or numbers, one for each row."""
    scores: Any | None = None
    """A column for each class, or one number for each row, which orders two classes."""
    probabilities: bool = False
    """Whether the scores are probabilities."""
    classes: tuple[Any, ...] | None = None
    """What the scores' columns stand for; None where the model doesn't say."""


class Model(Protocol):
    """A model that is loaded."""

    @property
    def features(self) -> tuple[str, ...] | None:
        """The columns that it reads, in order; None where it doesn't say."""
        ...

    def say(self, frame: pd.DataFrame) -> Said:
        """What it says of rows: a frame with its features alone, in order."""
        ...


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
    networks = sorted(folder.rglob("*.onnx")) if folder.is_dir() else []
    if len(networks) == 1:
        return _of_onnx(networks[0])
    boosters = [path for path in files if path.suffix in (".bst", ".ubj", ".json", ".txt")]
    if len(boosters) == 1 and framework in ("xgboost", "lightgbm"):
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
        names = self.given if self.given is not None else getattr(self.model, "feature_names_in_", None)
        return None if names is None else tuple(str(name) for name in names)

    def say(self, frame: pd.DataFrame) -> Said:
        """What it predicts."""
        named = getattr(self.model, "feature_names_in_", None) is not None or self.given is not None
        rows = frame if named else matrix(frame)
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
        return Said(out.argmax(axis=1), out, _are_probabilities(out))


@dataclass(frozen=True)
class Network:
    """A model of ONNX."""

    session: Any

    @property
    def features(self) -> tuple[str, ...] | None:
        """The names of its inputs where there are several: each is a column. A single input is all features."""
        inputs = self.session.get_inputs()
        return tuple(each.name for each in inputs) if len(inputs) > 1 else None

    def say(self, frame: pd.DataFrame) -> Said:
        """What its outputs say: labels, and a column of scores for each class."""
        import numpy as np

        outs = [np.asarray(_columns(out)) for out in self.session.run(None, self._fed(frame))]
        labels = next((out for out in outs if out.ndim == 1), None)
        scores = next((out for out in outs if out.ndim == 2 and out.shape[1] > 1), None)
        if scores is None:
            return Said(labels if labels is not None else outs[0].reshape(len(frame), -1)[:, 0])
        return Said(scores.argmax(axis=1) if labels is None else labels, scores, _are_probabilities(scores))

    def _fed(self, frame: pd.DataFrame) -> dict[str, Any]:
        import numpy as np

        inputs = self.session.get_inputs()
        if len(inputs) > 1:
            kinds = {"tensor(string)": object, "tensor(int64)": np.int64, "tensor(double)": np.float64}
            return {
                each.name: frame[each.name].to_numpy(dtype=kinds.get(each.type, np.float32)).reshape(-1, 1)
                for each in inputs
            }
        wide = matrix(frame).astype(np.float64 if inputs[0].type == "tensor(double)" else np.float32)
        rest = [size for size in inputs[0].shape[1:] if isinstance(size, int)]
        if len(rest) == len(inputs[0].shape) - 1:
            wide = wide.reshape(len(frame), *rest)
        return {inputs[0].name: wide}


def matrix(frame: pd.DataFrame) -> Any:
    """The rows as one array of numbers; a column of vectors or images takes a column for each of their numbers."""
    import numpy as np

    parts = []
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object and len(column) and not isinstance(column.iloc[0], str):
            try:
                parts.append(np.stack([_numbers(value) for value in column]).reshape(len(column), -1))
            except (ValueError, TypeError) as error:
                help_ = "every vector or image of a column has the same size, and none is missing"
                raise StepFailure(f"the column `{name}` can't be given to the model: {error}", help_) from error
        else:
            parts.append(column.to_numpy().reshape(-1, 1))
    if not parts:
        raise StepFailure("there is no column to give to the model", "declare the features under `columns`")
    return np.hstack(parts)


def _numbers(value: Any) -> Any:
    """A vector, or an image: nested lists, or the bytes of a file."""
    import io

    import numpy as np

    if isinstance(value, bytes):
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(value)), dtype=np.float32)
    return np.asarray([list(row) if hasattr(row, "__iter__") else row for row in value], dtype=np.float64)


def _are_probabilities(scores: Any) -> bool:
    import numpy as np

    return bool((scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-3))


def _columns(out: Any) -> Any:
    """Probabilities as a column for each class: some converters give a mapping for each row instead."""
    return [list(row.values()) for row in out] if isinstance(out, list) and out and isinstance(out[0], dict) else out


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
    if "python_function" in flavors:
        function = _guarded("the flavor python_function", lambda: _with_flavor("pyfunc", folder))
        return Function(function.predict, names)
    if "onnx" in flavors and len(found := sorted(folder.rglob("*.onnx"))) == 1:
        return _of_onnx(found[0])
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


def _of_onnx(path: Path) -> Network:
    try:
        import onnxruntime  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise StepFailure(
            f"the model {path.name} can't be judged here, because onnxruntime is not installed",
            "install it in the image that evaluates: `model.evaluate.image`",
        ) from error
    return Network(_guarded(path.name, lambda: onnxruntime.InferenceSession(str(path))))


def _of_booster(path: Path, framework: str) -> Function:
    if framework == "xgboost":
        xgboost = _imported("xgboost", path)
        booster = _guarded(path.name, lambda: xgboost.Booster(model_file=str(path)))
        return Function(lambda frame: booster.predict(xgboost.DMatrix(frame)), _names(booster.feature_names))
    lightgbm = _imported("lightgbm", path)
    booster = _guarded(path.name, lambda: lightgbm.Booster(model_file=str(path)))
    return Function(booster.predict, _names(booster.feature_name()))


def _names(names: Any) -> tuple[str, ...] | None:
    return tuple(str(name) for name in names) if names else None


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
            f"the model can't be loaded from {what}: {type(error).__name__}: {error}",
            "train and evaluate with the same versions of its packages",
        ) from error
