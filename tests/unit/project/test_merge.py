"""Merge patches over trees whose values know where they were written."""

from __future__ import annotations

from fairlead.project.merge import merged, under, without
from fairlead.source.nodes import Mapping, plain
from fairlead.source.reader import read


def tree(text: str, file: str = "base.yaml") -> Mapping:
    root = read(file, text.encode()).root
    assert isinstance(root, Mapping)
    return root


def test_mappings_merge_and_everything_else_replaces() -> None:
    base = tree("a: {b: 1, c: [1, 2]}\nd: x\n")
    patch = tree("a: {c: [3]}\nd: {e: 1}\n")
    assert plain(merged(base, patch)) == {"a": {"b": 1, "c": [3]}, "d": {"e": 1}}


def test_null_removes_what_is_there() -> None:
    assert plain(merged(tree("a: 1\nb: {c: 1, d: 2}\n"), tree("a: null\nb: {c: null}\n"))) == {"b": {"d": 2}}


def test_a_null_with_nothing_to_remove_stays_to_be_refused() -> None:
    assert plain(merged(tree("a: 1\n"), tree("b: null\nc: {d: null}\n"))) == {"a": 1, "b": None, "c": {"d": None}}


def test_a_value_of_the_patch_stands_in_the_patch_and_one_of_the_base_in_the_base() -> None:
    whole = merged(tree("a: {b: 1}\n"), tree("\na: {c: 2}\n", "patch.yaml"))
    inner = whole.get("a")
    assert isinstance(inner, Mapping)
    assert inner.entries["b"].value.place.file == "base.yaml"
    assert str(inner.entries["c"].value.place) == "patch.yaml:2:8"
    assert whole.entries["a"].key_place.file == "base.yaml"


def test_a_specification_comes_over_the_defaults_in_its_own_order() -> None:
    whole = under(tree("z: 1\na: {x: 1}\n"), tree("m: 1\na: {y: 2}\n"))
    assert list(whole.entries) == ["m", "a", "z"]
    assert plain(whole) == {"m": 1, "a": {"x": 1, "y": 2}, "z": 1}


def test_neither_tree_is_changed() -> None:
    base, patch = tree("a: {b: 1}\n"), tree("a: {b: 2}\n")
    merged(base, patch)
    assert (plain(base), plain(patch)) == ({"a": {"b": 1}}, {"a": {"b": 2}})
    assert plain(without(base, "a")) == {}
    assert plain(base) == {"a": {"b": 1}}
