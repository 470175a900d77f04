"""A network of ONNX takes and gives tensors by name, as Triton has it."""

from __future__ import annotations

import asyncio
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
from sklearn.linear_model import LinearRegression, LogisticRegression

from fairlead.catalogue.runtimes import runtime
from fairlead.project.lock import Signature
from fairlead.serving.failures import Unloadable
from fairlead.serving.server import plain_arguments
from tests import networks

with warnings.catch_warnings(), plain_arguments():
    warnings.simplefilter("ignore")  # of what KServe imports, and not of what it does
    from kserve import InferInput, InferRequest
    from kserve.errors import InvalidInput
    from kserve.protocol.infer_type import RequestedOutput

    from fairlead.serving.models import loaded

ROWS = np.random.default_rng(2).normal(size=(50, 2)).astype(np.float32)
WORDS = np.array(["ash", "oak", "yew"], dtype=object)[np.digitize(ROWS[:, 0], [-0.5, 0.5])]


@cache
def trees() -> Any:
    return LogisticRegression(solver="newton-cg").fit(ROWS, WORDS)


def served(folder: Path, name: str = "triton") -> Any:
    return loaded("parcels", runtime(name, "0.20"), folder, probability=False, signature=Signature())


def ask(model: Any, payload: Any) -> Any:
    answer, _ = asyncio.run(model(payload, headers={}))
    return answer


def tensor(name: str = "rows", kind: str = "FP32", shape: list[int] | None = None) -> InferInput:
    return InferInput(name, shape or [50, 2], kind, ROWS.ravel().tolist())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    networks.classifier(tmp_path / "trees/1/model.onnx", trees())
    return tmp_path


@pytest.mark.parametrize("name", ["triton", "onnx"])
def test_all_its_outputs_are_given_by_name(folder: Path, name: str) -> None:
    answer = ask(served(folder, name), InferRequest("trees", [tensor()]))
    assert (answer.model_name, answer.model_version) == ("trees", "1")
    labels, scores = answer.outputs
    assert (labels.name, labels.datatype, labels.data) == ("label", "BYTES", trees().predict(ROWS).tolist())
    assert (scores.name, scores.datatype, scores.shape) == ("scores", "FP32", [50, 3])
    np.testing.assert_allclose(scores.as_numpy(), trees().predict_proba(ROWS), rtol=1e-4)


def test_only_what_is_asked_for_is_given(folder: Path) -> None:
    (only,) = ask(
        served(folder), InferRequest("trees", [tensor()], request_outputs=[RequestedOutput("scores")])
    ).outputs
    assert only.name == "scores"


def test_several_inputs_are_told_apart_by_name(tmp_path: Path) -> None:
    model = LinearRegression().fit(ROWS, ROWS @ [2.0, -1.0])
    networks.regressor(tmp_path / "lines/3/model.onnx", model, columns=["a", "b"], kind=TensorProto.DOUBLE)
    tensors = [
        InferInput(name, [50, 1], "FP64", ROWS[:, place].tolist()) for place, name in reversed([(0, "a"), (1, "b")])
    ]
    (output,) = ask(served(tmp_path), InferRequest("lines", tensors)).outputs
    np.testing.assert_allclose(output.as_numpy()[:, 0], model.predict(ROWS), rtol=1e-4, atol=1e-5)
    with pytest.raises(InvalidInput, match="the request lacks `b`"):
        ask(served(tmp_path), InferRequest("lines", tensors[1:]))


def test_the_greatest_version_answers(folder: Path) -> None:
    networks.regressor(folder / "trees/10/model.onnx", LinearRegression().fit(ROWS, ROWS[:, 0]))
    answer = ask(served(folder), InferRequest("trees", [tensor()]))
    assert (answer.model_version, answer.outputs[0].name) == ("10", "variable")


@pytest.mark.parametrize(
    ("sent", "asked", "says"),
    [
        (tensor(name="x"), [], "there is no input `x`; there are `rows`"),
        (tensor(kind="FP64"), [], "the input `rows` is of FP32, and FP64 was sent"),
        (tensor(shape=[25, 4]), [], r"the input `rows` has the shape \[-1, 2\], and \[25, 4\] was sent"),
        (tensor(shape=[49, 2]), [], "the input `rows` is not of its shape"),
        (tensor(), ["classes"], "there is no output `classes`; there are `label`, `scores`"),
    ],
)
def test_a_request_that_does_not_fit_is_the_callers_error(
    folder: Path, sent: InferInput, asked: list[str], says: str
) -> None:
    outputs = [RequestedOutput(name) for name in asked] or None
    with pytest.raises(InvalidInput, match=says):
        ask(served(folder), InferRequest("trees", [sent], request_outputs=outputs))


def test_the_protocol_v1_is_none_of_tritons(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="speaks the protocol v2 alone: /v2/models/trees/infer"):
        ask(served(folder), {"instances": ROWS.tolist()})


def test_a_network_at_the_top_of_the_folder_is_no_repository(tmp_path: Path) -> None:
    networks.classifier(tmp_path / "model.onnx", trees())
    with pytest.raises(Unloadable, match=r"at <name>/<version>/model\.onnx, and there is model\.onnx"):
        served(tmp_path)


def test_what_triton_can_not_give_is_said(tmp_path: Path) -> None:
    networks.classifier(tmp_path / "trees/1/model.onnx", trees(), zipmap=True)
    with pytest.raises(Unloadable, match="Triton takes tensors: export without ZipMap"):
        served(tmp_path)


def test_a_broken_network_is_said(tmp_path: Path) -> None:
    path = tmp_path / "trees/1/model.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no network")
    with pytest.raises(Unloadable, match="InvalidProtobuf"):
        served(tmp_path)
