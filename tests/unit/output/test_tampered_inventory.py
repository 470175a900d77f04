"""An inventory that somebody wrote by hand never makes Fairlead delete or overwrite what isn't its own."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fairlead.output.changes import BLOCKED
from fairlead.output.check import check
from fairlead.output.edits import EDITED
from fairlead.output.files import LINKED
from fairlead.output.known import CORRUPTED
from fairlead.source.diagnostics import Code, Refused
from tests.unit.output.trees import ALL, OUTPUT, compile_to, pipeline, shared, tree, workflow

MINE = b"precious\n"
PLACES = ["README.md", "fairlead.yaml", "specs/churn.yaml", ".github/dependabot.yml", "rendered/NOTES.md"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository beside files of others, with generated files of two pipelines in two environments."""
    root = tmp_path / "root"
    for path in (*PLACES, "../outside.txt", "rendered/staging/churn/kserve/mine.txt"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(MINE)
    compile_to(root, *wanted())
    return root


def wanted() -> list[Any]:
    return [pipeline(), pipeline("fraud"), pipeline("churn", "production")]


def tamper(root: Path, path: str, digest: str | None = None, owner: str = "staging/churn", times: int = 1) -> None:
    """Enters a path into an inventory, with the digest of what is there."""
    inventory = root / "rendered" / owner / "inventory.json"
    content = json.loads(inventory.read_text())
    entry = {**content["files"][0], "path": path, "sha256": digest or sha256((root / path).read_bytes()).hexdigest()}
    content["files"] += [entry] * times
    inventory.write_text(json.dumps(content))


def refusal(root: Path) -> set[Code]:
    """The codes that compiling is refused with; it and a check write nothing."""
    before = tree(root.parent)
    with pytest.raises(Refused) as refused:
        compile_to(root, *wanted())
    with pytest.raises(Refused):
        compile_to(root, *wanted(), overwrite_edits=True)
    with suppress(Refused):
        assert check(root, OUTPUT, wanted(), ALL, compiler="1.0")
    assert tree(root.parent) == before
    return {found.code for found in refused.value.diagnostics}


@pytest.mark.parametrize("path", PLACES[:-1])
def test_what_does_not_say_that_it_is_generated_is_not_deleted(root: Path, path: str) -> None:
    tamper(root, path)
    assert refusal(root) == {BLOCKED}


@pytest.mark.parametrize(
    "path",
    [
        "rendered/NOTES.md",
        "rendered/production/churn/kserve/configmap-churn.yaml",
        "rendered/production/churn/inventory.json",
        "rendered/staging/fraud/kserve/configmap-fraud.yaml",
        "rendered/staging/kustomization.yaml",
    ],
)
def test_what_lies_in_the_folder_of_another_is_not_deleted(root: Path, path: str) -> None:
    tamper(root, path)
    assert refusal(root) == {CORRUPTED}


@pytest.mark.parametrize(
    "path",
    [
        "../outside.txt",
        "rendered/staging/churn/../../../README.md",
        "/etc/passwd",
        ".git/config",
        ".GIT/config",
        ".fairlead/lock",
        "rendered/staging/churn/./kserve/mine.txt",
        "rendered//staging/churn/kserve/mine.txt",
        "rendered/staging/churn/a\nb",
        "rendered\\staging\\churn",
        "rendered/staging/churn/\ud800.yaml",
        "rendered/staging/\udcff/churn.yaml",
        "",
        "x" * 300 + "/../y",
    ],
)
def test_a_path_that_no_file_of_ours_can_have_is_refused(root: Path, path: str) -> None:
    tamper(root, path, "0" * 64)
    assert refusal(root) == {CORRUPTED}


def test_a_path_through_a_link_is_refused(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "elsewhere/file.txt").write_bytes(MINE)
    (root / "rendered/staging/churn/link").symlink_to(root.parent / "elsewhere")
    tamper(root, "rendered/staging/churn/link/file.txt", sha256(MINE).hexdigest())
    assert refusal(root) == {LINKED}


def test_a_path_that_is_a_link_is_refused(root: Path) -> None:
    (root / "rendered/staging/churn/link.txt").symlink_to(root.parent / "outside.txt")
    tamper(root, "rendered/staging/churn/link.txt", sha256(MINE).hexdigest())
    assert refusal(root) == {BLOCKED}


def test_a_wrong_digest_is_a_file_that_was_edited(root: Path) -> None:
    tamper(root, "rendered/staging/churn/kserve/mine.txt", "0" * 64)
    with pytest.raises(Refused) as refused:
        compile_to(root, *wanted())
    assert [found.code for found in refused.value.diagnostics] == [EDITED]
    assert (root / "rendered/staging/churn/kserve/mine.txt").read_bytes() == MINE


def test_a_path_that_is_listed_twice_is_refused(root: Path) -> None:
    tamper(root, "rendered/staging/churn/kserve/mine.txt", times=2)
    assert refusal(root) == {CORRUPTED}


@pytest.mark.parametrize("name", ["node", "file", "why"])
def test_half_a_character_is_refused(root: Path, name: str) -> None:
    inventory = root / "rendered/staging/churn/inventory.json"
    content = json.loads(inventory.read_text())
    content["files"][0]["origin"][name] = "\ud800"
    inventory.write_text(json.dumps(content))
    assert refusal(root) == {CORRUPTED}


@pytest.mark.parametrize(
    "content",
    [
        "[" * 200_000,
        '{"version": ' + "1" * 10_000 + "}",
        '{"version": 1e400}',
        '{"version": true, "files": []}',
        '{"version": 1, "environment": ["staging"], "pipeline": {}}',
        '{"version": 1, "environment": "staging", "pipeline": "churn", "compiler": "1", "files": [1, null, "x", [[]]]}',
        "\0" * 1000,
        "\ufeff{}",
    ],
)
def test_nonsense_is_refused(root: Path, content: str) -> None:
    (root / "rendered/staging/churn/inventory.json").write_text(content)
    assert refusal(root) == {CORRUPTED}


def test_a_huge_one_lists_what_is_not_there_and_nothing_happens(root: Path) -> None:
    inventory = root / "rendered/staging/churn/inventory.json"
    content = json.loads(inventory.read_text())
    entry = content["files"][0]
    content["files"] += [{**entry, "path": f"rendered/staging/churn/x/{n}", "resource": None} for n in range(20_000)]
    inventory.write_text(json.dumps(content))
    others = {path: text for path, text in tree(root.parent).items() if not path.endswith("churn/inventory.json")}
    compile_to(root, *wanted())
    after = tree(root.parent)
    assert others.items() <= after.items()
    assert len(json.loads(after["root/rendered/staging/churn/inventory.json"])["files"]) == 2


def test_a_name_that_is_too_long_is_said(root: Path) -> None:
    tamper(root, "rendered/staging/churn/" + "x" * 300, "0" * 64)
    with pytest.raises(Refused, match="file name too long"):
        compile_to(root, *wanted())


def test_what_says_that_it_is_generated_is_deleted_where_it_is_listed(root: Path) -> None:
    """What the rule is for: a workflow that Fairlead wrote goes when it is no longer wanted."""
    compile_to(root, *wanted(), shared(None, files=[workflow()]))
    assert (root / ".github/workflows/fairlead-check.yaml").exists()
    compile_to(root, *wanted(), shared(None))
    assert not (root / ".github/workflows/fairlead-check.yaml").exists()
