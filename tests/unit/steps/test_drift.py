"""Drift of what was logged: told for each feature and the prediction, and only where it means something."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.remote.storage import uri_of
from fairlead.steps import drift, reference
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure
from fairlead.steps.reference import Answers, Reference
from tests.unit.steps.logged import record, v2, written

WATCHED = {
    "x": {"method": "psi", "type": "float"},
    "band": {"method": "chi2", "type": "category"},
    "prediction": {"method": "ks", "type": "prediction"},
}


def rows(count: int, seed: int, shift: float = 0.0) -> dict[str, list[Any]]:
    rng = random.Random(seed)
    return {"x": [rng.gauss(shift, 1) for _ in range(count)], "band": [rng.choice("ab") for _ in range(count)]}


def answered(values: list[float]) -> dict[str, Any]:
    data = [part for value in values for part in (1 - value, value)]
    return {"outputs": [{"name": "predict", "shape": [len(values), 2], "datatype": "FP64", "data": data}]}


@pytest.fixture
def known(tmp_path: Path) -> Mapping[str, str]:
    """The variables of a step whose served version learned from 2000 rows."""
    learned, rng = rows(2000, 1), random.Random(2)
    made = Reference(
        rows=2000,
        inputs=("x", "band"),
        features={"x": reference.numbers(learned["x"]), "band": reference.categories(learned["band"])},
        answers=Answers(classes=("benign", "malignant"), positive=1),
        prediction=reference.numbers(rng.random() for _ in range(2000)),
    )
    path = tmp_path / "artifacts/reference.json"
    path.parent.mkdir()
    path.write_bytes(made.encode())
    return {
        "FAIRLEAD_PIPELINE": "tumor",
        "FAIRLEAD_CHAMPION_REFERENCE": uri_of(path),
        "FAIRLEAD_CHAMPION_REFERENCE_DIGEST": made.digest,
        "FAIRLEAD_CHAMPION_VERSION": "15",
    }


def measured(folder: Path, known: Mapping[str, str], **more: Any) -> dict[str, float]:
    results = folder / "results"
    variables = {
        f"FAIRLEAD_RESULT_{name}": str(results / name) for name in ("ROWS", "SCORE_X", "SCORE_BAND", "SCORE_PREDICTION")
    }
    parameters = {
        "window_seconds": 86400,
        "payloads": uri_of(folder / "logs"),
        "namespace": "ml",
        "features": WATCHED,
        **more,
    }
    drift.run(Context({**known, **variables}, parameters))
    return {path.name.lower(): float(json.loads(path.read_text())) for path in results.iterdir()}


def test_requests_like_the_training_data_have_not_drifted(tmp_path: Path, known: Mapping[str, str]) -> None:
    rng = random.Random(5)
    for seed in range(10):
        asked = record("request", v2(rows(50, seed + 10)), str(seed), "15")
        said = record("response", answered([rng.random() for _ in range(50)]), str(seed), "15")
        written(tmp_path / "logs", [asked, said])
    scores = measured(tmp_path, known)
    assert scores["rows"] == 500
    assert scores["score_x"] < 0.1
    assert scores["score_band"] < 0.95
    assert scores["score_prediction"] < 0.1


def test_requests_from_elsewhere_have(tmp_path: Path, known: Mapping[str, str]) -> None:
    other = rows(300, 3, shift=2)
    other["band"] = ["a"] * 300
    written(tmp_path / "logs", [record("request", v2(other)), record("response", answered([0.9] * 300), version="15")])
    scores = measured(tmp_path, known)
    assert scores["score_x"] > 0.25
    assert scores["score_band"] > 0.999
    assert scores["score_prediction"] > 0.5


def test_a_feature_that_is_no_longer_sent_is_missing_and_has_drifted(tmp_path: Path, known: Mapping[str, str]) -> None:
    written(tmp_path / "logs", [record("request", v2({"x": rows(200, 4)["x"]}))])
    scores = measured(tmp_path, known)
    assert scores["score_x"] < 0.25
    assert scores["score_band"] > 0.999


def test_too_few_rows_are_counted_and_say_nothing(
    tmp_path: Path, known: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "logs", [record("request", v2(rows(drift.LEAST - 1, 4)))])
    assert measured(tmp_path, known) == {"rows": 99}
    assert "x: no psi, because there are 99 values, and 100 are needed" in capsys.readouterr().out


def test_what_others_were_asked_before_or_elsewhere_does_not_count(tmp_path: Path, known: Mapping[str, str]) -> None:
    asked = record("request", v2(rows(200, 4)))
    written(tmp_path / "logs", [asked], datetime.now(UTC) - timedelta(days=2))
    written(tmp_path / "logs/other", [asked])
    assert measured(tmp_path, known) == {"rows": 0}


def test_what_a_canary_answers_is_not_the_served_versions(tmp_path: Path, known: Mapping[str, str]) -> None:
    rng = random.Random(5)
    usual = record("response", answered([rng.random() for _ in range(300)]), version="15")
    canary = record("response", answered([0.99] * 300), version="16")
    written(tmp_path / "logs", [usual, canary])
    scores = measured(tmp_path, known)
    assert scores["rows"] == 300
    assert scores["score_prediction"] < 0.1


def test_the_output_of_batch_scoring_is_a_window_too(tmp_path: Path, known: Mapping[str, str]) -> None:
    usual, rng = rows(300, 8), random.Random(9)
    lines = [f"{x},{band},{rng.random()}" for x, band in zip(usual["x"], usual["band"], strict=True)]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/1.csv").write_text("\n".join(["x,band,prediction", *lines]) + "\n")
    (tmp_path / "logs/notes.txt").write_text("none")
    scores = measured(tmp_path, known, format="csv")
    assert scores["rows"] == 300
    assert scores["score_x"] < 0.2
    assert scores["score_prediction"] < 0.15
    assert "score_band" in scores


def test_a_version_without_statistics_or_with_others_is_one_clear_error(
    tmp_path: Path, known: Mapping[str, str]
) -> None:
    with pytest.raises(StepFailure, match="has no reference statistics"):
        measured(tmp_path, {"FAIRLEAD_PIPELINE": "tumor"})
    with pytest.raises(StepFailure, match="and the lock says sha256:0"):
        measured(tmp_path, {**known, "FAIRLEAD_CHAMPION_REFERENCE_DIGEST": "sha256:0"})
