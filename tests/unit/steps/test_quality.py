"""Live predictions are judged by what turned out to be true, joined by request or by id."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.remote.storage import uri_of
from fairlead.steps import quality
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.reference import Answers, Reference
from tests.unit.steps.logged import record, v2, written

OLD = timedelta(days=4)
CLASSES = ("benign", "malignant")


def asked(
    folder: Path,
    metrics: Sequence[str] = ("recall",),
    task: str = "binary-classification",
    answers: Answers | None = None,
    variables: dict[str, str] | None = None,
    **more: Any,
) -> dict[str, float]:
    made = Reference(rows=1, inputs=("x", "biopsy_id"), answers=answers or Answers(classes=CLASSES, positive=1))
    (folder / "reference.json").write_bytes(made.encode())
    results = folder / "results"
    names = ["rows", *(f"metric_{name}" for name in metrics)]
    environ = {
        "FAIRLEAD_PIPELINE": "tumor",
        "FAIRLEAD_CHAMPION_REFERENCE": uri_of(folder / "reference.json"),
        **{f"FAIRLEAD_RESULT_{name.upper()}": str(results / name) for name in names},
        **(variables or {}),
    }
    labels = {"uri": uri_of(folder / "labels.jsonl"), "format": "jsonl", "join": "request_id", "column": "diagnosis"}
    parameters = {
        "task": task,
        "window_seconds": 14 * 86400,
        "delay_seconds": 3 * 86400,
        "payloads": uri_of(folder / "logs"),
        "namespace": "ml",
        "metrics": list(metrics),
        "labels": {**labels, "positive": "malignant", **more.pop("labels", {})},
        **more,
    }
    quality.run(Context(environ, parameters))
    return {path.name: float(json.loads(path.read_text())) for path in results.iterdir()}


def labelled(folder: Path, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def served(folder: Path, answers: Sequence[Any], version: str | None = None, age: timedelta = OLD) -> None:
    """One request with one row for each answer; the id of a request is its position."""
    records = []
    for number, answer in enumerate(answers):
        data = answer if isinstance(answer, list) else [answer]
        request = v2({"x": [1.0], "biopsy_id": [f"b{number}"]})
        response = {"outputs": [{"name": "o", "shape": [1, len(data)], "data": data}]}
        records += [
            record("request", request, str(number), version),
            record("response", response, str(number), version),
        ]
    written(folder / "logs", records, datetime.now(UTC) - age)


@pytest.mark.parametrize(
    "form", [lambda p: [1 - p, p], lambda p: p, lambda p: CLASSES[p >= 0.5], lambda p: int(p >= 0.5)]
)
@pytest.mark.parametrize("join", ["request_id", "biopsy_id"])
def test_probabilities_labels_and_codes_are_judged_alike(tmp_path: Path, form: Any, join: str) -> None:
    rng = random.Random(1)
    scores = [rng.choice([0.1, 0.4, 0.7, 0.9]) for _ in range(100)]
    truths = [rng.random() < 0.5 for _ in scores]
    served(tmp_path, [form(score) for score in scores])
    prefix = "x-" if join == "request_id" else "b"
    labelled(tmp_path, [{join: f"{prefix}{n}", "diagnosis": CLASSES[truth]} for n, truth in enumerate(truths)])
    found = asked(tmp_path, labels={"join": join})
    hits = sum(truth and score >= 0.5 for truth, score in zip(truths, scores, strict=True))
    assert found == {"rows": 100, "metric_recall": pytest.approx(hits / sum(truths))}


def test_probabilities_give_the_metrics_that_need_them(tmp_path: Path) -> None:
    served(tmp_path, [[0.8, 0.2], [0.1, 0.9]] * 20)
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": CLASSES[n % 2]} for n in range(40)])
    found = asked(tmp_path, ("roc_auc", "brier_score"))
    assert found == {"rows": 40, "metric_roc_auc": 1, "metric_brier_score": pytest.approx((0.04 + 0.01) / 2)}
    served(tmp_path / "labels-only", ["benign", "malignant"] * 20)
    labelled(tmp_path / "labels-only", [{"request_id": f"x-{n}", "diagnosis": CLASSES[n % 2]} for n in range(40)])
    with pytest.raises(StepFailure, match="`roc_auc` needs scores or probabilities"):
        asked(tmp_path / "labels-only", ("roc_auc",))


def test_of_more_classes_the_greatest_probability_is_the_label(tmp_path: Path) -> None:
    served(tmp_path, [[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]] * 20)
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": "ba"[n % 2]} for n in range(38)])
    answers = Answers(classes=("a", "b", "c"))
    found = asked(tmp_path, ("accuracy",), "multiclass-classification", answers, labels={"positive": None})
    assert found == {"rows": 38, "metric_accuracy": 1}


def test_numbers_are_judged_as_numbers(tmp_path: Path) -> None:
    served(tmp_path, [float(n) for n in range(50)])
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": n + 2} for n in range(50)])
    assert asked(tmp_path, ("mae",), "regression", Answers()) == {"rows": 50, "metric_mae": 2}


def test_all_rows_of_a_request_are_joined_in_their_order_or_not_at_all(tmp_path: Path) -> None:
    for name, count in (("a", 40), ("b", 3)):
        body = {"outputs": [{"name": "o", "shape": [count], "data": ["malignant"] * count}]}
        written(tmp_path / "logs", [record("response", body, name)], datetime.now(UTC) - OLD)
    truths = ["malignant"] * 30 + ["benign"] * 10
    labels = [{"request_id": "x-a", "diagnosis": truth} for truth in truths]
    labelled(tmp_path, [*labels, {"request_id": "x-b", "diagnosis": "benign"}])
    assert asked(tmp_path, ("precision",)) == {"rows": 40, "metric_precision": 0.75}


def test_a_corrected_outcome_counts_as_it_was_corrected(tmp_path: Path) -> None:
    served(tmp_path, ["malignant"] * 40)
    labels = [{"request_id": f"x-{n}", "diagnosis": "benign"} for n in range(40)]
    labelled(tmp_path, [*labels, *({**label, "diagnosis": "malignant"} for label in labels)])
    assert asked(tmp_path, ("precision",))["metric_precision"] == 1


def test_what_is_too_young_too_old_or_a_canarys_is_not_judged(tmp_path: Path) -> None:
    served(tmp_path, ["malignant"] * 40, age=timedelta(days=2))
    served(tmp_path, ["malignant"] * 40, age=timedelta(days=20))
    served(tmp_path, ["malignant"] * 40, version="16")
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": "malignant"} for n in range(40)])
    assert asked(tmp_path, variables={"FAIRLEAD_CHAMPION_VERSION": "15"}) == {"rows": 0}


def test_too_few_outcomes_and_none_yet_say_nothing(tmp_path: Path) -> None:
    served(tmp_path, ["malignant"] * 40)
    assert asked(tmp_path) == {"rows": 0}
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": "malignant"} for n in range(29)])
    assert asked(tmp_path) == {"rows": 29}


def test_a_metric_that_means_nothing_on_these_rows_is_not_told(tmp_path: Path) -> None:
    served(tmp_path, ["benign"] * 40)
    labelled(tmp_path, [{"request_id": f"x-{n}", "diagnosis": "benign"} for n in range(40)])
    assert asked(tmp_path, ("recall", "accuracy")) == {"rows": 40, "metric_accuracy": 1}


def test_the_output_of_batch_scoring_is_judged_by_an_id(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    lines = "".join(f"b{n},{n}.5\n" for n in range(40))
    (tmp_path / "logs/1.csv").write_text(f"biopsy_id,prediction\n{lines}")
    (tmp_path / "labels.csv").write_text("biopsy_id,truth\n" + "".join(f"b{n},{n}\n" for n in range(35)))
    labels = {"uri": uri_of(tmp_path / "labels.csv"), "format": "csv", "join": "biopsy_id", "column": "truth"}
    found = asked(tmp_path, ("mae",), "regression", Answers(), format="csv", delay_seconds=0, labels=labels)
    assert found == {"rows": 35, "metric_mae": 0.5}
    with pytest.raises(BadData, match=r"the labels at .* have no column `outcome`"):
        asked(tmp_path, ("mae",), "regression", format="csv", labels={**labels, "column": "outcome"})
    with pytest.raises(StepFailure, match="has no column `other`"):
        asked(tmp_path, ("mae",), "regression", format="csv", labels={**labels, "join": "other"})
