"""Two compiles compared, resource by resource and file by file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fairlead.output.desired import Owner
from fairlead.preview.immutable import is_immutable
from fairlead.preview.model import Change, FieldChange, ResourceChange
from fairlead.preview.states import Item, State
from fairlead.resources.comparing import Difference, differences, dotted, shown
from fairlead.resources.order import rank
from fairlead.resources.resource import Identity
from fairlead.source.nodes import plain
from fairlead.source.places import Place
from fairlead.source.reader import read
from fairlead.spec.secrets import masked

FIELDS: Final = 200
"""Values of one resource that are listed; of more, how many there are."""
Key = tuple[str | None, Identity | str]
"""What makes a file one and the same: its environment, and its resource or its path."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is called otherwise in head: pipelines by environment and namespaces by name, from base to head."""

    pipelines: Mapping[tuple[str, str], str]
    namespaces: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a PrometheusRule that differs says."""

    before: Any
    """In base, under the names of head."""
    after: Any
    place: Place
    """Where it comes from in base's files."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Every file that differs."""

    files: Mapping[Owner, list[ResourceChange]]
    """By owner in head, or in base where head has no such owner; in the order of applying."""
    rules: Mapping[str, Rules]
    """What the PrometheusRules among them say, by their paths in head."""


def changes(before: State, after: State, names: Names) -> Changes:
    """Compares all files of two states."""
    rules: dict[str, Rules] = {}
    old, new = dict(_keyed(before)), dict(_keyed(after))
    taken = {_translated(key, owner, names): (owner, item) for key, (owner, item) in old.items()}
    found: dict[Owner, list[tuple[Any, ResourceChange]]] = {}
    for key, (owner, item) in new.items():
        was = taken.pop(key, None)
        if was is None:
            found.setdefault(owner, []).append((_rank(item), _added(item)))
        elif (change := _changed(was[1], item, (was[0].pipeline, owner.pipeline), rules)) is not None:
            found.setdefault(owner, []).append((_rank(item), change))
    for owner, item in taken.values():
        found.setdefault(_heir(owner, names), []).append((_rank(item), _removed(item)))
    ordered = {
        owner: [change for _, change in sorted(items, key=lambda each: each[0])] for owner, items in found.items()
    }
    return Changes(ordered, rules)


def _keyed(state: State) -> Iterator[tuple[Key, tuple[Owner, Item]]]:
    for owner, items in state.files.items():
        for item in items.values():
            yield _key(owner, item), (owner, item)


def _key(owner: Owner, item: Item) -> Key:
    if item.resource is not None:
        return owner.environment, item.resource.identity
    return owner.environment, item.path


def _translated(key: Key, owner: Owner, names: Names) -> Key:
    """The key that a file of base has in head, where its pipeline or its namespace is called otherwise there."""
    environment, found = key
    renamed = names.pipelines.get((owner.environment or "", owner.pipeline or ""))
    if isinstance(found, str):
        if renamed is None or owner.pipeline is None:
            return key
        return environment, found.replace(f"/{owner.pipeline}/", f"/{renamed}/", 1)
    namespace = names.namespaces.get(found.namespace, found.namespace)
    name = _renamed(found.name, owner.pipeline, renamed) if renamed and owner.pipeline else found.name
    return environment, found._replace(namespace=namespace, name=name)


def _renamed(name: str, old: str, new: str) -> str:
    return new + name[len(old) :] if name == old or name.startswith(f"{old}-") else name


def _heir(owner: Owner, names: Names) -> Owner:
    renamed = names.pipelines.get((owner.environment or "", owner.pipeline or ""))
    return Owner(owner.environment, renamed) if renamed else owner


def _rank(item: Item) -> tuple[int, Any, str]:
    if item.resource is None:
        return (1, (), item.path)
    return (0, rank(item.resource.identity), item.path)


def _added(item: Item) -> ResourceChange:
    return _change(item, Change.ADDED, diff=_diff("", "", item.path, item.content))


def _removed(item: Item) -> ResourceChange:
    return _change(item, Change.REMOVED, diff=_diff(item.path, item.content, "", ""))


