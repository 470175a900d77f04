"""The canonical order of keys comes from the models."""

from __future__ import annotations

import pytest

from fairlead.project.model import Project
from fairlead.source.nodes import Path
from fairlead.spec.order import keys_in_order
from fairlead.spec.pipeline import Pipeline

EXPECTED: dict[Path, tuple[str, ...]] = {
    (): ("apiVersion", "kind", "metadata", "data"),
    ("data", "sources", "customers"): ("uri", "local", "format"),
    ("data", "prepare", "join", "outputs", "table"): ("like", "add", "drop"),
    ("hardware", "train"): ("cpu", "memory", "disk"),
    ("hardware", "train", "tolerations", 0): ("key", "value", "effect"),
    ("serving", "graph", "of", 1): ("pipeline", "when", "weight"),
    ("patches", 0): ("why", "target", "merge", "json"),
    ("model", "tune", "over", "depth"): ("between", "scale", "steps"),
}


@pytest.mark.parametrize("path", EXPECTED)
def test_the_keys_of_a_section(path: Path) -> None:
    expected = EXPECTED[path]
    assert keys_in_order(Pipeline, path)[: len(expected)] == expected


@pytest.mark.parametrize("path", [("data", "sources"), ("model", "train", "env"), ("serving", "zones"), ("no", "such")])
def test_names_of_the_writers_own_have_no_order(path: Path) -> None:
    assert keys_in_order(Pipeline, path) == ()


def test_keys_go_by_the_names_that_a_file_uses() -> None:
    assert "argo-workflows" in keys_in_order(Project, ("platform",))
