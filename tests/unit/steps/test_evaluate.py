"""The built-in evaluator, on models as training code writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from fairlead.remote.mlflow import Mlflow
from fairlead.steps import evaluate
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.rows import content_digest
from tests.unit.steps.surroundings import context_of, output

COLUMNS: dict[str, Any] = {
    "id": {"type": "string", "role": "id", "unique": True},
    "size": {"type": "float"},
    "band": {"type": "category", "values": ["young", "old"], "roles": ["feature", "slice"]},
    "kind": {"type": "category", "values": ["bad", "good"], "positive": "good", "role": "label"},
}
PARAMETERS: dict[str, Any] = {
    "task": "binary-classification",
    "framework": "sklearn",
    "label": "kind",
    "positive": "good",
    "format": "csv",
    "columns": COLUMNS,
    "metrics": ["roc_auc", "recall", "brier_score"],
    "slices": ["band"],
    "rows": "test",
    "champion": False,
}


def frame_of(rows: int = 200, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    size = random.normal(size=rows)
    good = size + random.normal(scale=0.6, size=rows) > 0
    return pd.DataFrame(
        {
            "id": [f"r{index}" for index in range(rows)],
            "size": size,
            "band": np.where(random.random(rows) < 0.5, "young", "old"),
            "kind": np.where(good, "good", "bad"),
        }
    )


@cache
def classifier(labels: str = "words") -> Any:
    frame = frame_of(seed=2)
    encode = make_column_transformer((OneHotEncoder(), ["band"]), remainder="passthrough")
    truth = frame["kind"] if labels == "words" else (frame["kind"] == "good").astype(int)
    return make_pipeline(encode, DecisionTreeClassifier(min_samples_leaf=10, random_state=0)).fit(
        frame[["size", "band"]], truth
    )


def saved(folder: Path, model: Any, name: str = "model.joblib") -> Path:
    folder.mkdir(exist_ok=True)
    joblib.dump(model, folder / name)
    return folder


def evaluated(
    folder: Path, model: Path, frame: pd.DataFrame, environ: Mapping[str, str] | None = None, **parameters: Any
) -> Any:
    told = {**PARAMETERS, **parameters}
    part = folder / str(told["rows"])
    frame.to_csv(part, index=False)
    inputs = {"model": model, str(told["rows"]): part}
    evaluate.run(context_of(folder, told, inputs=inputs, outputs=("report",), environ=environ))
    return output(folder, "report")


def test_a_classifier_is_judged_as_a_whole_and_for_each_value_of_a_slice(tmp_path: Path) -> None:
    frame = frame_of()
    report = evaluated(tmp_path, saved(tmp_path / "model", classifier()), frame)
    assert (report["task"], report["on"], report["rows"]) == ("binary-classification", "test", 200)
    assert report["positives"] == int((frame["kind"] == "good").sum())
    assert report["dataset"] == content_digest(tmp_path / "test")
    assert list(report["slices"]["band"]) == ["old", "young"]
    assert sum(part["rows"] for part in report["slices"]["band"].values()) == 200
    for part in (report, *report["slices"]["band"].values()):
        for estimate in part["metrics"].values():
            assert 0 <= estimate["low"] <= estimate["value"] <= estimate["high"] <= 1
            assert estimate["low"] < estimate["high"]
    assert report["metrics"]["roc_auc"]["value"] > 0.85


def test_a_model_that_was_trained_on_codes_is_read_in_the_datas_words(tmp_path: Path) -> None:
    words = evaluated(tmp_path / "a", saved(_made(tmp_path / "a/model"), classifier()), frame_of())
    codes = evaluated(tmp_path / "b", saved(_made(tmp_path / "b/model"), classifier("codes")), frame_of())
    assert words == codes


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_the_same_rows_under_another_name_have_the_same_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    (tmp_path / "c").write_text("y")
    assert content_digest(tmp_path / "a") == content_digest(tmp_path / "b") != content_digest(tmp_path / "c")


def test_a_declared_value_that_no_row_has_is_reported_without_rows(tmp_path: Path) -> None:
    frame = frame_of()
    report = evaluated(tmp_path, saved(tmp_path / "model", classifier()), frame[frame["band"] == "young"])
    old = report["slices"]["band"]["old"]
    assert old["rows"] == 0
    assert {each["value"] for each in old["metrics"].values()} == {"NaN"}


def test_trials_are_judged_on_the_validation_part_by_the_objective_alone(tmp_path: Path) -> None:
    model = saved(tmp_path / "model", classifier())
    report = evaluated(tmp_path, model, frame_of(), rows="validation", metrics=["roc_auc"], slices=[])
    assert report["slices"] == {}
    assert list(report["metrics"]["roc_auc"]) == ["value"]


def test_what_was_measured_stands_in_mlflow_with_pictures(tmp_path: Path, tracking: Mlflow) -> None:
    run = tracking.open_run("churn", "run-0001")
    environ = {"MLFLOW_TRACKING_URI": tracking.uri, "MLFLOW_RUN_ID": run}
    model = saved(tmp_path / "model", classifier())
    report = evaluated(tmp_path, model, frame_of(), environ)
    evaluated(tmp_path, model, frame_of(seed=7), environ, champion=True)
    metrics = tracking.run(run).metrics
    assert metrics["recall"] == report["metrics"]["recall"]["value"]
    assert metrics["recall/band/old"] == report["slices"]["band"]["old"]["metrics"]["recall"]["value"]
    assert metrics["rows"] == 200
    assert metrics["champion/recall"] != metrics["recall"]
    assert tracking.artifacts(run, "evaluation") == [
        "evaluation/calibration.png",
        "evaluation/confusion.png",
        "evaluation/report.json",
    ]


def test_numbers_are_judged_by_a_model_of_mlflow(tmp_path: Path) -> None:
    import mlflow

    random = np.random.default_rng(3)
    frame = pd.DataFrame({"a": random.normal(size=80), "b": random.normal(size=80)})
    frame["y"] = 2 * frame["a"] - frame["b"] + random.normal(scale=0.1, size=80)
    model = LinearRegression().fit(frame[["a", "b"]], frame["y"])
    mlflow.sklearn.save_model(model, str(tmp_path / "model"), pip_requirements=[], input_example=None)
    report = evaluated(
        tmp_path,
        tmp_path / "model",
        frame,
        task="regression",
        label="y",
        positive=None,
        columns={},
        metrics=["rmse", "r2"],
        slices=[],
    )
    assert report["metrics"]["rmse"]["value"] == pytest.approx(0.1, rel=0.3)
    assert report["metrics"]["r2"]["value"] > 0.99
    assert "positives" not in report


def test_mase_compares_with_the_naive_forecast_on_the_training_part(tmp_path: Path) -> None:
    train = pd.DataFrame({"at": pd.date_range("2026-01-01", periods=4), "x": [0.0] * 4, "y": [1.0, 3.0, 2.0, 5.0]})
    test = pd.DataFrame({"at": pd.date_range("2026-02-01", periods=3), "x": [1.0, 2.0, 3.0], "y": [2.0, 3.0, 4.0]})
    (train.sample(frac=1, random_state=1)).to_csv(tmp_path / "train", index=False)
    test.to_csv(tmp_path / "test", index=False)
    model = LinearRegression().fit(test[["x"]], [4.0, 5.0, 6.0])
    columns = {
        "at": {"type": "timestamp", "role": "time"},
        "x": {"type": "float"},
        "y": {"type": "float", "role": "label"},
    }
    told = {**PARAMETERS, "task": "forecasting", "label": "y", "positive": None, "columns": columns, "slices": []}
    inputs = {"model": saved(tmp_path / "model", model), "train": tmp_path / "train", "test": tmp_path / "test"}
    evaluate.run(context_of(tmp_path, {**told, "metrics": ["mase"]}, inputs=inputs, outputs=("report",)))
    # Each prediction is 2 too high, and the naive forecast errs by 2, 1 and 3.
    assert output(tmp_path, "report")["metrics"]["mase"]["value"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"metrics": ["no_such_metric"]}, "nothing built in computes `no_such_metric`"),
        ({"label": "nothing"}, "no column `nothing`"),
        ({"label": None}, "judged by a label"),
        ({"slices": ["nothing"]}, "no column `nothing`, which is a slice"),
        ({"format": "files"}, "files and no rows"),
        ({"positive": "no-such"}, "the positive one is 'no-such'"),
        ({"unknown": 1}, "parameters of this step are not understood"),
    ],
)
def test_what_can_not_be_judged_is_one_sentence(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(StepFailure, match=says):
        evaluated(tmp_path, saved(tmp_path / "model", classifier()), frame_of(), **change)
    assert not (tmp_path / "out/report").exists()


def test_a_model_that_can_not_be_judged_is_one_sentence(tmp_path: Path) -> None:
    empty, broken, foreign, two = (_made(tmp_path / name) for name in ("empty", "broken", "foreign", "two"))
    (empty / "readme.txt").write_text("nothing")
    (broken / "model.pkl").write_bytes(b"no pickle")
    # What a pickle of a class in a package that is not here begins with.
    (foreign / "model.pkl").write_bytes(b"cno_such_package.models\nModel\n.")
    saved(two, classifier())
    saved(two, classifier(), "other.pkl")
    for model, says in (
        (empty, "has no model that the built-in evaluator can load: it has readme.txt"),
        (broken, "can't be loaded from model.pkl"),
        (foreign, "needs no_such_package"),
        (two, "has 2 pickles: model.joblib, other.pkl"),
    ):
        with pytest.raises(StepFailure, match=says):
            evaluated(tmp_path, model, frame_of())


def test_a_metric_that_needs_what_the_model_does_not_give_is_refused(tmp_path: Path) -> None:
    frame = frame_of()
    model = saved(tmp_path / "model", LinearSVC().fit(frame[["size"]], frame["kind"]))
    with pytest.raises(StepFailure, match="`brier_score` needs probabilities"):
        evaluated(tmp_path, model, frame)
    report = evaluated(tmp_path, model, frame, metrics=["roc_auc"])
    assert report["metrics"]["roc_auc"]["value"] > 0.85


def test_rows_that_the_model_can_not_read_are_one_sentence(tmp_path: Path) -> None:
    model = saved(tmp_path / "model", classifier())
    with pytest.raises(BadData, match="reads `size`, and the data has no such column"):
        evaluated(tmp_path, model, frame_of().drop(columns="size"))
    with pytest.raises(StepFailure, match="can't score these rows: ValueError"):
        evaluated(tmp_path, model, frame_of().assign(band="middle"))
    with pytest.raises(BadData, match="the column `size`: a value is no float"):
        evaluated(tmp_path, model, frame_of().astype({"size": object}).replace({"size": {frame_of()["size"][3]: "x"}}))
    with pytest.raises(BadData, match="2 rows have no `kind`"):
        evaluated(tmp_path, model, frame_of().assign(kind=["", "", *frame_of()["kind"][2:]]))
    with pytest.raises(StepFailure, match="the test part has no rows"):
        evaluated(tmp_path, model, frame_of().iloc[:0])


def test_where_nothing_is_measured_the_report_says_nothing(tmp_path: Path) -> None:
    told = {**PARAMETERS, "task": "custom", "metrics": [], "label": None, "columns": {}}
    evaluate.run(context_of(tmp_path, told, outputs=("report",)))
    assert output(tmp_path, "report") == {"metrics": {}, "on": "test", "slices": {}, "task": "custom", "version": 1}


def test_a_value_that_is_no_number_is_written_so_that_the_gate_reads_it(tmp_path: Path) -> None:
    frame = frame_of()
    report = evaluated(tmp_path, saved(tmp_path / "model", classifier()), frame[frame["kind"] == "bad"])
    assert report["metrics"]["roc_auc"] == {"value": "NaN"}
    assert report["positives"] == 0
    assert math.isfinite(report["metrics"]["brier_score"]["value"])
    json.dumps(report, allow_nan=False)
