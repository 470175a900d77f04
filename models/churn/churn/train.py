"""Learns which customers leave: the least that a step of training is."""

import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    customers = pd.read_parquet(os.environ["FAIRLEAD_INPUT_TRAIN"])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(customers.drop(columns=["customer_id", "left"]), customers["left"])
    out = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model.joblib")


if __name__ == "__main__":
    main()
