"""What can't be written as workflows is an error at the line that asks for it, and nothing is emitted in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.argo_workflows.trained import churn, compiled, names, project

NODES = "command: [train], distributed: {nodes: 4, framework: FRAMEWORK}"
STORE = "artifacts: {uri: s3://acme-ml-artifacts/ml, region: eu-central-1}\n"

CASES = {
    "no store": (churn(), project().replace(STORE, ""), "FL4101"),
    "a store for reading": (churn(), project(artifacts="{uri: https://files.acme.example/a}"), "FL4101"),
    "mpi": (churn(NODES.replace("FRAMEWORK", "mpi")), project(), "FL4102"),
}


@pytest.mark.parametrize(("spec", "fairlead", "code"), CASES.values(), ids=CASES)
def test_what_is_missing_is_said_and_nothing_is_compiled(tmp_path: Path, spec: str, fairlead: str, code: str) -> None:
    made = compiled(tmp_path, spec, fairlead)
    assert [found.code.id for found in made.diagnostics] == [code]
    assert names(made) == []
    assert made.diagnostics[0].help


def test_the_place_is_the_word_that_asks_for_it(tmp_path: Path) -> None:
    spec = churn(NODES.replace("FRAMEWORK", "mpi"))
    (found,) = compiled(tmp_path, spec).diagnostics
    line = spec.splitlines()[found.place.line - 1]
    assert line[found.place.column - 1 :].startswith("mpi")


@pytest.mark.parametrize("framework", ["pytorch", "jax"])
def test_what_can_be_launched_is_no_finding(tmp_path: Path, framework: str) -> None:
    assert list(compiled(tmp_path, churn(NODES.replace("FRAMEWORK", framework))).diagnostics) == []
