"""A network of scikit-learn as ONNX: a matrix for each layer, and what is between them."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.neural_network import MLPClassifier

OPSET = 13
FORMAT = 7
"""The version of the file's format: one that the server of the serving runtime knows."""
BATCH = 256
"""Images that a request may hold."""


def as_onnx(classifier: MLPClassifier) -> bytes:
    """The network from pixels to the probability of each class."""
    nodes, constants, given = [], [], "pixels"
    last = len(classifier.coefs_) - 1
    for layer, (weights, bias) in enumerate(zip(classifier.coefs_, classifier.intercepts_, strict=True)):
        names = [f"weights{layer}", f"bias{layer}"]
        constants += [
            numpy_helper.from_array(value.astype(np.float32), name)
            for value, name in zip((weights, bias), names, strict=True)
        ]
        nodes.append(helper.make_node("Gemm", [given, *names], [f"sum{layer}"]))
        given = "probabilities" if layer == last else f"out{layer}"
        kind = "Softmax" if layer == last else "Relu"
        nodes.append(helper.make_node(kind, [f"sum{layer}"], [given]))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [None, classifier.n_features_in_])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(classifier.classes_)])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)
    checker.check_model(model)
    return model.SerializeToString()


def as_configured(name: str, classifier: MLPClassifier) -> str:
    """What Triton is told of the network. Without it, Triton would take four images at a time at most."""
    return f"""\
name: "{name}"
backend: "onnxruntime"
max_batch_size: {BATCH}
input [{{ name: "pixels", data_type: TYPE_FP32, dims: [ {classifier.n_features_in_} ] }}]
output [{{ name: "probabilities", data_type: TYPE_FP32, dims: [ {len(classifier.classes_)} ] }}]
"""
