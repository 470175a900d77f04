"""Patches of a specification over generated resources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fairlead.project.unit import Unit
from fairlead.resources.patches import apply_patches
from fairlead.resources.resource import Deferred, Origin, Resource
from fairlead.resources.shapes import misshapen
from fairlead.source.places import Place
from tests.projects import CHURN, read_project, said

ORIGIN = Origin("train", Place.start_of("specs/churn.yaml"), "training")


def resource(kind: str = "ConfigMap", name: str = "churn-champion", **more: Any) -> Resource:
    return Resource({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "ml"}, **more}, ORIGIN)


def unit(folder: Path, patches: str) -> Unit:
    workspace = read_project(folder, {"specs/churn.yaml": CHURN + f"patches:\n{patches}"})
    assert workspace.diagnostics == []
    return workspace.units["staging"]["churn"]


MERGE = """\
  - why: the auditors want it
    target: {kind: ConfigMap}
    merge: {metadata: {annotations: {audit: "yes"}}}
"""


def test_a_merge_patch_changes_what_it_names_and_says_why(tmp_path: Path) -> None:
    patched = apply_patches(unit(tmp_path, MERGE), [resource(), resource("Role", "churn-train")], [])
    assert patched.diagnostics == ()
    assert patched.resources[0].manifest["metadata"]["annotations"] == {"audit": "yes"}
    assert patched.resources[1] == resource("Role", "churn-train")
    origin = patched.resources[0].fields["metadata", "annotations"]
    assert (origin.why, str(origin.place)) == ("patched: the auditors want it", "specs/churn.yaml:7:5")


def test_a_json_patch_is_applied_in_order(tmp_path: Path) -> None:
    patches = """\
  - why: two steps
    target: {kind: ConfigMap, name: churn-champion}
    json:
      - {op: add, path: /data, value: {a: "1"}}
      - {op: replace, path: /data/a, value: "2"}
"""
    patched = apply_patches(unit(tmp_path, patches), [resource()], [])
    assert patched.diagnostics == ()
    assert patched.resources[0].manifest["data"] == {"a": "2"}


def test_a_patch_that_matches_no_kind_names_the_nearest(tmp_path: Path) -> None:
    patched = apply_patches(unit(tmp_path, MERGE.replace("ConfigMap", "ConfigMaps")), [resource()], [])
    (found,) = patched.unmatched.values()
    assert found is not None
    assert (found.code.id, str(found.place), found.nearest) == ("FL5001", "specs/churn.yaml:8:20", "ConfigMap")


def test_a_patch_that_matches_no_name_names_the_nearest(tmp_path: Path) -> None:
    patches = MERGE.replace("kind: ConfigMap", "kind: ConfigMap, name: churn-champ")
    (found,) = apply_patches(unit(tmp_path, patches), [resource()], []).unmatched.values()
    assert found is not None
    assert (found.code.id, str(found.place), found.nearest) == ("FL5001", "specs/churn.yaml:8:37", "churn-champion")


def test_a_patch_on_what_is_left_out_waits_with_it(tmp_path: Path) -> None:
    waiting = Deferred("ConfigMap", "churn-champion", "awaiting-first-version", "no version yet", ORIGIN)
    (found,) = apply_patches(unit(tmp_path, MERGE), [], [waiting]).diagnostics
    assert (found.code.id, found.level) == ("FL5005", "note")


def test_an_operation_that_cannot_be_carried_out_stands_at_its_line(tmp_path: Path) -> None:
    patches = """\
  - why: a path that is not there
    target: {kind: ConfigMap}
    json:
      - {op: add, path: /data, value: {}}
      - {op: remove, path: /data/missing}
