"""Models of other libraries than scikit-learn, trained here and loaded from each form that a training may write."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import lightgbm
import mlflow
import numpy as np
import pandas as pd
import pytest
import xgboost
from onnx import TensorProto
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score

from fairlead.steps import models
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.rows import LearnedFrom
from fairlead.steps.scoring import ask, features_of, scored
from tests import networks

pytestmark = [
    # XGBoost's, for the old ending.
    pytest.mark.filterwarnings("ignore:.*Saving model in the UBJSON format"),
    # MLflow's, about integers that may be missing one day, and about its own formats.
    pytest.mark.filterwarnings("ignore:.*integer column"),
]
FEATURES = ["length", "width"]
KINDS = {"binary": ["approved", "rejected"], "multi": ["ash", "oak", "yew"]}
SAVED: dict[str, Any] = {"pip_requirements": [], "input_example": None}


@cache
def rows(task: str) -> pd.DataFrame:
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"r{number}" for number in range(240)],
            **dict(zip(FEATURES, random.normal(size=(2, 240)), strict=True)),
        }
    )
    drawn = frame["length"] - 0.5 * frame["width"] + random.normal(scale=0.3, size=240)
    if task == "regression":
        return frame.assign(label=drawn)
    words = KINDS[task]
    return frame.assign(label=pd.cut(drawn, len(words), labels=words).astype(str))


def codes(task: str) -> pd.Series[Any]:
    """What the boosters learn: numbers, and of two classes the positive one is 1."""
    if task == "regression":
        return rows(task)["label"]
    words = list(reversed(KINDS[task])) if task == "binary" else KINDS[task]
    return rows(task)["label"].map(words.index)


def learned(task: str, framework: str, **more: Any) -> LearnedFrom:
    tasks = {"binary": "binary-classification", "multi": "multiclass-classification", "regression": "regression"}
    label: dict[str, Any] = {"type": "float", "role": "label"}
    if task != "regression":
        label |= {"type": "category", "values": KINDS[task]}
    columns = {"id": {"type": "string", "role": "id"}, **{name: {"type": "float"} for name in FEATURES}, "label": label}
    told = {"task": tasks[task], "framework": framework, "label": "label", "format": "csv", "columns": columns}
    if task == "binary":
        told["positive"] = "approved"
    return LearnedFrom.model_validate({**told, **more})


def xgb(task: str, *, named: bool = True) -> xgboost.Booster:
    objective = {"binary": "binary:logistic", "multi": "multi:softprob", "regression": "reg:squarederror"}[task]
    told = {"objective": objective, "max_depth": 2, "nthread": 1, **({"num_class": 3} if task == "multi" else {})}
    table = rows(task)[FEATURES]
    return xgboost.train(told, xgboost.DMatrix(table if named else table.to_numpy(), codes(task)), 5)


def lgb(task: str, *, named: bool = True) -> lightgbm.Booster:
    objective = {"binary": "binary", "multi": "multiclass", "regression": "l2"}[task]
    told = {"objective": objective, "verbosity": -1, "num_threads": 1, **({"num_class": 3} if task == "multi" else {})}
    table = rows(task)[FEATURES]
    return lightgbm.train(told, lightgbm.Dataset(table if named else table.to_numpy(), codes(task)), 5)


def written(folder: Path, name: str, save: Callable[[str], Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    save(str(folder / name))
    return folder


def agrees(folder: Path, task: str, framework: str, expected: Any) -> None:
    """A loaded model says what its library does: the numbers, or the scores and the words of the data."""
    found = scored(models.load(folder, framework), rows(task), learned(task, framework))
    expected = np.asarray(expected)
    if task == "regression":
        np.testing.assert_allclose(found.said, expected.ravel(), rtol=1e-4, atol=1e-6)
        return
    assert found.scores is not None
    if task == "binary":
        np.testing.assert_allclose(found.scores, expected, rtol=1e-4, atol=1e-6)
        assert found.said.tolist() == np.where(expected > 0.5, "approved", "rejected").tolist()
        assert roc_auc_score(rows(task)["label"] == "approved", found.scores) > 0.9
        return
    assert found.classes == tuple(KINDS[task])
    np.testing.assert_allclose(found.scores, expected, rtol=1e-4, atol=1e-6)
    assert found.said.tolist() == [KINDS[task][place] for place in expected.argmax(axis=1)]


@pytest.mark.parametrize(
    ("ending", "task", "named"),
    [(".ubj", "binary", True), (".ubj", "multi", False), (".json", "regression", True), (".bst", "binary", False)],
)
def test_a_booster_of_xgboost_says_what_xgboost_does(tmp_path: Path, ending: str, task: str, named: bool) -> None:
    booster = xgb(task, named=named)
    folder = written(tmp_path / "model", f"model{ending}", booster.save_model)
    table = rows(task)[FEATURES]
    agrees(folder, task, "xgboost", booster.predict(xgboost.DMatrix(table if named else table.to_numpy())))


@pytest.mark.parametrize(
    ("ending", "task", "named"),
    [(".bst", "binary", True), (".txt", "multi", False), (".txt", "regression", True), (".bst", "binary", False)],
)
def test_a_booster_of_lightgbm_says_what_lightgbm_does(tmp_path: Path, ending: str, task: str, named: bool) -> None:
    booster = lgb(task, named=named)
    folder = written(tmp_path / "model", f"model{ending}", booster.save_model)
    agrees(folder, task, "lightgbm", booster.predict(rows(task)[FEATURES]))


@pytest.mark.parametrize("task", ["binary", "multi"])
def test_boosters_that_mlflow_saved(tmp_path: Path, task: str) -> None:
    table = rows(task)[FEATURES]
    first, second = xgb(task), lgb(task)
    mlflow.xgboost.save_model(first, str(tmp_path / "xgboost"), **SAVED)
    agrees(tmp_path / "xgboost", task, "xgboost", first.predict(xgboost.DMatrix(table)))
    mlflow.lightgbm.save_model(second, str(tmp_path / "lightgbm"), **SAVED)
    agrees(tmp_path / "lightgbm", task, "lightgbm", second.predict(table))


@pytest.mark.parametrize("named", [True, False], ids=["named", "nameless"])
def test_estimators_of_both_that_mlflow_saved(tmp_path: Path, named: bool) -> None:
    table: Any = rows("multi")[FEATURES] if named else rows("multi")[FEATURES].to_numpy()
    first = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(table, codes("multi"))
    second = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbosity=-1).fit(table, rows("multi")["label"])
    mlflow.xgboost.save_model(first, str(tmp_path / "xgboost"), **SAVED)
    agrees(tmp_path / "xgboost", "multi", "xgboost", first.predict_proba(table))
    mlflow.lightgbm.save_model(second, str(tmp_path / "lightgbm"), **SAVED)
    agrees(
        tmp_path / "lightgbm", "multi", "lightgbm", second.predict_proba(rows("multi")[FEATURES] if named else table)
    )


@pytest.mark.parametrize("task", ["binary", "multi"])
@pytest.mark.parametrize("labels", ["words", "codes"])
@pytest.mark.parametrize("form", ["plain", "zipmap", "columns", "mlflow"])
def test_a_network_that_classifies_says_what_it_was_made_of(tmp_path: Path, form: str, labels: str, task: str) -> None:
    import onnx

    model = LogisticRegression(solver="newton-cg").fit(
        rows(task)[FEATURES].to_numpy(), rows(task)["label"] if labels == "words" else codes(task)
    )
    path = tmp_path / "model/model.onnx"
    networks.classifier(path, model, columns=FEATURES if form == "columns" else (), zipmap=form == "zipmap")
    folder = path.parent
    if form == "mlflow":
        folder = tmp_path / "saved"
        mlflow.onnx.save_model(onnx.load(str(path)), str(folder), **SAVED)
    expected = model.predict_proba(rows(task)[FEATURES].to_numpy())
    if task == "binary":
        expected = expected[:, 0 if labels == "words" else 1]
    agrees(folder, task, "onnx", expected)


@pytest.mark.parametrize("columns", [(), FEATURES], ids=["one-input", "columns"])
@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.DOUBLE], ids=["float", "double"])
def test_a_network_that_gives_numbers(tmp_path: Path, columns: list[str], kind: int) -> None:
    model = LinearRegression().fit(rows("regression")[FEATURES].to_numpy(), rows("regression")["label"])
    networks.regressor(tmp_path / "1/model.onnx", model, columns=columns, kind=kind)
    agrees(tmp_path, "regression", "onnx", model.predict(rows("regression")[FEATURES].to_numpy()))


def test_the_inputs_of_a_network_are_columns_by_name_and_not_by_place(tmp_path: Path) -> None:
    table = rows("regression")[FEATURES].to_numpy()
    model = LinearRegression().fit(table[:, ::-1], rows("regression")["label"])
    networks.regressor(tmp_path / "model.onnx", model, columns=["width", "length"])
    agrees(tmp_path, "regression", "onnx", model.predict(table[:, ::-1]))


def test_a_class_that_is_never_predicted_has_its_place_in_the_order_of_the_values(tmp_path: Path) -> None:
    table = rows("multi")[FEATURES].to_numpy()
    model = LogisticRegression(solver="newton-cg").fit(table, rows("multi")["label"])
    model.intercept_ += [0, 0, -50]
    networks.classifier(tmp_path / "model.onnx", model)
    agrees(tmp_path, "multi", "onnx", model.predict_proba(table))


def test_labels_that_do_not_tell_whose_the_scores_are_are_refused(tmp_path: Path) -> None:
    model = LogisticRegression(solver="newton-cg").fit(rows("multi")[FEATURES].to_numpy(), rows("multi")["label"])
    model.intercept_ += [0, 0, -50]
    model.classes_ = np.array(["birch", "fir", "zelkova"], dtype=object)
    networks.classifier(tmp_path / "model.onnx", model)
    with pytest.raises(StepFailure, match="gives 3 scores for each row and does not say of which classes"):
        scored(models.load(tmp_path), rows("multi"), learned("multi", "onnx"))


def test_names_with_blanks_are_found_although_lightgbm_writes_underscores(tmp_path: Path) -> None:
    table = rows("binary")[FEATURES].rename(columns={"length": "the length"})
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(table, codes("binary")), 2)
    model = models.load(written(tmp_path, "model.txt", booster.save_model), "lightgbm")
    names = features_of(model, learned("binary", "lightgbm"), ["width", "the length"])
    assert names == ["the length", "width"]
    np.testing.assert_allclose(ask(model, table, names).values, booster.predict(table))


def test_columns_that_the_data_lacks_are_named(tmp_path: Path) -> None:
    written(tmp_path / "a", "model.ubj", xgb("binary").save_model)
    written(tmp_path / "b", "model.txt", lgb("binary").save_model)
    mlflow.xgboost.save_model(
        xgboost.XGBRegressor(n_estimators=1).fit(rows("regression")[FEATURES], codes("regression")),
        str(tmp_path / "c"),
        **SAVED,
    )
    for name, framework in (("a", "xgboost"), ("b", "lightgbm"), ("c", "mlflow")):
        with pytest.raises(BadData, match="the model reads `length`, and the data has no such column"):
            scored(
                models.load(tmp_path / name, framework),
                rows("binary").drop(columns="length"),
                learned("binary", framework),
            )


def test_another_number_of_columns_is_one_sentence(tmp_path: Path) -> None:
    written(tmp_path / "a", "model.ubj", xgb("regression", named=False).save_model)
    written(tmp_path / "b", "model.txt", lgb("regression", named=False).save_model)
    model = LinearRegression().fit(rows("regression")[FEATURES].to_numpy(), codes("regression"))
    networks.regressor(tmp_path / "c/model.onnx", model)
    frame = rows("regression").assign(height=1.0)
    for name, framework in (("a", "xgboost"), ("b", "lightgbm"), ("c", "onnx")):
        with pytest.raises(StepFailure, match="the model can't score these rows: ") as raised:
            ask(models.load(tmp_path / name, framework), frame, [*FEATURES, "height"])
        assert "\n" not in raised.value.message


@pytest.mark.parametrize(
    ("name", "framework"),
    [
        ("model.onnx", "onnx"),
        ("model.bst", "xgboost"),
        ("model.json", "xgboost"),
        ("model.txt", "lightgbm"),
        ("model.bst", "lightgbm"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, name: str, framework: str) -> None:
    (tmp_path / name).write_bytes(b"this is no model")
    with pytest.raises(StepFailure, match=rf"can't be loaded from {name}: ") as raised:
        models.load(tmp_path, framework)
    assert "\n" not in raised.value.message


def test_what_training_writes_beside_a_booster_is_no_booster(tmp_path: Path) -> None:
    booster = xgb("regression")
    for name in ("metrics.json", "requirements.txt"):
        (tmp_path / name).write_text("{}")
    written(tmp_path, "model.json", booster.save_model)
    agrees(tmp_path, "regression", "xgboost", booster.predict(xgboost.DMatrix(rows("regression")[FEATURES])))


def test_two_models_in_a_folder_are_named(tmp_path: Path) -> None:
    for name in ("a.ubj", "b.json"):
        written(tmp_path / "x", name, xgb("regression").save_model)
    model = LinearRegression().fit(rows("regression")[FEATURES].to_numpy(), codes("regression"))
    for version in ("1", "2"):
        networks.regressor(tmp_path / "n" / version / "model.onnx", model)
    with pytest.raises(StepFailure, match=r"has 2 boosters: a\.ubj, b\.json"):
        models.load(tmp_path / "x", "xgboost")
    with pytest.raises(StepFailure, match=r"has 2 networks: 1/model\.onnx, 2/model\.onnx"):
        models.load(tmp_path / "n", "onnx")


def test_margins_are_no_labels(tmp_path: Path) -> None:
    told = {"objective": "binary:logitraw", "max_depth": 2, "nthread": 1}
    booster = xgboost.train(told, xgboost.DMatrix(rows("binary")[FEATURES], codes("binary")), 3)
    model = models.load(written(tmp_path, "model.ubj", booster.save_model), "xgboost")
    with pytest.raises(StepFailure, match="which are neither labels nor probabilities"):
        scored(model, rows("binary"), learned("binary", "xgboost"))
