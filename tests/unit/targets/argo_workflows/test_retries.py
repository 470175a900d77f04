"""What is tried again: the infrastructure's failures, and never the user's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairlead_targets.argo_workflows.retries import EXPRESSION
from tests.unit.targets.argo_workflows.trained import churn, compiled, template, workflow


def retried(status: str, code: str, message: str) -> bool:
    """The expression, as expr-lang evaluates it: each of its operators has a counterpart in Python."""
    text = EXPRESSION.replace("lastRetry.", "last_").replace("||", " or ").replace("&&", " and ").replace("!(", "not (")
    text = re.sub(r"(\w+) contains ('[^']*')", r"(\2 in \1)", text)
    text = re.sub(r"(\w+) matches ('[^']*')", r"bool(search(\2, \1))", text)
    values = {"last_status": status, "last_exitCode": code, "last_message": message, "search": re.search, "bool": bool}
    return bool(eval(text, {"__builtins__": {}}, values))  # noqa: S307


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        ("Error", "-1", "pod deleted"),
        ("Error", "-1", "Pod failed before main container starts due to ImagePullBackOff: back-off"),
        ("Error", "64", "wait: Error (exit code 64): failed to put file: connection refused"),
        ("Failed", "-1", "Pod was terminated in response to imminent node shutdown."),
        ("Failed", "1", "Pod was terminated in response to imminent node shutdown."),
        ("Failed", "137", "The node was low on resource: ephemeral-storage."),
        ("Failed", "143", "main: Error (exit code 143)"),
        ("Failed", "1", "Preempted in order to admit critical pod"),
    ],
)
def test_a_failure_of_the_infrastructure_is_tried_again(status: str, code: str, message: str) -> None:
    assert retried(status, code, message)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        ("Failed", "1", "main: Error (exit code 1)"),
        ("Failed", "2", "main: Error (exit code 2)"),
        ("Failed", "10", "main: Error (exit code 10)"),
        ("Failed", "11", "main: Error (exit code 11)"),
        ("Failed", "137", "main: OOMKilled (exit code 137)"),
        ("Failed", "137", "Pod was active on the node longer than the specified deadline"),
        ("Failed", "-1", "Pod was active on the node longer than the specified deadline"),
    ],
)
def test_what_would_fail_again_is_final(status: str, code: str, message: str) -> None:
    assert not retried(status, code, message)


def test_a_step_is_tried_as_often_as_its_specification_says(tmp_path: Path) -> None:
    strategy = template(workflow(compiled(tmp_path, churn("command: [train], retries: 4"))), "train")["retryStrategy"]
    assert strategy == {
        "limit": 4,
        "retryPolicy": "Always",
        "expression": EXPRESSION,
        "backoff": {"duration": "30s", "factor": 2, "cap": "10m"},
    }


def test_a_step_without_retries_has_no_strategy(tmp_path: Path) -> None:
    train = template(workflow(compiled(tmp_path, churn("command: [train], retries: 0"))), "train")
    assert "retryStrategy" not in train