"""
    patched = apply_patches(unit(tmp_path, patches), [resource()], [])
    assert said(patched.diagnostics) == [("FL5002", "specs/churn.yaml:11:9")]
    assert patched.resources == (resource(),)


def test_a_merge_that_removes_nothing_stands_at_its_key(tmp_path: Path) -> None:
    patches = MERGE.replace('{annotations: {audit: "yes"}}', "{annotations: null}")
    found = apply_patches(unit(tmp_path, patches), [resource()], []).diagnostics
    assert said(found) == [("FL5002", "specs/churn.yaml:9:37")]


def test_a_patch_does_not_make_it_another_resource(tmp_path: Path) -> None:
    patches = MERGE.replace('annotations: {audit: "yes"}', "name: other")
    assert [f.code.id for f in apply_patches(unit(tmp_path, patches), [resource()], []).diagnostics] == ["FL5003"]


def test_a_patched_resource_is_held_to_its_type_again(tmp_path: Path) -> None:
    from fairlead.resources.kinds import ConfigMap

    patches = MERGE.replace('metadata: {annotations: {audit: "yes"}}', "data: {a: 1}, finality: true")
    patched = apply_patches(unit(tmp_path, patches), [resource(data={"b": "2"})], [])
    assert said(list(misshapen(patched.resources[0], ConfigMap))) == [("FL5006", "specs/churn.yaml:7:5")]
    patches = patches.replace("a: 1", 'a: "1"')
    patched = apply_patches(unit(tmp_path, patches), [resource(data={"b": "2"})], [])
    assert [found.code.id for found in misshapen(patched.resources[0], ConfigMap)] == ["FL5007"]
    assert list(misshapen(patched.resources[0], ConfigMap, unknown=False)) == []


def test_an_untouched_resource_is_not_held_to_its_type() -> None:
    from fairlead.resources.kinds import ConfigMap

    assert list(misshapen(resource(data=[1]), ConfigMap)) == []


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ("{op: remove, path: /data/missing}", "`remove /data/missing`: there is no `missing` at /data"),
        ("{op: replace, path: /nothing/at/all, value: 1}", "there is no `nothing` at the top level"),
        ("{op: test, path: /data/a, value: 2}", 'the value there is "1", and not 2'),
        ("{op: move, from: /data/b, path: /data/c}", "there is no `b` at /data"),
        ("{op: add, path: /data/a/b, value: 1}", 'at /data/a is "1", in which there is no `b`'),
        ("{op: add, path: /list/x, value: 1}", "there is no item `x` at /list, a list of 2"),
    ],
)
def test_why_an_operation_cannot_be_carried_out(tmp_path: Path, operation: str, why: str) -> None:
    patches = f"  - why: a reason\n    target: {{kind: ConfigMap}}\n    json: [{operation}]\n"
    given = resource(data={"a": "1"})
    given = replace(given, manifest={**given.manifest, "list": [1, 2]})
    (found,) = apply_patches(unit(tmp_path, patches), [given], []).diagnostics
    assert found.message.endswith(why)


OPERATIONS = """\
  - why: the auditors want it
    target: {{kind: ConfigMap}}
    json: {operations}
"""


def operations(folder: Path, operations: list[dict[str, Any]], **data: Any) -> list[str]:
    """What is said about operations on a ConfigMap with some data."""
    patches = OPERATIONS.format(operations=json.dumps(operations))
    return [found.message for found in apply_patches(unit(folder, patches), [resource(**data)], []).diagnostics]


@pytest.mark.parametrize("operation", ["remove", "add"])
def test_a_position_with_thousands_of_digits_is_beyond_the_list(tmp_path: Path, operation: str) -> None:
    pointer = "/list/" + "9" * 5000
    [said_] = operations(tmp_path, [{"op": operation, "path": pointer, "value": 1}], list=[1])
    assert "there is no item" in said_
    assert len(said_) < 500


def test_operations_that_double_the_resource_again_and_again_are_refused(tmp_path: Path) -> None:
    doubling = [{"op": "copy", "from": "/data", "path": f"/data/a{number}"} for number in range(60)]
    [said_] = operations(tmp_path, doubling, data={"a": "b"})
    assert "copy and move more than 200000 values" in said_


def test_operations_that_nest_the_resource_again_and_again_are_refused(tmp_path: Path) -> None:
    nesting = [{"op": "copy", "from": "/data", "path": "/data/a"}] * 2000
    [said_] = operations(tmp_path, nesting, data={"a": "b"})
    assert "deeper than 100 levels" in said_
    steps = [{"op": "add", "path": "/data" + "/a" * depth, "value": {}} for depth in range(1, 200)]
    [said_] = operations(tmp_path, steps, data={})
    assert "deeper than 100 levels" in said_


def test_what_operations_move_can_be_moved_back(tmp_path: Path) -> None:
    there = {"op": "move", "from": "/data/a", "path": "/data/b"}
    back = {"op": "move", "from": "/data/b", "path": "/data/a"}
    assert operations(tmp_path, [there, back] * 50, data={"a": {"deep": [1]}}) == []
