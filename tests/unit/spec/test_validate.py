"""Every mistake in a specification is said at its place, with what to do."""

from __future__ import annotations

import pytest

from fairlead.source.diagnostics import Diagnostic
from fairlead.source.reader import read
from fairlead.spec.pipeline import Pipeline
from fairlead.spec.validate import validated

HEAD = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
"""


def findings(body: str) -> list[Diagnostic]:
    root = read("a.yaml", (HEAD + body).encode()).root
    assert root is not None
    return validated(Pipeline, root)[1]


@pytest.mark.parametrize(
    ("body", "code", "column", "message"),
    [
        ("suspended: true", "FL1101", 1, "the top level has no key `suspended`"),
        ("retraining: {scedule: x}", "FL1101", 14, "`retraining` has no key `scedule`"),
        (
            "serving: {batch: {schedule: '0 1 * * *', output: s3://acme/b/}}",
            "FL1102",
            11,
            "`serving.batch` needs the key",
        ),
        ("suspend: 1", "FL1103", 10, "`suspend` takes true or false, and this is the number 1"),
        ("suspend: []", "FL1103", 10, "`suspend` takes true or false, and this is a list"),
        ("model: {train: {command: python}}", "FL1103", 26, "takes a list, and this is the text `python`"),
        ("model: {train: {command: [python], retries: '2'}}", "FL1103", 45, "takes a whole number"),
        ("model: {train: {command: [python], retries: 2.5}}", "FL1103", 45, "takes a whole number"),
        ("model: {task: regresion}", "FL1104", 15, "`regresion` is not one of the choices"),
        ("model: {train: {command: [python], retries: 11}}", "FL1105", 45, "is 11, and must be at most 10"),
        ("model: {train: {command: []}}", "FL1105", 26, "at least 1 item long"),
        ("model: {train: {command: [x], parameters: {a: {b: 1}}}}", "FL1105", 47, "a scalar or a flat list"),
        ("serving:", "FL1107", 1, "`serving` has no value"),
        ("hardware: {train: {cpu: x}}", "FL1211", 25, ""),
        ("hardware: {train: Not_A_Name}", "FL1260", 19, ""),
        ("serving: {access: {callers: [a/b, nope]}}", "FL1264", 35, ""),
        ("metrics: 1", "FL1101", 1, "the top level has no key `metrics`"),
    ],
)
def test_a_mistake_is_said_at_its_place(body: str, code: str, column: int, message: str) -> None:
    (found,) = findings(body)
    assert (found.place.line, found.place.column, found.code.id) == (4, column, code) or code in ("FL1211", "FL1264")
    assert message in found.message
    assert (found.place.line, found.place.column) == (4, column)
    assert found.help


def test_the_nearest_key_and_word_are_offered() -> None:
    assert findings("retraining: {scedule: '0 1 * * *'}")[0].nearest == "schedule"
    assert findings("model: {task: regresion}")[0].nearest == "regression"


def test_everything_is_said_in_one_run() -> None:
    body = "suspend: 1\nmodel: {task: x, framework: y, train: {comand: [a]}}\nserving:\n"
    assert [found.code.id for found in findings(body)] == ["FL1107", "FL1104", "FL1104", "FL1102", "FL1101", "FL1103"]


def test_a_list_whose_only_item_is_wrong_is_not_called_too_short() -> None:
    (found,) = findings("model: {evaluate: {metrics: [1]}}")
    assert found.code.id == "FL1103"


def test_null_is_a_value_of_a_parameter_and_of_nothing_else() -> None:
    assert findings("model: {train: {command: [a], parameters: {depth: null, widths: [1, null]}}}") == []
    assert [found.code.id for found in findings("model: {train: {command: [a], env: {A: null}}}")] == ["FL1107"]


def test_a_file_that_is_no_mapping_is_refused() -> None:
    root = read("a.yaml", b"- 1\n").root
    assert root is not None
    (found,) = validated(Pipeline, root)[1]
    assert found.code.id == "FL1106"


def test_an_expression_is_marked_inside_its_text() -> None:
    (found,) = findings("model: {evaluate: {gates: [roc_auc => 0.9]}}")
    assert (found.place.column, found.place.end_column) == (36, 38)
    (found,) = findings('model: {evaluate: {gates: ["roc_auc => 0.9"]}}')
    assert (found.place.column, found.place.end_column) == (37, 39)
