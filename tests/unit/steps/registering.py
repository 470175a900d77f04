"""A model that may be registered, and everything that the step finds around it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from fairlead.remote.mlflow import Mlflow
from fairlead.steps.context import Context
from tests.unit.steps.surroundings import context_of

COLUMNS: dict[str, Any] = {
    "id": {"type": "string", "role": "id", "unique": True},
    "age": {"type": "integer"},
    "size": {"type": "float"},
    "kind": {"type": "category", "values": ["bad", "good"], "positive": "good", "role": "label"},
}
PARAMETERS: dict[str, Any] = {
    "registry": "churn",
    "output": "probability",
    "task": "binary-classification",
    "framework": "sklearn",
    "label": "kind",
    "positive": "good",
    "format": "csv",
    "columns": COLUMNS,
}
EVALUATION: dict[str, Any] = {"metrics": {"recall": 0.9}, "rows": 100, "task": "binary-classification", "on": "test"}
CLAUSE: dict[str, Any] = {
    "clause": "recall >= 0.8",
    "holds": True,
    "value": 0.9,
    "bound": 0.8,
    "rows": 100,
    "reason": "0.9 is 0.1 above 0.8, on 100 rows",
}
VERDICT: dict[str, Any] = {"passed": True, "clauses": [CLAUSE]}


def rows(count: int, seed: int) -> pd.DataFrame:
    """Rows as the columns say."""
    random = np.random.default_rng(seed)
    size = random.normal(size=count)
    return pd.DataFrame(
        {
            "id": [f"{seed}-{index}" for index in range(count)],
            "age": random.integers(18, 90, size=count),
            "size": size,
            "kind": np.where(size > 0, "good", "bad"),
        }
    )


@cache
def tree() -> Any:
    """A model of these rows."""
    frame = rows(200, 1)
    return DecisionTreeClassifier(max_depth=2, random_state=0).fit(frame[["age", "size"]], frame["kind"])


def prepared(
    folder: Path, tracking: Mlflow, verdict: Any = VERDICT, evaluation: Any = EVALUATION, **parameters: Any
) -> Context:
    """The context of `register`; what is None is not there."""
    model = folder / "model"
    model.mkdir(parents=True, exist_ok=True)
    joblib.dump(tree(), model / "model.joblib")
    (model / "requirements.txt").write_text("# pinned\nscikit-learn==1.5.2\nnumpy==2.4.6 ; python_version > '3'\nx\n")
    rows(200, 1).to_csv(folder / "train", index=False)
    rows(60, 2).to_csv(folder / "test", index=False)
    for name, content in (("verdict", verdict), ("evaluation", evaluation)):
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    inputs = {name: folder / name for name in ("model", "train", "test", "verdict", "evaluation")}
    run = tracking.open_run("churn", "run-0001")
    environ = {"MLFLOW_TRACKING_URI": tracking.uri, "MLFLOW_RUN_ID": run}
    return context_of(folder, {**PARAMETERS, **parameters}, inputs=inputs, outputs=("version",), environ=environ)
