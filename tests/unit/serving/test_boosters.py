"""Boosters in KServe's server answer as their libraries do, in both protocols."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from fairlead.catalogue.runtimes import runtime
from fairlead.project.lock import Signature
from fairlead.serving.failures import Unloadable
from fairlead.serving.server import plain_arguments

with warnings.catch_warnings(), plain_arguments():
    warnings.simplefilter("ignore")  # of what KServe imports, and not of what it does
    from kserve import InferInput, InferRequest
    from kserve.errors import InferenceError

    from fairlead.serving.models import loaded

ROWS = np.random.default_rng(2).normal(size=(60, 3))
CLASSES = np.digitize(ROWS[:, 0], [-0.5, 0.5])
NUMBERS = ROWS @ [1.0, -2.0, 0.5]
NAMES = ["a", "b", "c"]
TENSOR = InferInput("x", [60, 3], "FP64", ROWS.ravel().tolist())


def ask(name: str, folder: Path, payload: Any) -> Any:
    model = loaded("churn", runtime(name, "0.20"), folder, probability=False, signature=Signature())
    answer, _ = asyncio.run(model(payload, headers={}))
    return answer


def trained(name: str, task: str, folder: Path, table: Any = ROWS) -> Any:
    """A booster that was written as its server expects it, and what it says of the rows."""
    labels: Any = {"multi": CLASSES, "binary": (CLASSES > 1).astype(int), "regression": NUMBERS}[task]
    more = {"num_class": 3} if task == "multi" else {}
    if name == "xgboost":
        told = {"multi": "multi:softprob", "binary": "binary:logistic", "regression": "reg:squarederror"}[task]
        booster: Any = xgboost.train({"objective": told, "nthread": 1, **more}, xgboost.DMatrix(table, labels), 3)
        booster.save_model(str(folder / "model.ubj"))
        return booster.predict(xgboost.DMatrix(table))
    told = {"multi": "multiclass", "binary": "binary", "regression": "l2"}[task]
    data = lightgbm.Dataset(table, labels)
    booster = lightgbm.train({"objective": told, "verbosity": -1, "num_threads": 1, **more}, data, 3)
    booster.save_model(str(folder / "model.bst"))
    return booster.predict(table)


@pytest.mark.parametrize("task", ["multi", "binary"])
@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_both_protocols_say_what_the_library_does(tmp_path: Path, name: str, task: str) -> None:
    expected = trained(name, task, tmp_path)
    old = ask(name, tmp_path, {"instances": ROWS.tolist()})
    np.testing.assert_allclose(old["predictions"], expected, rtol=1e-6)
    (new,) = ask(name, tmp_path, InferRequest("churn", [TENSOR])).outputs
    assert new.shape == list(expected.shape)
    np.testing.assert_allclose(new.as_numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_columns_with_names_are_a_table(tmp_path: Path, name: str) -> None:
    expected = trained(name, "regression", tmp_path, pd.DataFrame(ROWS, columns=NAMES))
    old = ask(name, tmp_path, {"instances": [{each: ROWS[:, place].tolist() for place, each in enumerate(NAMES)}]})
    np.testing.assert_allclose(old["predictions"], expected, rtol=1e-6)
    tensors = [InferInput(each, [60], "FP64", ROWS[:, place].tolist()) for place, each in enumerate(NAMES)]
    (new,) = ask(name, tmp_path, InferRequest("churn", tensors, parameters={"content_type": "pd"})).outputs
    np.testing.assert_allclose(new.as_numpy(), expected, rtol=1e-6)


def test_xgboost_with_names_refuses_rows_without_as_it_does_in_its_image(tmp_path: Path) -> None:
    trained("xgboost", "regression", tmp_path, pd.DataFrame(ROWS, columns=NAMES))
    with pytest.raises(InferenceError, match="did not have the following fields: a, b, c"):
        ask("xgboost", tmp_path, InferRequest("churn", [TENSOR]))


@pytest.mark.parametrize("name", ["xgboost", "lightgbm"])
def test_another_number_of_columns_is_the_servers_error(tmp_path: Path, name: str) -> None:
    trained(name, "regression", tmp_path)
    with pytest.raises(InferenceError, match=r"[Ff]eature"):
        ask(name, tmp_path, {"instances": [[1.0] * 4]})


@pytest.mark.parametrize(("name", "file"), [("xgboost", "model.ubj"), ("lightgbm", "model.bst")])
def test_a_broken_booster_is_said_on_one_line(tmp_path: Path, name: str, file: str) -> None:
    (tmp_path / file).write_bytes(b"this is no model")
    with pytest.raises(Unloadable) as raised:
        ask(name, tmp_path, {"instances": []})
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400
