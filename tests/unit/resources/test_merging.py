"""Merge patches over manifests: lists of named things merge by their names."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.resources.merging import MergeError, merge, touched

POD: dict[str, Any] = {
    "containers": [
        {"name": "main", "image": "a", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        {"name": "side", "image": "b"},
    ],
    "tolerations": [{"key": "x"}],
}


def test_a_container_is_found_by_its_name_and_a_variable_in_it_by_its_own() -> None:
    patch = {"containers": [{"name": "main", "env": [{"name": "B", "value": "3"}]}]}
    after = merge("Deployment", POD, patch)
    assert after["containers"][0]["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]
    assert after["containers"][0]["image"] == "a"
    assert after["containers"][1] == POD["containers"][1]


def test_an_item_of_a_new_name_is_added_at_the_end() -> None:
    after = merge("Deployment", POD, {"containers": [{"name": "new", "image": "c"}]})
    assert [item["name"] for item in after["containers"]] == ["main", "side", "new"]


def test_an_item_is_removed_by_its_name() -> None:
    after = merge("Deployment", POD, {"containers": [{"name": "side", "$patch": "delete"}]})
    assert [item["name"] for item in after["containers"]] == ["main"]


def test_a_list_without_a_merge_key_is_replaced() -> None:
    assert merge("Deployment", POD, {"tolerations": [{"key": "y"}]})["tolerations"] == [{"key": "y"}]


def test_rules_of_a_prometheus_rule_have_names_and_those_of_a_role_have_none() -> None:
    rules = {"rules": [{"alert": "A", "expr": "1"}, {"record": "r", "expr": "2"}]}
    assert merge("PrometheusRule", rules, {"rules": [{"alert": "A", "for": "1m"}]})["rules"] == [
        {"alert": "A", "expr": "1", "for": "1m"},
        {"record": "r", "expr": "2"},
    ]
    assert merge("Role", {"rules": [{"verbs": ["get"]}]}, {"rules": [{"verbs": ["list"]}]})["rules"] == [
        {"verbs": ["list"]}
    ]


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"nothing": None}, ("nothing",)),
        ({"containers": [{"image": "x"}]}, ("containers", 0)),
        ({"containers": [{"name": "gone", "$patch": "delete"}]}, ("containers", 0)),
    ],
)
def test_what_cannot_be_applied_says_where_in_the_patch(patch: dict[str, Any], path: tuple[str | int, ...]) -> None:
    with pytest.raises(MergeError) as refused:
        merge("Deployment", POD, patch)
    assert refused.value.path == path


def test_the_base_is_not_changed() -> None:
    before = repr(POD)
    merge("Deployment", POD, {"containers": [{"name": "main", "image": None}], "tolerations": None})
    assert repr(POD) == before


def test_what_a_patch_touched_is_known_to_the_deepest_path() -> None:
    after = merge("Deployment", POD, {"containers": [{"name": "main", "env": [{"name": "B", "value": "3"}]}], "x": 1})
    assert touched("Deployment", POD, after) == [("containers", 0, "env", 1, "value"), ("x",)]


def test_many_items_under_a_merge_key_keep_their_order_and_their_gaps_close() -> None:
    base = {"env": [{"name": f"A{number}", "value": "a"} for number in range(2_000)]}
    patch = {"env": [{"name": f"A{number}", "$patch": "delete"} for number in range(0, 2_000, 2)]}
    patch["env"] += [{"name": "A1", "value": "b"}, {"name": "NEW", "value": "c"}, {"name": "NEW", "value": "d"}]
    merged = merge("CronWorkflow", base, patch)["env"]
    assert [item["name"] for item in merged] == [*(f"A{number}" for number in range(1, 2_000, 2)), "NEW"]
    assert [merged[0]["value"], merged[-1]["value"]] == ["b", "d"]


def test_the_name_of_an_item_may_be_anything_that_a_file_can_say() -> None:
    base = {"containers": [{"name": {"a": [1]}, "image": "x"}, {"name": True}, {"name": 1}]}
    merged = merge("Pod", base, {"containers": [{"name": {"a": [1]}, "image": "y"}]})
    assert merged["containers"] == [{"name": {"a": [1]}, "image": "y"}, {"name": True}, {"name": 1}]
