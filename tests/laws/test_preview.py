"""The laws of previews, held over changes from one random project to another."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fairlead.preview.build import preview
from fairlead.preview.document import render_json, schema
from fairlead.preview.markdown import SMALLEST, render_markdown
from fairlead.preview.model import Change, Preview, Side
from fairlead.preview.states import State, state_of
from fairlead.preview.text import render_text
from tests.laws.generate import Estate, estates
from tests.laws.generate.orders import reordered
from tests.laws.generate.sampling import sampled
from tests.unit.output.trees import memory

BASE, HEAD = Side("base", "a" * 40, None), Side("head", None, None)
FENCE = re.compile(r"^(`{3,})(\w*)$")


def state(estate: Estate) -> State:
    with tempfile.TemporaryDirectory(dir=memory()) as name:
        return state_of(estate.write(Path(name)))


def difference(before: State, after: State) -> Preview:
    return preview(before, after, BASE, HEAD)


def bytes_of(side: State) -> dict[str, str]:
    return {item.path: item.sha256 for item in side.every_file()}


@pytest.fixture(scope="module")
def projects() -> list[tuple[Estate, State]]:
    """Valid projects that have nothing in common but the words that they are made of."""
    found = [(estate, state(estate)) for estate in sampled(estates(most=2), 6)]
    valid = [(estate, side) for estate, side in found if not side.failed]
    assert len(valid) >= 3
    return valid


Changes = list[tuple[State, State, Preview]]


@pytest.fixture(scope="module")
def previews(projects: list[tuple[Estate, State]]) -> Changes:
    """What leads from each project to the next."""
    return [(before, after, difference(before, after)) for (_, before), (_, after) in pairwise(projects)]


def test_the_same_project_changes_nothing(projects: list[tuple[Estate, State]]) -> None:
    for _, side in projects:
        found = difference(side, side)
        assert (found.parts, found.findings, found.differs) == ((), (), False)


def test_the_order_of_keys_is_no_difference(projects: list[tuple[Estate, State]]) -> None:
    for estate, side in projects:
        found = difference(side, state(reordered(estate)))
        assert [effect.message for effect in found.effects] == []
        assert [
            change for part in found.parts for change in part.resources if change.change is not Change.REWRITTEN
        ] == []
        assert not found.differs


def test_every_file_that_differs_is_accounted_for(previews: Changes) -> None:
    for before, after, found in previews:
        was, now = bytes_of(before), bytes_of(after)
        differ = {path for path in {*was, *now} if was.get(path) != now.get(path)}
        changes = [change for part in found.parts for change in part.resources]
        said = {path for change in changes for path in (change.path, change.path_before) if path is not None}
        assert said == differ


def test_whatever_changes_is_said_by_an_effect(previews: Changes) -> None:
    for _, _, found in previews:
        for part in found.parts:
            means = [each for each in part.resources if each.change is not Change.REWRITTEN]
            assert not means or part.effects, part.title
            said = {effect.message for effect in part.effects if effect.kind == "resource"}
            for change in means:
                assert change.explained or any(message.startswith(change.title[:200]) for message in said), change


def test_backwards_what_was_added_is_removed(previews: Changes) -> None:
    for before, after, found in previews:
        back = difference(after, before)
        forth = {change: _paths(found, change) for change in (Change.ADDED, Change.REMOVED)}
        assert _paths(back, Change.REMOVED) == forth[Change.ADDED]
        assert _paths(back, Change.ADDED) == forth[Change.REMOVED]
        assert back.differs == found.differs


def _paths(found: Preview, change: Change) -> set[str]:
    return {each.path for part in found.parts for each in part.resources if each.change is change}


@pytest.mark.parametrize("limit", [SMALLEST, 9_999, 65_536, 1_000_000])
def test_markdown_stays_within_its_limit_and_closes_its_fences(previews: Changes, limit: int) -> None:
    for _, _, found in previews:
        text = render_markdown(found, limit)
        assert len(text.encode()) <= limit
        assert open_fence(text) is None
        assert text.count("<details>") == text.count("</details>")
        assert text.count("<!--") == 1


def open_fence(text: str) -> str | None:
    """The fence that is still open at the end of a page, by the rules of GitHub's Markdown."""
    opened: str | None = None
    for line in text.splitlines():
        found = FENCE.match(line)
        if found is None:
            continue
        if opened is None:
            opened = found[1]
        elif not found[2] and len(found[1]) >= len(opened):
            opened = None
    return opened


def test_json_is_what_its_schema_says(previews: Changes) -> None:
    check = jsonschema.Draft202012Validator(schema())
    for _, _, found in previews:
        text = render_json(found)
        assert text.isascii()
        assert list(check.iter_errors(json.loads(text))) == []


def test_text_obeys_no_file(previews: Changes) -> None:
    for _, _, found in previews:
        assert all(line.isprintable() for line in render_text(found, diff=True).split("\n"))


Swap = tuple[tuple[str, ...], Any]
SECTIONS = ("data", "model", "serving", "monitoring", "retraining")


def swaps(tree: Any, donor: Any, path: tuple[str, ...] = ()) -> Iterator[Swap]:
    """What one specification says otherwise than another where both say something: a change of one field each."""
    for key in tree if isinstance(tree, dict) and isinstance(donor, dict) else ():
        if key not in donor or not (path or key in SECTIONS):
            continue
        if isinstance(tree[key], dict):
            yield from swaps(tree[key], donor[key], (*path, key))
        elif type(tree[key]) is type(donor[key]) and tree[key] != donor[key]:
            yield (*path, key), donor[key]


def swapped(estate: Estate, *found: Swap) -> Estate:
    """The estate with other values in its only specification."""
    specs = copy.deepcopy(estate.specs)
    (tree,) = specs.values()
    for path, value in found:
        section = tree
        for step in path[:-1]:
            section = section[step]
        section[path[-1]] = value
    return replace(estate, specs=specs)


def told(found: Preview) -> set[tuple[str | None, str, str | None]]:
    """What is told in words of the field, by where, what and of which node."""
    return {(effect.environment, effect.kind, effect.node) for effect in found.effects if effect.kind != "resource"}


def test_one_field_is_told_and_two_are_told_together() -> None:
    first, *donors = sampled(estates(shapes=("served",), most=1), 4)
    before = state(first)
    assert not before.failed
    (tree,) = first.specs.values()
    fields = {path: value for donor in donors for each in donor.specs.values() for path, value in swaps(tree, each)}
    alone: dict[tuple[str, ...], set[tuple[str | None, str, str | None]]] = {}
    for path, value in fields.items():
        after = state(swapped(first, (path, value)))
        if after.failed:
            continue
        found = difference(before, after)
        assert told(found) or not found.differs, path
        alone[path] = told(found)
    assert len(alone) >= 8
    for one, other in pairwise(alone):
        after = state(swapped(first, (one, fields[one]), (other, fields[other])))
        if not after.failed:
            assert told(difference(before, after)) >= alone[one] | alone[other], (one, other)
