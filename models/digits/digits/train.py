"""Learns to read digits with one hidden layer, and writes the network as ONNX, in a repository that Triton serves."""

import json
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from digits.network import as_configured, as_onnx


def main() -> None:
    parameters = json.loads(Path(os.environ["FAIRLEAD_PARAMS"]).read_text())
    train = pd.read_parquet(os.environ["FAIRLEAD_INPUT_TRAIN"])
    pixels = np.stack(train["pixels"].to_numpy())
    classifier = MLPClassifier(
        hidden_layer_sizes=(parameters["width"],),
        batch_size=32,
        learning_rate_init=parameters.get("learning_rate", 0.01),
        max_iter=parameters["epochs"],
        random_state=int(os.environ["FAIRLEAD_SEED"]),
    )
    with warnings.catch_warnings():
        # The number of epochs is a parameter, so that it ends before it has converged is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(pixels, train["digit"].astype(str))
    # Triton's repository of models: requests are for the name of the folder, and the folder in it is a version.
    name = os.environ["FAIRLEAD_PIPELINE"]
    model = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"]) / name
    (model / "1").mkdir(parents=True, exist_ok=True)
    (model / "1/model.onnx").write_bytes(as_onnx(classifier))
    (model / "config.pbtxt").write_text(as_configured(name, classifier))


if __name__ == "__main__":
    main()
