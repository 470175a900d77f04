"""Networks of ONNX as Triton serves them, which KServe has no other server for.

As Triton does, it takes tensors by their names, of the types and the shapes that the network declares, gives the
tensors that were asked for (all, where none were), and speaks the protocol v2 alone. The network is at
`<name>/<version>/model.onnx`, requests are for that name, and the greatest version answers. What a config.pbtxt says
beyond that, such as the greatest batch, is not read.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kserve import InferOutput, Model
from kserve.errors import InferenceError, InvalidInput
from kserve.protocol.infer_type import InferRequest, InferResponse
from kserve.utils.utils import generate_uuid

from fairlead.catalogue.serving_runtime import Runtime
from fairlead.serving.failures import Unloadable

KINDS: Final[Mapping[str, str]] = {
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
    "tensor(float16)": "FP16",
    "tensor(int64)": "INT64",
    "tensor(int32)": "INT32",
    "tensor(int16)": "INT16",
    "tensor(int8)": "INT8",
    "tensor(uint64)": "UINT64",
    "tensor(uint32)": "UINT32",
    "tensor(uint16)": "UINT16",
    "tensor(uint8)": "UINT8",
    "tensor(bool)": "BOOL",
    "tensor(string)": "BYTES",
}
"""The types of tensors, in the words of ONNX and of the protocol v2."""
FILE: Final = "model.onnx"


class Network(Model):  # type: ignore[misc]
    """A network that has been loaded."""

    def __init__(self, name: str, version: str, session: Any) -> None:
        super().__init__(name)
        self._version, self._session = version, session
        self._inputs = {each.name: each for each in session.get_inputs()}
        self._outputs = [each.name for each in session.get_outputs()]
        self.ready = True

    def predict(
        self, payload: dict[str, Any] | InferRequest, headers: Mapping[str, str] | None = None
    ) -> InferResponse:
        """The answer. Raises InvalidInput for a request that doesn't fit, InferenceError where the network fails."""
        if not isinstance(payload, InferRequest):
            raise InvalidInput(f"Triton speaks the protocol v2 alone: /v2/models/{self.name}/infer")
        given = self._given(payload)
        names = [each.name for each in payload.request_outputs or ()] or self._outputs
        for name in names:
            if name not in self._outputs:
                raise InvalidInput(f"there is no output `{name}`; there are {_listed(self._outputs)}")
        try:
            answers = self._session.run(names, given)
        except Exception as error:  # the errors of onnxruntime have no base of their own
            raise InferenceError(str(error)) from error
        outputs = []
        for name, answer in zip(names, answers, strict=True):
            kind = next(KINDS[each.type] for each in self._session.get_outputs() if each.name == name)
            outputs.append(InferOutput(name=name, shape=list(answer.shape), datatype=kind))
            outputs[-1].set_data_from_numpy(answer, binary_data=payload.use_binary_outputs)
        return InferResponse(
            payload.id or generate_uuid(),
            self.name,
            outputs,
            model_version=self._version,
            use_binary_outputs=payload.use_binary_outputs,
            requested_outputs=payload.request_outputs,
        )

    def _given(self, request: InferRequest) -> dict[str, Any]:
        """The tensors of a request by name, checked against what the network declares."""
        found: dict[str, Any] = {}
        for tensor in request.inputs:
            declared = self._inputs.get(tensor.name)
            if declared is None:
                raise InvalidInput(f"there is no input `{tensor.name}`; there are {_listed(self._inputs)}")
            kind = KINDS[declared.type]
            if tensor.datatype != kind:
                raise InvalidInput(f"the input `{tensor.name}` is of {kind}, and {tensor.datatype} was sent")
            if not _fits(tensor.shape, declared.shape):
                wanted = [size if isinstance(size, int) else -1 for size in declared.shape]
                raise InvalidInput(f"the input `{tensor.name}` has the shape {wanted}, and {tensor.shape} was sent")
            try:
                found[tensor.name] = tensor.as_numpy()
            except ValueError as error:
                raise InvalidInput(f"the input `{tensor.name}` is not of its shape: {error}") from error
        lacking = [name for name in self._inputs if name not in found]
        if lacking:
            raise InvalidInput(f"the request lacks {_listed(lacking)}")
        return found


def network(runtime: Runtime, folder: Path) -> Network:
    """The network in a repository of models. Raises Unloadable, ImportError, and whatever onnxruntime does."""
    found = sorted(
        (path for path in folder.glob(f"*/*/{FILE}") if path.parent.name.isdecimal()),
        key=lambda path: int(path.parent.name),
    )
    names = {path.parent.parent.name for path in found}
    if len(names) != 1:
        here = ", ".join(sorted(names)) or _what_is_in(folder)
        raise Unloadable(
            f"a network of ONNX is what runs here of {runtime.name}, at <name>/<version>/{FILE}, and there is {here}"
        )
    session = importlib.import_module("onnxruntime").InferenceSession(
        str(found[-1]), providers=["CPUExecutionProvider"]
    )
    for each in (*session.get_inputs(), *session.get_outputs()):
        if each.type not in KINDS:
            raise Unloadable(
                f"`{each.name}` is of the type {each.type}, and Triton takes tensors: export without ZipMap"
            )
    return Network(names.pop(), found[-1].parent.name, session)


def _fits(sent: list[int], declared: list[Any]) -> bool:
    return len(sent) == len(declared) and all(
        not isinstance(size, int) or size == there for there, size in zip(sent, declared, strict=True)
    )


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _what_is_in(folder: Path) -> str:
    return ", ".join(
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())[:5]
    ) or ("nothing")
