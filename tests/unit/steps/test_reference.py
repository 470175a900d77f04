"""The statistics of training data: the same whether DuckDB or Python counts, and read as they were written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairlead.steps import reference
from fairlead.steps.engine import engine
from fairlead.steps.failures import StepFailure
from fairlead.steps.reference import Answers, Categories, Numbers, Reference
from fairlead.steps.tables import open_table


def features(path: Path, form: str, columns: dict[str, str]) -> dict[str, Numbers | Categories]:
    with engine() as duck:
        return reference.features_of(open_table(duck, path, form), columns)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_columns_of_a_table_are_counted_as_python_counts_them(tmp_path: Path, form: str) -> None:
    rows: list[dict[str, Any]] = [{"x": n % 7 / 2, "band": "ab"[n % 2], "note": "n"} for n in range(100)]
    rows += [{"x": None, "band": None, "note": "n"}] * 3
    path = tmp_path / "data"
    if form == "csv":
        cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
        path.write_text("x,band,note\n" + "".join(",".join(row) + "\n" for row in cells))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = features(path, form, {"x": "float", "band": "category", "note": "text"})
    assert found == {
        "x": reference.numbers(row["x"] for row in rows),
        "band": reference.categories(row["band"] for row in rows),
    }


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("v,n\n" + "".join(f"{row % 5},{'ab'[row % 2]}\n" for row in range(20)))
    assert features(tmp_path / "data", "csv", {"v": "float", "n": "category"}) == {
        "v": reference.numbers(row % 5 for row in range(20)),
        "n": reference.categories("ab"[row % 2] for row in range(20)),
    }
    (tmp_path / "data").write_text("a,v\n" + "".join(f"{row % 5},{row}\n" for row in range(20)))
    assert features(tmp_path / "data", "csv", {"a": "float"}) == {"a": reference.numbers(row % 5 for row in range(20))}


def test_more_values_than_a_sample_holds_are_thinned_alike(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=9000).round(6)
    (tmp_path / "data").write_text("x\n" + "".join(f"{value}\n" for value in values))
    found = features(tmp_path / "data", "csv", {"x": "float"})["x"]
    assert found == reference.numbers(float(value) for value in values)
    assert isinstance(found, Numbers)
    assert len(found.values) <= reference.SAMPLE
    assert found.values[-1] == max(values)


def whole() -> Reference:
    return Reference(
        rows=4,
        inputs=("x", "band"),
        features={
            "x": reference.numbers([1.5, 2, None, math.inf]),
            "band": reference.categories(["a", "b", "b", None]),
        },
        answers=Answers(classes=("benign", "malignant"), positive=1),
        prediction=reference.numbers([0.1, 0.9]),
    )


def test_statistics_are_read_as_they_were_written_and_found_by_their_digest() -> None:
    made = whole()
    assert reference.decode(made.encode(), made.digest) == made
    assert made.path("tumor") == f"models/tumor/reference-{made.digest[7:23]}.json"
    assert made.features["x"] == Numbers(missing=2, values=(1.5, 2.0), counts=(1, 1))


def test_other_bytes_than_the_lock_says_are_refused() -> None:
    made = whole()
    with pytest.raises(StepFailure, match="and the lock says sha256:00"):
        reference.decode(made.encode(), "sha256:00")
    for broken in (b"{", b'{"version": 2, "rows": 1}', made.encode().replace(b"[1.5, 2.0]", b"[2.5, 2.0]")):
        with pytest.raises(StepFailure, match="not in their form"):
            reference.decode(broken)


@pytest.mark.parametrize(
    ("answers", "answer", "prediction"),
    [
        (Answers(), 0.7, 0.7),
        (Answers(), 3, 3.0),
        (Answers(), "benign", "benign"),
        (Answers(), [0.7], 0.7),
        (Answers(), ["benign"], "benign"),
        (Answers(classes=("a", "b"), positive=0), [0.3, 0.7], 0.3),
        (Answers(classes=("a", "b", "c")), [0.3, 0.6, 0.1], "b"),
        (Answers(), [0.1, 0.2, 0.7], "2"),
        (Answers(classes=("0", "1"), positive=1), 1, "1"),
        (Answers(classes=("0", "1"), positive=1), 1.0, 1.0),
        (Answers(classes=("a", "b"), positive=1), 0, "a"),
        (Answers(classes=("3", "7")), 7.0, "7"),
        (Answers(classes=("false", "true"), positive=1), True, "true"),
        (Answers(classes=("a", "b")), 2, 2.0),
        (Answers(), None, None),
        (Answers(), math.nan, None),
        (Answers(), [], None),
        (Answers(), [0.1, None], None),
        (Answers(), {"a": 1}, None),
    ],
)
def test_an_answer_is_read_as_the_reference_says(answers: Answers, answer: Any, prediction: float | str | None) -> None:
    assert answers.prediction(answer) == prediction


def test_predictions_are_numbers_unless_one_is_a_label() -> None:
    assert reference.predictions([0.5, None]) == reference.numbers([0.5, None])
    assert reference.predictions(["b", "a", None]) == reference.categories(["b", "a", None])
    assert reference.predictions([]) is None
