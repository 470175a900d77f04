"""The laws of the output, held over random projects that use the whole language."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import event, given

from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead.workspace.format import formatted
from tests.crds import FOLDER, refused
from tests.laws.compiling import Result, compiled, drifts, shown, written
from tests.laws.consumers import understood
from tests.laws.dags import Phase, certain, holds
from tests.laws.generate import Estate, estates
from tests.laws.generate.orders import reordered
from tests.laws.generate.sampling import bounded, sampled
from tests.laws.identifiers import faults, twice
from tests.unit.output.trees import memory, times

EFFECTS = ("register", "propose")
"""The tasks of a training that change something outside of their run, in their order."""


def the_clusters_definitions_accept_it(estate: Estate, result: Result) -> None:
    if FOLDER is not None:
        assert refused(resource for _, resource in result.resources()) == []


def the_same_input_gives_the_same_bytes(estate: Estate, result: Result) -> None:
    assert compiled(result.root).bytes == result.bytes


def the_order_of_keys_means_nothing(estate: Estate, result: Result) -> None:
    """Neither to what is there nor to what it says: only where the specification's own keys come in a mapping."""
    with tempfile.TemporaryDirectory(dir=memory()) as name:
        other = compiled(reordered(estate).write(Path(name)))
    assert other.bytes.keys() == result.bytes.keys()
    manifests = {(place, found.identity): found.manifest for place, found in other.resources()}
    for place, found in result.resources():
        assert unordered(understood(found.manifest)) == unordered(understood(manifests[place, found.identity]))
    files = other.files()
    for path, file in result.files().items():
        assert file.content == files[path].content, path


def unordered(value: Any, key: str = "") -> Any:
    """A tree in which what has a name has no order, nor what a task waits for: tasks, templates, artifacts, and
    variables, of which none refers to another.
    """
    if isinstance(value, dict):
        return {name: unordered(item, name) for name, item in value.items()}
    if key == "depends":
        return sorted(value.split(" && "))
    if not isinstance(value, list):
        return value
    items = [unordered(item) for item in value]
    if all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in items):
        return sorted(items, key=lambda item: str(item["name"]))
    return items


def a_second_compile_touches_nothing(estate: Estate, result: Result) -> None:
    written(result.root)
    before = times(result.root)
    written(result.root)
    assert times(result.root) == before
    assert [(drift.kind, drift.path) for drift in drifts(result.root)] == []


def every_reader_of_yaml_finds_what_was_meant(estate: Estate, result: Result) -> None:
    """PyYAML reads YAML 1.1, and the specifications' own reader YAML 1.2 without anything that the two disagree on."""
    for path, content in result.bytes.items():
        # GitHub's key `on` is a boolean for YAML 1.1, and GitHub alone reads these.
        if path.endswith(".yaml"):
            document = read(path, content)
            assert document.root is not None
            assert [found for found in document.diagnostics if found.code.id != "FL1019"] == [], path
            assert yaml.load(content, Loader=yaml.CSafeLoader) == plain(document.root), path


def every_name_is_valid_and_nobody_elses(estate: Estate, result: Result) -> None:
    for manifest in result.manifests():
        assert list(faults(manifest)) == []
    found = [f"{place} {resource.identity}" for place, resource in result.resources()]
    assert list(twice("resources", found)) == []
    assert list(twice("files", [path.lower() for path in result.bytes])) == []
    assert all(len(part.encode()) <= 255 for path in result.bytes for part in path.split("/"))


def nothing_is_registered_without_its_gate(estate: Estate, result: Result) -> None:
    for manifest in result.manifests("WorkflowTemplate"):
        hold_to_the_gate(manifest)


def formatting_keeps_what_is_said(estate: Estate, result: Result) -> None:
    for path, text in estate.texts().items():
        document = read(path, text.encode())
        again = read(path, formatted(document).encode())
        assert document.root is not None
        assert again.root is not None
        assert again.diagnostics == document.diagnostics == [], path
        assert typed(plain(again.root)) == typed(plain(document.root)), path
        assert formatted(again) == again.text, path


LAWS: tuple[Callable[[Estate, Result], None], ...] = (
    the_clusters_definitions_accept_it,
    every_name_is_valid_and_nobody_elses,
    nothing_is_registered_without_its_gate,
    every_reader_of_yaml_finds_what_was_meant,
    formatting_keeps_what_is_said,
    the_same_input_gives_the_same_bytes,
    the_order_of_keys_means_nothing,
    a_second_compile_touches_nothing,
)


def typed(value: Any) -> Any:
    """A value in which 1, 1.0 and true differ, and the order of keys does not matter."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else (type(value).__name__, repr(value))


def hold_to_the_gate(manifest: Any) -> None:
    """Whatever the tasks of a training are: what has effects starts only after a gate that succeeded."""
    spec = manifest["spec"]
    uses = [(found["name"], task) for found in spec["templates"] for task in found.get("dag", {}).get("tasks", ())]
    if "train" not in {task["template"] for _, task in uses}:
        assert not {task["template"] for _, task in uses} & {*EFFECTS}
        return
    assert [where for where, task in uses if task["template"] in EFFECTS] == ["pipeline", "pipeline"]
    assert {spec["entrypoint"], spec.get("onExit")} & {*EFFECTS} == set()
    tasks = [task for where, task in uses if where == "pipeline"]
    assert [task["name"] for task in tasks if task["name"] == "gate"] == ["gate"]
    for effect in EFFECTS:
        phases = certain(tasks, effect)
        before = {"train", "evaluate", "gate", *(["register"] if effect == "propose" else [])}
        assert {name: phases.get(name) for name in before} == {name: {"Succeeded"} for name in before}
        assert phases.get("champion", set()) <= {"Succeeded", "Skipped"}
        assert all(found == {"Succeeded"} for name, found in phases.items() if name != "champion")
    # And the law is not held by doing nothing: where all goes well, all of it runs.
    done: dict[str, Phase] = {task["name"]: "Succeeded" for task in tasks}
    assert all(holds(task.get("depends"), done) for task in tasks)


def hold(estate: Estate) -> bool:
    """Holds a project to every law, and says whether it was valid."""
    with tempfile.TemporaryDirectory(dir=memory()) as name, shown(estate):
        result = compiled(estate.write(Path(name)))
        for law in LAWS if not result.refusals else ():
            law(estate, result)
    return not result.refusals


@bounded(6)
@given(estates())
def test_every_law_holds_of_a_random_project(estate: Estate) -> None:
    event("valid" if hold(estate) else "refused")


@pytest.mark.parametrize("start", range(0, 20, 5))
def test_every_law_holds_of_projects_that_have_nothing_in_common(start: int) -> None:
    assert sum(hold(estate) for estate in sampled(estates(), 5, start)) >= 3
