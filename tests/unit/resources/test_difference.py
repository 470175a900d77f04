"""The patch that leads from one manifest to another, and that merging takes there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from fairlead.resources.difference import difference, same
from fairlead.resources.merging import merge


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(items)}}


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}, {"b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": [1]}, {"a": [1.0]}, {"a": [1.0]}),
        (
            containers({"name": "a", "image": "x"}, {"name": "b", "image": "y"}),
            containers({"name": "a", "image": "x"}, {"name": "b", "image": "z"}),
            containers({"name": "b", "image": "z"}),
        ),
        (
            containers({"name": "a"}, {"name": "b"}),
            containers({"name": "b"}, {"name": "c"}),
            containers({"name": "a", "$patch": "delete"}, {"name": "c"}),
        ),
    ],
)
def test_a_patch_says_what_differs_and_nothing_else(before: Any, after: Any, patch: Any) -> None:
    assert difference("Deployment", before, after) == patch
    assert repr(merge("Deployment", before, patch)) == repr(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1}, {"a": None}),
        ({}, {"a": {"b": None}}),
        (containers({"name": "a"}, {"name": "b"}), containers({"name": "b"}, {"name": "a"})),
    ],
)
def test_where_merging_can_not_lead_there_is_no_patch(before: Any, after: Any) -> None:
    assert difference("Deployment", before, after) is None


scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x"])
names = st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"image": scalars})
values = st.recursive(
    scalars | st.lists(names, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "containers", "env"]), inner, max_size=3)
    ),
    max_leaves=12,
)
manifests = st.dictionaries(st.sampled_from(["a", "containers", "env"]), values, max_size=3)


@given(manifests, manifests)
def test_every_patch_that_is_found_leads_there(before: dict[str, Any], after: dict[str, Any]) -> None:
    patch = difference("Deployment", before, after)
    assert patch is None or same(merge("Deployment", before, patch), after)


@given(manifests)
def test_nothing_differs_from_itself(value: dict[str, Any]) -> None:
    assert difference("Deployment", value, value) == {}
