"""What points at a folder of the output is there while the folder is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.output.desired import Selection
from fairlead.resources.resource import SHARED, Folder
from tests.unit.output.trees import ENVIRONMENTS, compile_to, config_map, pipeline, shared, tree

FOLDERS = {
    "pipeline": Folder("staging", "churn"),
    "shared": Folder("staging", SHARED),
    "environment": Folder("staging"),
    "nowhere": Folder("production"),
}
POINTERS = [config_map(name, only_with=folder) for name, folder in FOLDERS.items()]
EVERYTHING = (pipeline(), shared("staging", config_map("bus")), shared("production"), shared(None, *POINTERS))


def pointers(root: Path) -> list[str]:
    """The names of those that are there; the inventory and the kustomization know the same ones."""
    below = root / "rendered/_project"
    found = sorted(path.stem.removeprefix("configmap-") for path in below.rglob("configmap-*.yaml"))
    inventory = json.loads((below / "inventory.json").read_bytes())
    assert sorted(each["resource"]["name"] for each in inventory["files"] if each["resource"]) == found
    return found


def test_it_is_written_only_beside_its_folder(tmp_path: Path) -> None:
    compile_to(tmp_path, *EVERYTHING)
    assert pointers(tmp_path) == ["environment", "pipeline", "shared"]


def test_the_order_in_which_owners_come_changes_nothing(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    compile_to(tmp_path / "a", *EVERYTHING)
    compile_to(tmp_path / "b", *reversed(EVERYTHING))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_it_goes_with_its_folder(tmp_path: Path) -> None:
    compile_to(tmp_path, *EVERYTHING)
    compile_to(tmp_path, pipeline(), shared("staging"), shared("production"), shared(None, *POINTERS))
    assert pointers(tmp_path) == ["environment", "pipeline"]


@pytest.mark.parametrize(
    "selection",
    [
        Selection(ENVIRONMENTS, pipelines=frozenset({"fraud"})),
        Selection(ENVIRONMENTS, targets=frozenset({"github-actions"})),
    ],
    ids=["another pipeline", "another target"],
)
def test_it_stays_where_its_folder_is_not_compiled(selection: Selection, tmp_path: Path) -> None:
    compile_to(tmp_path, *EVERYTHING)
    before = tree(tmp_path)
    staging = shared("staging", config_map("bus"))
    compile_to(tmp_path, staging, shared("production"), shared(None, *POINTERS), selection=selection)
    assert tree(tmp_path) == before
