"""Merge patches obey RFC 7396, as its own pseudocode says it, wherever a null has something to remove."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, strategies as st

from fairlead.project.merge import merged
from fairlead.source.nodes import Mapping, plain
from fairlead.source.reader import read

KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(KEYS, VALUES, max_size=3)


def rfc7396(target: Any, patch: Any) -> Any:
    """MergePatch of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = rfc7396(result.get(name), value)
    return result


def tree(value: Any) -> Mapping:
    root = read("x.yaml", json.dumps(value).encode()).root
    assert isinstance(root, Mapping)
    return root


@given(TREES, TREES)
def test_merging_is_that_of_the_rfc(base: dict[str, Any], patch: dict[str, Any]) -> None:
    assert plain(merged(tree(base), tree(patch))) == rfc7396(base, patch)


@given(TREES.filter(bool), st.data())
def test_null_removes(base: dict[str, Any], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(base)))
    assert plain(merged(tree(base), tree({gone: None}))) == rfc7396(base, {gone: None})


@given(TREES)
def test_an_empty_patch_changes_nothing_and_a_whole_one_everything(base: dict[str, Any]) -> None:
    assert plain(merged(tree(base), tree({}))) == base
    assert plain(merged(tree({}), tree(base))) == base
