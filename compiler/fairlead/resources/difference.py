"""The patch that leads from one manifest to another, in the words of `patches`: the inverse of merging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.resources.merging import DIRECTIVE, MergeError, merge, merge_keys


def difference(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    """The least merge patch that makes `after` of `before`, a manifest of `kind`; None where no merge patch can.

    None can set a value to null, which removes it, or put the items of a list that merges by name in another order.
    """
    patch = _mapping(kind, before, after)
    try:
        return patch if same(merge(kind, before, patch), after) else None
    except MergeError:
        return None


def same(one: Any, other: Any) -> bool:
    """Equal, whatever the order of keys, and of one type: to Kubernetes 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _mapping(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif not same(before[key], value):
            patch[key] = _value(kind, key, before[key], value)
    return patch


def _value(kind: str, field: str, before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return _mapping(kind, before, after)
    if isinstance(before, list) and isinstance(after, list):
        for key in merge_keys(kind, field):
            if _named(before, key) and _named(after, key):
                return _items(kind, key, before, after)
    return after


def _named(items: list[Any], key: str) -> bool:
    """Whether `key` tells the items apart, as it must for each to be found."""
    names = [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str | int)]
    return len(names) == len(items) == len(set(names))


def _items(kind: str, key: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {item[key]: item for item in before}
    kept = {item[key] for item in after}
    patch: list[dict[str, Any]] = [{key: name, DIRECTIVE: "delete"} for name in known if name not in kept]
    for item in after:
        name = item[key]
        if name not in known:
            patch.append(item)
        elif not same(known[name], item):
            patch.append({key: name, **_mapping(kind, known[name], item)})
    return patch