def _changed(
    before: Item, after: Item, pipelines: tuple[str | None, str | None], rules: dict[str, Rules]
) -> ResourceChange | None:
    moved = before.path != after.path
    if before.sha256 == after.sha256 and not moved:
        return None
    one, other = before.content, after.content
    was, now = value_of(before.path, under(one, *pipelines)), value_of(after.path, other)
    fields = list(_fields(after, was, now))
    if after.resource is not None and after.resource.kind == "PrometheusRule":
        rules[after.path] = Rules(was, now, before.origin.place)
    another = before.resource is not None and after.resource is not None
    renamed = another and _identity(before) != _identity(after)
    replaced = renamed or any(field.replaces for field in fields)
    if replaced:
        change = Change.REPLACED
    elif fields or ((was is None or now is None) and one != other):
        change = Change.CHANGED
    else:
        change = Change.REWRITTEN
    name = before.resource.name if before.resource is not None and renamed else None
    return _change(
        after,
        change,
        fields=tuple(fields[:FIELDS]),
        path_before=before.path if moved else None,
        name_before=name if after.resource is None or name != after.resource.name else None,
        diff=_diff(before.path, one, after.path, other),
    )


def under(text: str, name: str | None, heir: str | None) -> str:
    """A text of a pipeline that has another name now, under that name: what else differs is then seen."""
    if name is None or heir is None or name == heir:
        return text
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", heir, text)


def _identity(item: Item) -> Identity | None:
    return item.resource.identity if item.resource is not None else None


def _change(
    item: Item,
    change: Change,
    fields: tuple[FieldChange, ...] = (),
    path_before: str | None = None,
    name_before: str | None = None,
    diff: str = "",
) -> ResourceChange:
    found = item.resource
    return ResourceChange(
        change,
        item.path,
        path_before,
        found.kind if found else None,
        found.namespace if found else None,
        found.name if found else None,
        name_before,
        item.target,
        item.origin.node,
        item.origin.place,
        fields,
        explained=False,
        diff=diff,
    )


def _fields(after: Item, was: Any, now: Any) -> Iterator[FieldChange]:
    """Every value that differs. Those of a Secret are never shown."""
    if was is None or now is None:
        return
    found = after.resource
    kind, group = (found.kind, found.identity.group) if found else ("", "")
    frozen = isinstance(was, dict) and was.get("immutable") is True
    for difference in differences(kind, was, now):
        path = difference.path
        replaces = found is not None and is_immutable(group, kind, path, frozen=frozen)
        hidden = kind == "Secret" and path[:1] in (("data",), ("stringData",))
        yield FieldChange(masked(dotted(path)), *_texts(difference, hidden=hidden), replaces)


def _texts(difference: Difference, *, hidden: bool) -> tuple[str | None, str | None]:
    before, after = (
        None if text is None else ("***" if hidden else masked(text))
        for text in (shown(difference.before), shown(difference.after))
    )
    return before, after


def value_of(path: str, text: str) -> Any:
    """What a file says to a program; None for what is no YAML or JSON, or nothing that we can read."""
    if not path.endswith((".yaml", ".yml", ".json")):
        return None
    document = read(path, text.encode())
    if document.root is None or any(found.level == "error" for found in document.diagnostics):
        return None
    return plain(document.root)


_DATA: Final = re.compile(r"^((?:data|stringData):)\n((?:[ #].*\n|\n)+)", re.MULTILINE)


def without_values(text: str) -> str:
    """The text of a Secret with its keys, and without what stands under them."""
    return _DATA.sub(lambda found: f"{found[1]}\n{''.join(_keys(found[2].splitlines()))}", text)


def _keys(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("  ") and not line.startswith("   "):
            key, colon, _ = line.partition(":")
            yield f"{key}: '***'\n" if colon and not key.startswith("  ?") else "  '***'\n"


def _diff(path_before: str, before: str, path: str, after: str) -> str:
    """The unified difference. A private key has many lines, so it is masked before they are told apart."""
    if (path or path_before).rpartition("/")[2].startswith("secret-"):
        before, after = without_values(before), without_values(after)
    if "PRIVATE KEY" in before or "PRIVATE KEY" in after:
        before, after = masked(before), masked(after)
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"a/{path_before}" if path_before else "/dev/null",
        f"b/{path}" if path else "/dev/null",
        lineterm="",
    )
    return masked("\n".join(lines))
