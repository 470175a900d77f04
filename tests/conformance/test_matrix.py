"""The matrix reaches what it says it reaches; the judges in the other modules read its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from fairlead.project.model import Gateway, Platform
from tests.conformance.matrix import CELLS, compiled, resources, settings


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The section `platform` of every cell."""
    found: list[dict[str, Any]] = []
    for cell in CELLS.values():
        folder = tmp_path_factory.mktemp("cell") / "project"
        cell.write(folder)
        found.append(settings(folder))
    return found


@pytest.mark.parametrize("name", ["argo_workflows", "kserve"])
def test_every_version_of_a_platform_is_in_some_cell(name: str, platforms: list[dict[str, Any]]) -> None:
    field = Platform.model_fields[name]
    versions = {word for choice in get_args(field.annotation) for word in get_args(choice)}
    assert len(versions) == 2
    assert {platform[field.alias or name] for platform in platforms} == versions


def test_every_gateway_that_can_expose_a_server_is_in_some_cell(platforms: list[dict[str, Any]]) -> None:
    kinds = {platform["gateway"]["kind"] for platform in platforms}
    assert kinds == set(get_args(Gateway.model_fields["kind"].annotation)) - {"none"}


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_compiles_to_what_its_state_allows(name: str, cell: Callable[[str], Path]) -> None:
    counted = Counter(str(manifest["kind"]) for _, manifest in resources(cell(name)))
    assert {"WorkflowTemplate", "ServiceAccount", "PrometheusRule"} <= counted.keys()
    # What is not trained here is served in staging by its tag; production waits for a digest of everything.
    served = {"nothing locked yet": 1, "production before its first version": 5}.get(name, 10)
    assert counted["InferenceService"] == served


def test_a_cell_that_changes_nothing_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conformance.matrix import Cell

    monkeypatch.setitem(CELLS, "wrong", Cell((("fairlead.yaml", "no such text", ""),)))
    with pytest.raises(AssertionError, match="changes nothing"):
        compiled("wrong", tmp_path / "project")
