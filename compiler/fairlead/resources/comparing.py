"""Two manifests, or any two values, compared by meaning: which values differ, and where.

Keys have no order. Items of lists that have names are told apart by them, as patches do it; the order of such items
means something only where the platform says so.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from fairlead.resources.difference import same
from fairlead.resources.merging import merge_keys

UNORDERED: Final = frozenset(
    {
        "containers", "sidecars", "volumes", "volumeMounts", "volumeDevices", "imagePullSecrets", "hostAliases",
        "topologySpreadConstraints", "templates", "tasks", "parameters", "artifacts", "groups", "dependencies",
        "triggers", "receivers", "subjects", "supportedModelFormats", "ports", "podMetricsEndpoints",
    }
)  # fmt: skip
"""Lists of named things whose order says nothing to the platforms. Variables may refer to those before them, rules of a
group are evaluated in turn, and the steps of an InferenceGraph follow each other."""
LONGEST: Final = 120
"""Characters of a value that are shown."""
Step = str | int


class Difference(NamedTuple):
    """One value that differs; `before` and `after` are MISSING where there is none."""

    path: tuple[Step, ...]
    """Keys and, for items of lists, names in brackets or positions."""
    before: Any
    after: Any


class _Missing:
    """What is not there, which null is not."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()


def differences(
    kind: str, before: Any, after: Any, path: tuple[Step, ...] = (), field: str = ""
) -> Iterator[Difference]:
    """Every value that differs between two trees, as deep as they have one shape; nothing where they mean the same."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            here = (*path, str(key))
            if key not in after:
                yield Difference(here, before[key], MISSING)
            elif key not in before:
                yield Difference(here, MISSING, after[key])
            else:
                yield from differences(kind, before[key], after[key], here, str(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(kind, before, after, path, field)
    elif not same(before, after) and not (field == "depends" and _conjuncts(before) == _conjuncts(after)):
        inside = _document(before), _document(after)
        if inside[0] is not None and inside[1] is not None:
            yield from differences(kind, *inside, path)
        else:
            yield Difference(path, before, after)


def _document(value: Any) -> Any:
    """What a text of JSON says to whoever reads it; None for any other value."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _conjuncts(value: Any) -> list[str]:
    """What a task of Argo's waits for, where it waits for all of it: the order says nothing."""
    return sorted(str(value).split(" && "))


def _lists(kind: str, before: list[Any], after: list[Any], path: tuple[Step, ...], field: str) -> Iterator[Difference]:
    key = next(
        (name for name in merge_keys(kind, field) if _tells_apart(before, name) and _tells_apart(after, name)), None
    )
    if key is not None:
        yield from _named(kind, key, before, after, path, field)
        return
    if len(before) == len(after):
        for position, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(kind, one, other, (*path, position))
        return
    yield from _aligned(kind, before, after, path)


def _aligned(kind: str, before: list[Any], after: list[Any], path: tuple[Step, ...]) -> Iterator[Difference]:
    """Items that have come or gone between those that stayed."""
    one, other = ([json.dumps(item, sort_keys=True, default=str) for item in items] for items in (before, after))
    steps = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for tag, was, was_end, now, now_end in steps:
        if tag == "equal":
            continue
        both = min(was_end - was, now_end - now)
        for number in range(both):
            yield from differences(kind, before[was + number], after[now + number], (*path, now + number))
        yield from (Difference((*path, number), before[number], MISSING) for number in range(was + both, was_end))
        yield from (Difference((*path, number), MISSING, after[number]) for number in range(now + both, now_end))


def _named(
    kind: str, key: str, before: list[Any], after: list[Any], path: tuple[Step, ...], field: str
) -> Iterator[Difference]:
    old, new = {item[key]: item for item in before}, {item[key]: item for item in after}
    for name, item in old.items():
        here = (*path, f"[{name}]")
        if name not in new:
            yield Difference(here, item, MISSING)
        else:
            yield from differences(kind, item, new[name], here)
    for name, item in new.items():
        if name not in old:
            yield Difference((*path, f"[{name}]"), MISSING, item)
    kept, now = [name for name in old if name in new], [name for name in new if name in old]
    if field not in UNORDERED and kept != now and not (field == "env" and _expanded(before) == _expanded(after)):
        yield Difference((*path, "(order)"), kept, now)


def _tells_apart(items: list[Any], key: str) -> bool:
    names = [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str | int)]
    return len(names) == len(items) == len(set(names))


def _expanded(variables: list[Any]) -> set[tuple[str, str]]:
    """Which variables are made of which: of those before them alone; another name is left as it stands."""
    return {
        (variable["name"], earlier["name"])
        for position, variable in enumerate(variables)
        for earlier in variables[:position]
        if f"$({earlier['name']})" in str(variable.get("value", ""))
    }


def dotted(path: tuple[Step, ...]) -> str:
    """A path as people write it: `spec.predictor.containers[kserve-container].env[LEVEL].value`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.startswith(("[", "(")):
            text += step if step.startswith("[") else f" {step}"
        elif step.replace("_", "").replace("-", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def shown(value: Any) -> str | None:
    """A value on one line, cut where it is long; None for what is not there."""
    if value is MISSING:
        return None
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split()) if isinstance(value, str) else text
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
