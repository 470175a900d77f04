"""What the platform lacks is an error at the line that asks for it, and nothing is emitted in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.argo_workflows.trained import PLATFORM, churn, compiled, names, project

ALERTED = "retraining: {on: [new-data, drift]}"
NODES = "command: [train], distributed: {nodes: 4}"


def without(*words: str) -> str:
    """A project whose platform lacks these."""
    return project("\n".join(line for line in PLATFORM.splitlines() if not line.strip().startswith(words)))


CASES = {
    "no workflows": (churn(), without("argo-workflows"), "FL4101"),
    "no store": (
        churn(),
        project().replace("artifacts: {uri: s3://acme-ml-artifacts/ml, region: eu-central-1}\n", ""),
        "FL4102",
    ),
    "a store for reading": (churn(), project(artifacts="{uri: https://files.acme.example/a}"), "FL4102"),
    "no mlflow": (churn(), project().replace("mlflow: {tracking_uri: http://mlflow.ml.svc:5000}\n", ""), "FL4103"),
    "no events": (churn(more=ALERTED), without("argo-events"), "FL4104"),
    "no queue": (churn(more="hardware: {train: gpu}"), without("kueue"), "FL4105"),
    "no trainer": (churn(NODES), without("kubeflow-trainer"), "FL4106"),
    "mpi": (churn(NODES.replace("nodes: 4", "nodes: 4, framework: mpi")), project(), "FL4107"),
}


@pytest.mark.parametrize(("spec", "fairlead", "code"), CASES.values(), ids=CASES)
def test_what_is_missing_is_said_and_nothing_is_compiled(tmp_path: Path, spec: str, fairlead: str, code: str) -> None:
    made = compiled(tmp_path, spec, fairlead)
    assert [found.code.id for found in made.diagnostics] == [code]
    assert names(made) == []
    assert made.diagnostics[0].help


def test_the_place_is_the_word_that_asks_for_it(tmp_path: Path) -> None:
    spec = churn(more=ALERTED)
    (found,) = compiled(tmp_path, spec, without("argo-events")).diagnostics
    line = spec.splitlines()[found.place.line - 1]
    assert line[found.place.column - 1 :].startswith("drift")
    assert found.related[0].place.file == "fairlead.yaml"


@pytest.mark.parametrize(
    ("spec", "fairlead"),
    [
        (churn(more="retraining: {on: [new-data]}"), without("argo-events")),
        (churn(), without("kueue")),
        (churn(), without("kubeflow-trainer")),
        (churn(more=ALERTED), project()),
    ],
    ids=["new data needs no events", "no queue, no kueue", "one node, no trainer", "all is there"],
)
def test_what_is_not_asked_for_is_not_missed(tmp_path: Path, spec: str, fairlead: str) -> None:
    assert list(compiled(tmp_path, spec, fairlead).diagnostics) == []
