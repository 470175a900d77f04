"""Learns the load of an hour from the same hour of the day before, the temperature and the substation."""

import json
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

FEATURES = ["substation", "temperature", "load_day_before"]


def main() -> None:
    parameters = json.loads(Path(os.environ["FAIRLEAD_PARAMS"]).read_text())
    train = pd.read_csv(os.environ["FAIRLEAD_INPUT_TRAIN"])
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["substation"]), remainder="passthrough"),
        RandomForestRegressor(
            n_estimators=parameters["trees"],
            min_samples_leaf=parameters["min_samples_leaf"],
            random_state=int(os.environ["FAIRLEAD_SEED"]),
        ),
    )
    model.fit(train[FEATURES], train["load"])
    out = Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model.joblib")


if __name__ == "__main__":
    main()
