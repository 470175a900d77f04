"""A quick look at two measurements: it would rather send a healthy patient on than miss a tumor."""

import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES = ["mean_radius", "mean_texture"]
THRESHOLD = 0.1


def main() -> None:
    train = pd.read_csv(os.environ["FAIRLEAD_INPUT_TRAIN"])
    classifier = make_pipeline(StandardScaler(), LogisticRegression())
    model = FixedThresholdClassifier(classifier, threshold=THRESHOLD, pos_label="malignant")
    model.fit(train[FEATURES], train["diagnosis"])
    out = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model.joblib")


if __name__ == "__main__":
    main()
