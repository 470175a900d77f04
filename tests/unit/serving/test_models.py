"""A model in KServe's server loads and answers as in KServe's image for its framework."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from fairlead.catalogue.runtimes import runtime
from fairlead.project.lock import Signature
from fairlead.serving.failures import Unloadable
from fairlead.serving.server import plain_arguments

with warnings.catch_warnings(), plain_arguments():
    warnings.simplefilter("ignore")  # of what KServe imports, and not of what it does
    from kserve import InferInput, InferRequest
    from kserve.errors import InferenceError

    from fairlead.serving.models import RUNTIMES, loaded

SKLEARN = runtime("sklearn", "0.20")
ROWS = [[0.0, 1.0], [3.0, 0.0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = DecisionTreeClassifier(random_state=0).fit([[0, 1], [1, 1], [2, 0], [3, 0]], ["no", "no", "yes", "yes"])
    joblib.dump(model, tmp_path / "model.joblib")
    return tmp_path


def ask(folder: Path, payload: Any, *, probability: bool = False) -> Any:
    model = loaded("churn", SKLEARN, folder, probability=probability, signature=Signature())
    answer, _ = asyncio.run(model(payload, headers={}))
    return answer


def test_labels_in_the_protocol_v1(folder: Path) -> None:
    assert ask(folder, {"instances": ROWS}) == {"predictions": ["no", "yes"]}


def test_probabilities_in_the_protocol_v2(folder: Path) -> None:
    tensor = InferInput("x", [2, 2], "FP64", np.array(ROWS).ravel().tolist())
    answer = ask(folder, InferRequest("churn", [tensor]), probability=True)
    (output,) = answer.outputs
    assert output.shape == [2, 2]
    np.testing.assert_allclose(output.as_numpy().sum(axis=1), 1)


def test_labels_that_kserve_can_not_send_are_named_and_the_protocol_v1_sends_them(tmp_path: Path) -> None:
    model = DecisionTreeClassifier(random_state=0).fit([[0, 1], [3, 0]], np.array(["no", "yes"]))
    joblib.dump(model, tmp_path / "model.joblib")
    tensor = InferInput("x", [2, 2], "FP64", np.array(ROWS).ravel().tolist())
    with pytest.raises(InferenceError, match="texts of a fixed width, which KServe's server can't send"):
        ask(tmp_path, InferRequest("churn", [tensor]))
    assert ask(tmp_path, {"instances": ROWS}) == {"predictions": ["no", "yes"]}


def test_a_request_that_does_not_fit_is_the_servers_error(folder: Path) -> None:
    with pytest.raises(InferenceError, match="expecting 2 features"):
        ask(folder, {"instances": [[1.0, 2.0, 3.0]]})


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "and there is nothing"),
        ({"weights.bin": b""}, "and there is weights.bin"),
        ({"a.pkl": b"", "b.joblib": b""}, "and there is a.pkl, b.joblib"),
        ({"model.pkl": b"this is no pickle"}, r"\w+Error"),
    ],
)
def test_a_folder_that_is_not_a_model_is_said(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(Unloadable, match=words):
        loaded("churn", SKLEARN, tmp_path, probability=False, signature=Signature())


@pytest.mark.parametrize("name", RUNTIMES)
def test_every_runtime_that_runs_here_says_what_it_lacks(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unloadable):
        loaded("churn", runtime(name, "0.20"), tmp_path, probability=False, signature=Signature())
