"""The inventory: what it looks like, and what it refuses to believe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.output.desired import Owner, ResourceRef
from fairlead.output.inventory import Entry, Inventory, Unreadable, decode, encode, path_problem
from fairlead.resources.resource import Origin
from fairlead.source.places import Place

OWNER = Owner("staging", "churn")
SHA = "0" * 64
ENTRY = Entry(
    "rendered/staging/churn/kserve/service-ä.yaml",
    SHA,
    "kserve",
    ResourceRef("v1", "Service", "ml", 'a"b'),
    Origin("serve", Place("specs/churn.yaml", 7, 1, 7, 1), "the model is served"),
)
LISTING = Entry("rendered/staging/churn/kustomization.yaml", SHA, None, None, ENTRY.origin)
INVENTORY = Inventory(OWNER, "1.0", {ENTRY.path: ENTRY, LISTING.path: LISTING})


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(encode(INVENTORY)) | changes).encode()


def changed_file(**changes: Any) -> bytes:
    raw = json.loads(encode(INVENTORY))
    return json.dumps(raw | {"files": [raw["files"][0] | changes]}).encode()


def test_an_inventory_is_json_with_one_line_for_each_file() -> None:
    assert encode(INVENTORY).decode() == (
        "{\n"
        '  "version": 1,\n'
        '  "compiler": "1.0",\n'
        '  "environment": "staging",\n'
        '  "pipeline": "churn",\n'
        '  "files": [\n'
        f'    {{"path": "rendered/staging/churn/kserve/service-ä.yaml", "sha256": "{SHA}", "target": "kserve", '
        '"resource": {"apiVersion": "v1", "kind": "Service", "namespace": "ml", "name": "a\\"b"}, '
        '"origin": {"node": "serve", "file": "specs/churn.yaml", "line": 7, "why": "the model is served"}},\n'
        f'    {{"path": "rendered/staging/churn/kustomization.yaml", "sha256": "{SHA}", "target": null, '
        '"resource": null, '
        '"origin": {"node": "serve", "file": "specs/churn.yaml", "line": 7, "why": "the model is served"}}\n'
        "  ]\n"
        "}\n"
    )


@pytest.mark.parametrize("owner", [OWNER, Owner("staging"), Owner()])
def test_an_inventory_reads_back_as_it_was(owner: Owner) -> None:
    for files in (INVENTORY.files, {}):
        inventory = Inventory(owner, "1.0", files)
        assert json.loads(encode(inventory))["environment"] == owner.environment
        assert decode(encode(inventory), owner) == inventory


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<<<<<<< HEAD\n{}", "it is not JSON"),
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "not a JSON object"),
        (b"{}", "has no version"),
        (changed(version=2), "its version is 2, and this compiler knows 1"),
        (changed(version=True), "has no version"),
        (changed(pipeline="other"), "it says that it belongs to other in staging"),
        (changed(environment=None), "it lies where that of churn in staging belongs"),
        (changed(environment=["staging"]), "belongs"),
        (changed(files={}), "its list of files is missing"),
        (changed(compiler=None), "its compiler or"),
        (changed(files=["a"]), "file 1 of 1 in it is malformed"),
        (changed(files=[{}]), "'path' is missing"),
        (changed_file(path="../x"), "not in its simplest form"),
        (changed_file(path="/etc/passwd"), "not a relative path"),
        (changed_file(path=".git/config"), "lies in .git"),
        (changed_file(path=3), "path is not text"),
        (changed_file(sha256="abc"), "is not 64 hexadecimal digits"),
        (changed_file(sha256="A" * 64), "is not 64 hexadecimal digits"),
        (changed_file(target=1), "target is not text"),
        (changed_file(resource={"kind": "x"}), "'apiVersion' is missing"),
        (changed_file(origin=None), "file 1 of 1 in it is malformed"),
        (changed_file(origin={"node": "a", "file": "b", "line": 0, "why": "c"}), "is not a number from 1"),
    ],
)
def test_what_is_not_an_inventory_is_not_believed(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(content, OWNER)


def test_an_inventory_that_lists_a_path_twice_is_not_believed() -> None:
    raw = json.loads(encode(INVENTORY))
    raw["files"] *= 2
    with pytest.raises(Unreadable, match="twice"):
        decode(json.dumps(raw).encode(), OWNER)


@pytest.mark.parametrize("path", ["a", "a/b", ".github/workflows/a.yaml", "a..b/c.", "...", "a/.git/b", ".gitignore"])
def test_a_path_below_the_root_is_fine(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/a", ".", "..", "a/..", "../a", "a/../b", "./a", "a//b", "a/"),
        *("a\\b", "a\nb", "a\0", ".git", ".git/x", ".GIT/x", ".fairlead/journal.json"),
    ],
)
def test_a_path_that_leads_elsewhere_is_not(path: str) -> None:
    assert path_problem(path) is not None
