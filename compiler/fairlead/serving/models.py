"""Models in KServe's server: what its images for each framework add to the package `kserve`.

Each does what the image of KServe 0.20 does (python/<framework>server in its repository), so that an answer here is the
answer there. Networks of ONNX, which Triton serves there, are a module of their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from kserve import Model
from kserve.errors import InferenceError
from kserve.protocol.infer_type import InferRequest, InferResponse
from kserve.utils.utils import get_predict_input, get_predict_response

from fairlead.catalogue.serving_runtime import Runtime
from fairlead.project.lock import Signature
from fairlead.serving.failures import Unloadable
from fairlead.serving.networks import Network, network
from fairlead.steps.failures import words_of

Predict = Callable[[Any], Any]
"""From what a request holds (an array, a table or a list of texts) to the answers."""

FIXED_WIDTH: Final = (
    "the model answers labels as NumPy's texts of a fixed width, which KServe's server can't send by the protocol v2, "
    "here or in a cluster: train on labels that are objects, `y.astype(object)`"
)
"""KServe's own words for it are `decoding str is not supported`."""


class Served(Model):  # type: ignore[misc]
    """A model that has been loaded."""

    def __init__(self, name: str, predict: Predict, read: Callable[[Any], Any]) -> None:
        super().__init__(name)
        self._predict, self._read = predict, read
        self.ready = True

    def predict(
        self, payload: dict[str, Any] | InferRequest, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any] | InferResponse:
        """The answer to a request of either protocol. Whatever goes wrong is the server's InferenceError."""
        try:
            answer = self._predict(self._read(payload))
            if isinstance(payload, InferRequest) and getattr(getattr(answer, "dtype", None), "kind", "") == "U":
                raise InferenceError(FIXED_WIDTH)
            return get_predict_response(payload, answer, self.name)
        except InferenceError:
            raise
        except Exception as error:  # models raise what they like
            raise InferenceError(str(error)) from error


def loaded(name: str, runtime: Runtime, folder: Path, *, probability: bool, signature: Signature) -> Served | Network:
    """The model in a folder, as a runtime of the catalogue loads it. Raises Unloadable.

    KeyError where the runtime is none that runs here.
    """
    load = None if runtime.family == "triton" else LOADERS[runtime.name]
    try:
        if load is None:
            return network(runtime, folder)
        predict = load(runtime, folder, probability)
    except Unloadable:
        raise
    except ImportError as error:
        raise Unloadable(f"the package {error.name or error} is not installed") from error
    except Exception as error:  # a pickle runs what it likes, and every library has errors of its own
        raise Unloadable(words_of(error)) from error
    tabular = runtime.name == "mlflow"
    return Served(name, predict, (lambda payload: _table(payload, signature)) if tabular else get_predict_input)


def _file(runtime: Runtime, folder: Path) -> Path:
    """The model's own file. Raises Unloadable where there is none, or more than one."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.endswith(runtime.files.suffixes))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or ", ".join(sorted(path.name for path in folder.iterdir()))
        raise Unloadable(f"{runtime.name} expects {runtime.files.expects}, and there is {names or 'nothing'}")
    return found[0]


def _sklearn(runtime: Runtime, folder: Path, probability: bool) -> Predict:
    """`predict`, or `predict_proba` where probabilities are wanted and the model has them."""
    joblib = importlib.import_module("joblib")
    model = joblib.load(_file(runtime, folder))
    if probability and hasattr(model, "predict_proba"):
        return model.predict_proba  # type: ignore[no-any-return]
    return model.predict  # type: ignore[no-any-return]


def _xgboost(runtime: Runtime, folder: Path, _probability: bool) -> Predict:
    """`Booster.predict`: what the objective gives."""
    xgboost = importlib.import_module("xgboost")
    booster = xgboost.Booster(params={"nthread": 1}, model_file=str(_file(runtime, folder)))
    return lambda instances: booster.predict(xgboost.DMatrix(instances, nthread=1))


def _lightgbm(runtime: Runtime, folder: Path, _probability: bool) -> Predict:
    """`Booster.predict`, which is a probability for a classifier."""
    lightgbm = importlib.import_module("lightgbm")
    # KServe gives the number of threads to the constructor, which ignores it beside a file, and warns.
    booster = lightgbm.Booster(model_file=str(_file(runtime, folder)))
    return lambda instances: booster.predict(instances, num_threads=1)


def _mlflow(runtime: Runtime, folder: Path, _probability: bool) -> Predict:
    """What the model was logged to answer, as MLServer's runtime has it."""
    if not (folder / "MLmodel").is_file():
        raise Unloadable(f"mlflow expects {runtime.files.expects}, and there is no MLmodel")
    pyfunc = importlib.import_module("mlflow.pyfunc")
    model = pyfunc.load_model(str(folder))
    return model.predict  # type: ignore[no-any-return]


LOADERS: Final[Mapping[str, Callable[[Runtime, Path, bool], Predict]]] = {
    "sklearn": _sklearn,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
    "mlflow": _mlflow,
}
"""What loads a model for each runtime of the catalogue whose server is Python."""
RUNTIMES: Final = (*LOADERS, "onnx", "triton")
"""The runtimes of the catalogue that run here."""


def _table(payload: Any, signature: Signature) -> Any:
    """A request of the protocol v2 as a table, where the signature has named columns; MLServer reads it so."""
    if not isinstance(payload, InferRequest):
        return get_predict_input(payload)
    columns = {tensor.name for tensor in signature.inputs if not tensor.shape}
    if columns and {each.name for each in payload.inputs} <= columns:
        return payload.as_dataframe()
    return get_predict_input(payload)
