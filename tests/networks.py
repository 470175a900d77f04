"""Small networks of ONNX, written node by node as converters write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, checker, helper

FORMAT = 8
ML = "ai.onnx.ml"


def classifier(
    path: Path,
    model: Any,
    *,
    columns: Sequence[str] = (),
    zipmap: bool = False,
    kind: int = TensorProto.FLOAT,
) -> Path:
    """A logistic regression of scikit-learn with two classes or more: labels, and the probability of each class.

    With `columns` each is an input of its own.
    """
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # As the operator wants it: a row for each class, whose scores are each other's opposites halved.
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    words = model.classes_.dtype.kind in "OU"
    labels: list[Any] = [str(each) for each in model.classes_] if words else [int(each) for each in model.classes_]
    nodes, inputs, given = _joined(columns, model.n_features_in_, kind)
    named: dict[str, Any] = {"classlabels_strings" if words else "classlabels_ints": labels}
    nodes.append(
        helper.make_node(
            "LinearClassifier",
            [given],
            ["label", "scores"],
            domain=ML,
            coefficients=weights.ravel().tolist(),
            intercepts=bias.tolist(),
            post_transform="SOFTMAX",
            **named,
        )
    )
    label = TensorProto.STRING if words else TensorProto.INT64
    outputs = [helper.make_tensor_value_info("label", label, [None])]
    if zipmap:
        names: dict[str, Any] = {"classlabels_strings" if words else "classlabels_int64s": labels}
        nodes.append(helper.make_node("ZipMap", ["scores"], ["probabilities"], domain=ML, **names))
        mapping = helper.make_map_type_proto(label, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
        outputs.append(helper.make_value_info("probabilities", helper.make_sequence_type_proto(mapping)))
    else:
        outputs.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, len(labels)]))
    return _written(path, nodes, inputs, outputs)


def regressor(path: Path, model: Any, *, columns: Sequence[str] = (), kind: int = TensorProto.FLOAT) -> Path:
    """A linear regression of scikit-learn."""
    nodes, inputs, given = _joined(columns, model.n_features_in_, kind)
    nodes.append(
        helper.make_node(
            "LinearRegressor",
            [given],
            ["variable"],
            domain=ML,
            coefficients=model.coef_.ravel().tolist(),
            intercepts=[float(model.intercept_)],
        )
    )
    return _written(path, nodes, inputs, [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])])


def _joined(columns: Sequence[str], width: int, kind: int) -> tuple[list[NodeProto], list[ValueInfoProto], str]:
    """The inputs, what makes one matrix of floats of them, and its name."""
    if columns:
        inputs = [helper.make_tensor_value_info(name, kind, [None, 1]) for name in columns]
        nodes = [helper.make_node("Concat", list(columns), ["rows"], axis=1)]
    else:
        inputs, nodes = [helper.make_tensor_value_info("rows", kind, [None, width])], []
    if kind == TensorProto.FLOAT:
        return nodes, inputs, "rows"
    return [*nodes, helper.make_node("Cast", ["rows"], ["floats"], to=TensorProto.FLOAT)], inputs, "floats"


def _written(path: Path, nodes: list[NodeProto], inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> Path:
    graph = helper.make_graph(nodes, "model", inputs, outputs)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=FORMAT)
    checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
    return path
