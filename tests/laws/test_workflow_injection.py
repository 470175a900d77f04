"""Nothing that a project says becomes code on GitHub: what is evaluated in a workflow is what this target wrote.

Text reaches a workflow in many ways: options, paths, branches, addresses. Wherever an expression is put, either nothing
is written, or GitHub evaluates exactly what it evaluates for a harmless project.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from ruamel.yaml import YAML

from fairlead.output.yaml import dump
from fairlead.source.diagnostics import has_errors
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import chosen_targets
from tests.workflows import files, of_repository

Tree = dict[str, Any]
Way = tuple[str | int, ...]

PROJECT: Tree = {
    "apiVersion": "fairlead.dev/v1",
    "kind": "Project",
    "metadata": {"name": "acme-ml"},
    "output": "rendered",
    "targets": {
        "github-actions": {
            "workflows": ["validate", "preview", "check", "build", "candidates", "apply"],
            "runs_on": "ubuntu-24.04",
            "python": "3.13",
            "requirements": ["requirements/fairlead.txt"],
            "environment": "fairlead",
            "app": {"client_id": "BOT_ID", "private_key": "BOT_KEY"},
            "candidates": {"role": "arn:aws:iam::123456789012:role/reader", "schedule": "*/15 * * * *"},
            "clusters": {
                "staging": {
                    "server": "https://staging.acme.example",
                    "audience": "kubernetes",
                    "certificate_authority": "clusters/staging.crt",
                }
            },
        }
    },
    "platform": {"argo-workflows": "4.1", "runner": "ghcr.io/acme/fairlead-runner"},
    "environments": {"staging": {"namespace": "ml-staging", "trains": True}},
    "artifacts": {"uri": "s3://acme/ml", "region": "eu-central-1", "endpoint": "https://minio.acme.example"},
    "mlflow": {"tracking_uri": "http://mlflow.ml.svc:5000"},
    "git": {"repository": "acme/ml-platform", "branch": "main"},
}
SPEC: Tree = {
    "apiVersion": "fairlead.dev/v1",
    "kind": "Pipeline",
    "metadata": {"name": "churn", "owner": "growth-ml", "description": "Who leaves.", "labels": {"domain": "crm"}},
    "data": {"sources": {"customers": {"uri": "s3://acme-ml/customers.parquet"}}},
    "model": {
        "code": {"path": "models/churn", "image": "ghcr.io/acme/churn"},
        "train": {"command": ["python", "-m", "churn.train"], "env": {"A": "1"}, "approval": ["growth-leads"]},
    },
}


def ways(tree: Any, way: Way = ()) -> list[Way]:
    """The way to every text in a tree."""
    if isinstance(tree, str):
        return [way]
    pairs: Any = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [found for key, value in pairs for found in ways(value, (*way, key))]


def changed(tree: Any, way: Way, text: str) -> Any:
    if not way:
        return text
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[way[0]] = changed(tree[way[0]], way[1:], text)
    return copy


def written(project: Tree, spec: Tree) -> dict[str, str] | None:
    """The files of a project; None where something is an error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "specs").mkdir()
        (folder / "fairlead.yaml").write_text(dump(project), encoding="utf-8")
        (folder / "specs/churn.yaml").write_text(dump(spec), encoding="utf-8")
        workspace = load(folder)
        if workspace.project is None or has_errors(list(plans(workspace).diagnostics)):
            return None
        if has_errors(chosen_targets(workspace.project, workspace.project_root)[1]):
            return None
        made = of_repository(workspace)
        return None if has_errors(list(made.diagnostics)) else files(made)


def evaluated(texts: dict[str, str]) -> dict[str, list[str]]:
    """Every expression of every workflow, in order, without the names of variables and secrets, which are options."""
    return {
        path: [re.sub(r"(vars|secrets)\.[A-Z_][A-Z0-9_]*", r"\1.", found) for found in re.findall(r"\$\{\{.*", text)]
        for path, text in texts.items()
        if path.startswith(".github/")
    }


HARMLESS = written(PROJECT, SPEC)
assert HARMLESS is not None
EXPECTED = evaluated(HARMLESS)
PLACES = [("project", way) for way in ways(PROJECT)] + [("spec", way) for way in ways(SPEC)]
ATTACK = st.sampled_from(
    ["${{ secrets.KEY }}", "a-${{github.token}}", "${{", "x${{ github.event.head_commit.message }}y", "}}${{ 1 }}"]
)
NOISE = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


def hold(place: tuple[str, Way], text: str) -> None:
    which, way = place
    project = changed(PROJECT, way, text) if which == "project" else PROJECT
    spec = changed(SPEC, way, text) if which == "spec" else SPEC
    texts = written(project, spec)
    if texts is not None:
        assert evaluated(texts) == EXPECTED
        for path, content in texts.items():
            if path.endswith(".yml"):
                YAML(typ="safe", pure=True).load(content)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_an_expression_anywhere_is_refused_or_means_nothing(place: tuple[str, Way]) -> None:
    for text in ("${{ secrets.KEY }}", "models/${{ github.token }}", "a${{ 1 }}"):
        hold(place, text)


@given(st.sampled_from(PLACES), st.tuples(NOISE, ATTACK, NOISE).map("".join))
def test_an_expression_in_any_text_is_refused_or_means_nothing(place: tuple[str, Way], text: str) -> None:
    hold(place, text)


def test_what_is_evaluated_is_seen() -> None:
    assert HARMLESS is not None
    some = next(path for path in HARMLESS if path.startswith(".github/"))
    assert evaluated({**HARMLESS, some: HARMLESS[some] + "# ${{ secrets.KEY }}\n"}) != EXPECTED
    assert sum(len(found) for found in EXPECTED.values()) > 40
