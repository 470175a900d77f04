"""What a name may look like in each place of a manifest, as the API servers and controllers hold it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
RFC1035 = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
QUALIFIED = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
RECORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
METRIC = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
ARGO_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}")
"""workflow/validate of Argo Workflows, for templates and tasks."""
ARGO_ARTIFACT = re.compile(r"[-a-zA-Z0-9_]+")
CONFIG_KEY = re.compile(r"(?!\.\.)[-._a-zA-Z0-9]{1,253}")

NAMES: Mapping[str, tuple[re.Pattern[str], int]] = {
    "CronWorkflow": (LABEL, 52),
    "WorkflowTemplate": (LABEL, 63),
    "Service": (RFC1035, 63),
    # Its Pods carry `isvc.<name>-<predictor>-predictor` as a label, and the longest predictor has 11 characters.
    "InferenceService": (RFC1035, 36),
    "InferenceGraph": (RFC1035, 36),
    "TrainingRuntime": (LABEL, 63),
    "EventBus": (LABEL, 47),
    "EventSource": (LABEL, 47),
    "Sensor": (LABEL, 47),
}
"""The form and the greatest length of names, where that is narrower than a subdomain of 253 characters."""

LISTS: Mapping[str, tuple[re.Pattern[str], bool]] = {
    "env": (VARIABLE, True),
    "ports": (PORT, True),
    "containers": (LABEL, True),
    "initContainers": (LABEL, True),
    "volumes": (LABEL, True),
    "volumeMounts": (LABEL, False),
    "templates": (ARGO_NAME, True),
    "tasks": (ARGO_NAME, True),
    "prometheus": (METRIC, False),
    "groups": (re.compile(".+"), True),
}
"""Lists of named things: the form of their names, and whether each may be there once."""


def faults(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Every name in a manifest that its place can't have, and every name that is there twice."""
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    form, longest = NAMES.get(kind, (SUBDOMAIN, 253))
    if not form.fullmatch(name) or len(name) > longest:
        yield f"{kind} {name}: no name for this kind"
    for where, value in _sections(manifest, kind):
        yield from _faults(where, value)


def _faults(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if {"record", "alert"} & value.keys():
        yield from _rule(where, value)
        return
    for key in ("labels", "matchLabels", "nodeSelector"):
        if isinstance(value.get(key), dict):
            yield from _labels(f"{where}.{key}", value[key])
    for key, form in {"annotations": QUALIFIED, "data": CONFIG_KEY}.items():
        if isinstance(value.get(key), dict):
            yield from (f"{where}.{key}: {name!r}" for name in value[key] if not form.fullmatch(name))
    for key, (form, unique) in LISTS.items():
        yield from _each(f"{where}.{key}", value.get(key), form, unique=unique)
    for key in ("inputs", "outputs", "arguments"):
        for kind in ("parameters", "artifacts"):
            if isinstance(value.get(key), dict):
                yield from _each(f"{where}.{key}.{kind}", value[key].get(kind), ARGO_ARTIFACT)


def _rule(where: str, rule: Mapping[str, Any]) -> Iterator[str]:
    if "record" in rule and not RECORD.fullmatch(rule["record"]):
        yield f"{where}: the record {rule['record']!r}"
    yield from (f"{where}: the label {key!r}" for key in rule.get("labels", {}) if not METRIC.fullmatch(key))


def _sections(value: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield where, value
        for key, item in value.items():
            yield from _sections(item, f"{where}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _sections(item, f"{where}[{position}]")


def _labels(where: str, labels: Mapping[str, Any]) -> Iterator[str]:
    for key, value in labels.items():
        if not QUALIFIED.fullmatch(key):
            yield f"{where}: the key {key!r}"
        if not isinstance(value, str) or not LABEL_VALUE.fullmatch(value):
            yield f"{where}: {key} is {value!r}"


def _each(where: str, items: Any, form: re.Pattern[str], *, unique: bool = True) -> Iterator[str]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return
    names = [item["name"] for item in items if "name" in item]
    yield from (f"{where}: {name!r}" for name in names if not form.fullmatch(name))
    if unique:
        yield from twice(where, names)


def twice(where: str, names: Iterable[str]) -> Iterator[str]:
    """What is there more than once."""
    yield from (f"{where}: {name!r} is there {count} times" for name, count in Counter(names).items() if count > 1)
