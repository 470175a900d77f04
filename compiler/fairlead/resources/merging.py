"""Merge patches over manifests: as RFC 7396, except that lists of named things merge by their name.

Kubernetes calls the second part a strategic merge. The merge keys are those of the kinds that Fairlead emits; a
custom resource has none in a cluster, so they are known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.source.nodes import Path

DIRECTIVE = "$patch"
"""The key that, with the value `delete`, removes an item of a list from under its merge key, as in Kubernetes."""

_EVERYWHERE: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "sidecars": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
    "templates": ("name",),
    "tasks": ("name",),
    "parameters": ("name",),
    "artifacts": ("name",),
    "groups": ("name",),
    "rules": ("alert", "record", "name"),
    "dependencies": ("name",),
    "triggers": ("name",),
    "receivers": ("name",),
    "subjects": ("name",),
    "supportedModelFormats": ("name",),
    "steps": ("stepName",),
    "conditions": ("type",),
}
"""Merge keys by the name of the list, wherever it stands; the first key that all items have counts."""

_OF_KIND: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("PodMonitor", "podMetricsEndpoints"): ("port",),
    ("Service", "ports"): ("port",),
    ("NetworkPolicy", "ports"): (),
    ("ServingRuntime", "ports"): ("containerPort",),
    ("InferenceService", "ports"): ("containerPort",),
    ("InferenceService", "canary"): ("name",),
    ("Role", "rules"): (),
    ("AuthorizationPolicy", "rules"): (),
    ("HTTPRoute", "rules"): ("name",),
    ("InferenceService", "metrics"): (),
}
"""Merge keys that hold for one kind alone; an empty tuple says that the list has none and is replaced."""


class MergeError(ValueError):
    """A patch that can't be applied, with the path in the patch that is at fault."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def merge_keys(kind: str, field: str) -> tuple[str, ...]:
    """The keys by which items of the list `field` are told apart in a resource of `kind`; none where it is replaced."""
    return _OF_KIND.get((kind, field), _EVERYWHERE.get(field, ()))


def merge(kind: str, base: Any, patch: Any, path: Path = ()) -> Any:
    """`base` with `patch` over it. Neither is changed. Raises MergeError."""
    if isinstance(patch, Mapping):
        return _mapping(kind, base if isinstance(base, Mapping) else {}, patch, path)
    if isinstance(patch, Sequence) and not isinstance(patch, str):
        field = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        keys = merge_keys(kind, field)
        if keys and isinstance(base, Sequence) and all(isinstance(item, Mapping) for item in [*base, *patch]):
            return _named(kind, list(base), list(patch), keys, path)
        return [merge(kind, None, item, (*path, position)) for position, item in enumerate(patch)]
    return patch


def _mapping(kind: str, base: Mapping[str, Any], patch: Mapping[str, Any], path: Path) -> dict[str, Any]:
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            if key not in result:
                raise MergeError((*path, key), f"`{key}` is null, which removes it, and there is nothing to remove")
            del result[key]
        else:
            result[key] = merge(kind, base.get(key), value, (*path, key))
    return result


def _named(
    kind: str, base: list[Mapping[str, Any]], patch: list[Mapping[str, Any]], keys: tuple[str, ...], path: Path
) -> list[Any]:
    # What is removed leaves a gap until the end, so that every other item keeps its number.
    result: list[Any] = list(base)
    numbers = {key: _numbers(base, key) for key in keys}
    for position, item in enumerate(patch):
        key = next((name for name in keys if name in item), None)
        if key is None:
            wanted = " or ".join(f"`{name}`" for name in keys)
            raise MergeError((*path, position), f"items of this list are told apart by {wanted}, and this one has none")
        mark = _mark(item[key])
        found = numbers[key].get(mark)
        if item.get(DIRECTIVE) == "delete":
            if found is None:
                raise MergeError((*path, position), f"there is no item with the {key} `{item[key]}` to remove")
            result[found] = None
            del numbers[key][mark]
        elif found is None:
            numbers[key][mark] = len(result)
            result.append(merge(kind, None, item, (*path, position)))
        else:
            result[found] = merge(kind, result[found], item, (*path, position))
    return [item for item in result if item is not None]


def _numbers(items: list[Mapping[str, Any]], key: str) -> dict[str, int]:
    """The first item with each value of `key`, by that value."""
    found: dict[str, int] = {}
    for number, item in enumerate(items):
        if key in item:
            found.setdefault(_mark(item[key]), number)
    return found


def _mark(value: Any) -> str:
    """A text that is the same for equal values, which need not be hashable."""
    return json.dumps(value, sort_keys=True)


def touched(kind: str, before: Any, after: Any, path: Path = ()) -> list[Path]:
    """The deepest paths at which two manifests differ, as paths in `after`; for what is gone, the path of what had
    it.
    """
    if before is after:
        return []  # what a merge leaves alone it shares, and that is most of a manifest
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found: list[Path] = [path] if set(before) - set(after) else []
        for key, value in after.items():
            found += touched(kind, before.get(key), value, (*path, key)) if key in before else [(*path, key)]
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) <= len(after):
        found = []
        for position, value in enumerate(after):
            here = (*path, position)
            found += touched(kind, before[position], value, here) if position < len(before) else [here]
        return found
    return [] if before == after and type(before) is type(after) else [path]
