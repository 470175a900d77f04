"""Learns to tell malignant from benign."""

import json
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tumor import tell_usage

FEATURES = ["mean_radius", "age_band", "radius_per_area"]


def main() -> None:
    parameters = json.loads(Path(os.environ["FAIRLEAD_PARAMS"]).read_text())
    train = pd.read_parquet(os.environ["FAIRLEAD_INPUT_TRAIN"])
    validation = pd.read_parquet(os.environ["FAIRLEAD_INPUT_VALIDATION"])
    bands = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    model = make_pipeline(
        make_column_transformer((bands, ["age_band"]), remainder="passthrough"),
        HistGradientBoostingClassifier(
            max_depth=parameters["max_depth"],
            learning_rate=parameters["learning_rate"],
            random_state=int(os.environ["FAIRLEAD_SEED"]),
        ),
    )
    model.fit(train[FEATURES], train["diagnosis"])

    out = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model.joblib")
    malignant = model.predict_proba(validation[FEATURES])[:, list(model.classes_).index("malignant")]
    metrics = {"validation_roc_auc": roc_auc_score(validation["diagnosis"] == "malignant", malignant)}
    (out / "metrics.json").write_text(json.dumps(metrics))
    tell_usage()


if __name__ == "__main__":
    main()
