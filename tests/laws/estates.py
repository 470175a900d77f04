"""Two states of one small estate, which between them use every kind of change that a swap can make."""

from __future__ import annotations

import os
from pathlib import Path

from fairlead.output.changes import Changes
from fairlead.output.desired import Assembled, Selection
from tests.unit.output.trees import compile_to, config_map, pipeline, shared, targets, text_file, tree, workflow

OLD_ENVIRONMENTS = Selection(frozenset({"staging", "production", "gone"}))
NEW_ENVIRONMENTS = Selection(frozenset({"staging", "production", "fresh"}))
FOREIGN = "rendered/production/churn/NOTES.md"


def old() -> list[Assembled]:
    return [
        pipeline("churn", "production"),
        pipeline("leaves", "production"),
        targets("fraud", "staging", kserve=[config_map("fraud")], argo=[config_map("fraud-b")]),
        pipeline("one", "gone"),
        shared(None, files=[workflow("stays.yaml"), workflow("leaves.yaml"), workflow("same.yaml")]),
        shared("staging", config_map("bus")),
    ]


def new() -> list[Assembled]:
    return [
        pipeline("churn", "production", [config_map("churn", {"changed": "yes"})]),
        pipeline("joins", "production", files=[text_file("deep/er/rules.yaml")]),
        targets("fraud", "staging", kserve=[config_map("fraud", {"changed": "yes"})]),
        pipeline("two", "fresh"),
        shared(
            None,
            files=[workflow("stays.yaml", "on: pull_request\n"), workflow("joins.yaml"), workflow("same.yaml")],
        ),
        shared("staging", config_map("bus")),
    ]


def write_old(root: Path) -> Changes:
    return compile_to(root, *old(), selection=OLD_ENVIRONMENTS)


def write_new(root: Path) -> Changes:
    return compile_to(root, *new(), selection=NEW_ENVIRONMENTS)


def both(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The old tree and the new one, each made on its own, with a file of somebody else in it."""
    trees = []
    for name, make in (("old", write_old), ("new", write_new)):
        root = folder / name
        root.mkdir()
        prepare(root)
        make(root)
        trees.append(tree(root))
    return trees[0], trees[1]


def prepare(root: Path) -> None:
    """What is there before Fairlead is."""
    (root / FOREIGN).parent.mkdir(parents=True)
    (root / FOREIGN).write_text("mine\n")
    os.utime(root / FOREIGN, (1, 1))


def part(found: dict[str, bytes], prefix: str) -> dict[str, bytes]:
    """The files of `found` below `prefix`."""
    return {path: content for path, content in found.items() if path.startswith(prefix)}
