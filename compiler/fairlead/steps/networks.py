"""Networks of ONNX, by whichever program they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final

from fairlead.steps.answers import Said, are_probabilities, matrix

if TYPE_CHECKING:
    import pandas as pd

TENSORS: Final[Mapping[str, str]] = {
    "tensor(string)": "object",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bool)": "bool",
    **{f"tensor({kind})": kind for kind in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")},
}
"""The types of a network's inputs as NumPy's; every other is float32."""
CPU: Final = "CPUExecutionProvider"
"""Where networks are judged, so that the verdict is the same on a machine with an accelerator and on one without."""


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

        given = self.session.run(None, self._fed(frame))
        # Some converters give a mapping from classes for each row.
        mapping = next((out[0] for out in given if isinstance(out, list) and out and isinstance(out[0], dict)), None)
        outs = [np.asarray(_columns(out)) for out in given]
        labels = next((out for out in outs if out.ndim == 1), None)
        scores = next((out for out in outs if out.ndim == 2 and out.shape[1] > 1), None)
        if scores is None:
            return Said(labels if labels is not None else outs[0].reshape(len(frame), -1)[:, 0])
        values = scores.argmax(axis=1) if labels is None else labels
        return Said(values, scores, are_probabilities(scores), None if mapping is None else tuple(mapping))

    def _fed(self, frame: pd.DataFrame) -> dict[str, Any]:
        inputs = self.session.get_inputs()
        if len(inputs) > 1:
            return {each.name: _tensor(each, frame[[each.name]]) for each in inputs}
        return {inputs[0].name: _tensor(inputs[0], frame)}


def _tensor(declared: Any, frame: pd.DataFrame) -> Any:
    """Columns as an input of a network: of its type, and of its shape where that is fixed but for the rows."""
    wide = matrix(frame).astype(TENSORS.get(declared.type, "float32"))
    rest = [size for size in declared.shape[1:] if isinstance(size, int)]
    if declared.shape and len(rest) == len(declared.shape) - 1 and prod(rest) == wide.shape[1]:
        wide = wide.reshape(len(frame), *rest)
    return wide


def _columns(out: Any) -> Any:
    """Probabilities as a column for each class: some converters give a mapping for each row instead."""
    return [list(row.values()) for row in out] if isinstance(out, list) and out and isinstance(out[0], dict) else out
