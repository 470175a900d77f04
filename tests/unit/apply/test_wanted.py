"""What is applied of this repository's own output: all of an environment, and nothing of the project as a whole."""

from __future__ import annotations

import json
from pathlib import Path

from fairlead.apply.wanted import wanted_in
from fairlead.resources.resource import SHARED
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load

RENDERED = "rendered"


def listed(folder: Path) -> set[tuple[str, str]]:
    """The kinds and names of the resources that inventories below a folder list."""
    return {
        (file["resource"]["kind"], file["resource"]["name"])
        for inventory in folder.rglob("inventory.json")
        for file in json.loads(inventory.read_bytes())["files"]
        if file["resource"] is not None
    }


def test_all_that_an_environment_has_is_applied_also_what_its_pipelines_share(repository: Path) -> None:
    compilation = compile_workspace(load(repository), None, ("staging",))
    wanted = wanted_in(compilation.assembled(), "staging")
    assert {(each.ref.kind, each.ref.name) for each in wanted} == listed(repository / RENDERED / "staging")
    shared = {each.ref.kind for each in wanted if each.part == SHARED}
    assert shared == {"EventBus", "EventSource", "NetworkPolicy", "ServiceAccount"}


def test_what_the_project_has_as_a_whole_is_for_reconcilers_alone(repository: Path) -> None:
    assert {kind for kind, _ in listed(repository / RENDERED / "_project")} == {"AppProject", "ApplicationSet"}
