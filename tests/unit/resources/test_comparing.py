"""Two values are compared by what they mean to whoever reads them."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.preview.immutable import is_immutable
from fairlead.resources.comparing import differences, dotted, shown


def found(before: Any, after: Any, kind: str = "Deployment") -> list[tuple[str, str | None, str | None]]:
    return [(dotted(each.path), shown(each.before), shown(each.after)) for each in differences(kind, before, after)]


def pods(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(containers)}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1, "b": {"c": [1, 2]}}, {"b": {"c": [1, 2]}, "a": 1}),
        (pods({"name": "a"}, {"name": "b"}), pods({"name": "b"}, {"name": "a"})),
        ({"env": [{"name": "A", "value": "1"}, {"name": "B"}]}, {"env": [{"name": "B"}, {"name": "A", "value": "1"}]}),
        ({"data": '{"a": 1, "b": 2}'}, {"data": '{"b": 2,\n "a": 1}'}),
        ({"depends": "a && b"}, {"depends": "b && a"}),
    ],
)
def test_what_means_the_same_is_no_difference(before: Any, after: Any) -> None:
    assert found(before, after) == []
    assert found(after, before) == []


def test_values_are_found_where_they_are() -> None:
    before = pods({"name": "main", "env": [{"name": "LEVEL", "value": "info"}, {"name": "OLD", "value": "1"}]})
    after = pods({"name": "main", "env": [{"name": "LEVEL", "value": "debug"}], "image": "x"})
    assert found(before, after) == [
        ("spec.containers[main].env[LEVEL].value", "info", "debug"),
        ("spec.containers[main].env[OLD]", '{"name": "OLD", "value": "1"}', None),
        ("spec.containers[main].image", None, "x"),
    ]


def test_the_order_is_a_difference_where_platforms_keep_it() -> None:
    one = {"initContainers": [{"name": "a"}, {"name": "b"}]}
    other = {"initContainers": [{"name": "b"}, {"name": "a"}]}
    assert found(one, other) == [("initContainers (order)", '["a", "b"]', '["b", "a"]')]
    variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}]
    assert found({"env": variables}, {"env": variables[::-1]}) == [("env (order)", '["A", "B"]', '["B", "A"]')]
    elsewhere = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(C)"}]
    assert found({"env": elsewhere}, {"env": elsewhere[::-1]}) == []
    assert found({"command": ["a", "b"]}, {"command": ["b", "a"]}) != []


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (1, 1.0), (1, "1"), (None, ""), ("", "''"), ([], {}), (0, False)]
)
def test_types_are_values(one: Any, other: Any) -> None:
    assert len(found({"a": one}, {"a": other})) == 1


def test_nothing_and_null_are_two_things() -> None:
    assert found({"a": None}, {}) == [("a", "null", None)]


def test_what_lies_in_a_text_of_json_is_told_apart() -> None:
    before, after = {"raw": '{"test": 0.2, "by": "id"}'}, {"raw": '{"by": "id", "test": 0.25}'}
    assert found(before, after) == [("raw.test", "0.2", "0.25")]
    assert found({"raw": "{broken"}, {"raw": "{}"}) == [("raw", "{broken", "{}")]


def test_long_values_are_cut_and_stay_on_a_line() -> None:
    ((_, before, _),) = found({"a": "x\ny" * 500}, {"a": ""})
    assert before is not None
    assert len(before) == 120
    assert "\n" not in before


def test_paths_with_odd_keys_can_be_read() -> None:
    assert dotted(("metadata", "annotations", "acme.example/x", 0)) == 'metadata.annotations["acme.example/x"][0]'


def test_what_kubernetes_refuses_to_change_is_known() -> None:
    assert is_immutable("rbac.authorization.k8s.io", "RoleBinding", ("roleRef", "name"))
    assert is_immutable("apps", "Deployment", ("spec", "selector", "matchLabels", "app"))
    assert not is_immutable("apps", "Deployment", ("spec", "replicas"))
    assert not is_immutable("", "ConfigMap", ("data", "a"))
    assert is_immutable("", "ConfigMap", ("data", "a"), frozen=True)
