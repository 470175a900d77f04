"""Editing the text of a lock: what changes is replaced where it stands, and everything else stays, comments too.

People read locks in pull requests and may say in them why something was pinned. An edit therefore touches the lines of
one section and no others, unless the file is written in a way that has no such lines; it is written anew then. Where a
version moves to another section, its lines go with it as they stand, and what was said about it too.
"""

from __future__ import annotations

from typing import Any, Final

from fairlead.output.yaml import dump
from fairlead.project.lock import Lock, LockedData, LockedImage, LockedModel, LockMetadata
from fairlead.source.nodes import Mapping, plain
from fairlead.source.reader import read
from fairlead.spec.units import Percentage

SECTIONS: Final = tuple(field.alias or name for name, field in Lock.model_fields.items())
"""The sections of a lock, in the order in which they are written."""

Document = dict[str, Any]


def new_lock(metadata: LockMetadata) -> str:
    """The text of a lock that holds nothing yet."""
    header = [
        "Written by `fairlead lock`, `promote` and `rollback`: the only state of this pipeline in this environment."
    ]
    content = {"apiVersion": "fairlead.dev/v1", "kind": "Lock", "metadata": _content(metadata)}
    return dump(content, header)


def with_image(text: str, reference: str, image: LockedImage) -> str:
    """`text` with the digest of one image. Returns `text` itself where nothing changes."""
    document = _document(text)
    images = {**document.get("images", {}), reference: _content(image)}
    return _edited(text, {**document, "images": images}, "images", reference)


def with_data(text: str, source: str, data: LockedData) -> str:
    """`text` with the digest of one pinned source. Returns `text` itself where nothing changes."""
    document = _document(text)
    found = {**document.get("data", {}), source: _content(data)}
    return _edited(text, {**document, "data": found}, "data", source)


def with_model(text: str, model: LockedModel) -> str:
    """`text` with another version served, and the one before as `previous`."""
    text = _with_previous(text)
    return _edited(text, {**_document(text), "model": _content(model)}, "model")


def with_canary(text: str, model: LockedModel, weight: Percentage) -> str:
    """`text` with a rollout that starts: a version beside the one that is served, at its first share of the traffic."""
    rollout = {"canary": _content(model), "weight": str(weight)}
    return _edited(text, {**_document(text), "rollout": rollout}, "rollout")


def with_weight(text: str, weight: Percentage) -> str:
    """`text` with another share of the traffic for the canary. Raises KeyError where there is none."""
    document = _document(text)
    return _edited(text, {**document, "rollout": {**document["rollout"], "weight": str(weight)}}, "rollout", "weight")


def with_canary_served(text: str) -> str:
    """`text` at the end of a rollout: the canary is served, and the version before it is `previous`.

    Raises KeyError where there is no canary.
    """
    canary = _document(text)["rollout"]["canary"]
    lines = _lines_of(text, ("rollout", "canary"), "model")
    text = _with_previous(text)
    text = _edited(text, {**_document(text), "model": canary}, "model", lines=lines)
    return without_rollout(text)


def without_rollout(text: str) -> str:
    """`text` with the canary taken back. What is served stays as it is."""
    wanted = {name: value for name, value in _document(text).items() if name != "rollout"}
    if wanted == _document(text):
        return text
    lines = text.splitlines()
    root = read("lock", text.encode()).root
    assert isinstance(root, Mapping)
    if _is_block(lines, root):
        start, stop = _span(lines, root, "rollout", len(lines))
        result = "\n".join([*lines[:start], *lines[stop:], ""])
        if _says(result, wanted):
            return result
    return dump(wanted)


def with_previous_served(text: str) -> str:
    """`text` with the version of before served again, and the one that was served as `previous`.

    Raises KeyError where there is none.
    """
    previous = _document(text)["previous"]
    lines = _lines_of(text, ("previous",), "model")
    text = _with_previous(text)
    return _edited(text, {**_document(text), "model": previous}, "model", lines=lines)


def _with_previous(text: str) -> str:
    """`text` with the version that is served as `previous`, too."""
    document = _document(text)
    if "model" not in document:
        return text
    lines = _lines_of(text, ("model",), "previous")
    return _edited(text, {**document, "previous": document["model"]}, "previous", lines=lines)


def _lines_of(text: str, path: tuple[str, ...], name: str) -> list[str] | None:
    """The lines of a section as they stand, under another key and from the left margin; None where it has none."""
    lines = text.splitlines()
    mapping, end = read("lock", text.encode()).root, len(lines)
    for step in path[:-1]:
        if not isinstance(mapping, Mapping) or not _is_block(lines, mapping):
            return None
        _, end = _span(lines, mapping, step, end)
        mapping = mapping.get(step)
    if not isinstance(mapping, Mapping) or not _is_block(lines, mapping):
        return None
    start, stop = _span(lines, mapping, path[-1], end)
    margin = " " * (mapping.entries[path[-1]].key_place.column - 1)
    found = [line.removeprefix(margin) for line in lines[start:stop]]
    own = f"{path[-1]}:"
    return [f"{name}:{found[0].removeprefix(own)}", *found[1:]] if found[0].startswith(own) else None


def _content(section: LockedModel | LockedImage | LockedData | LockMetadata) -> Document:
    content: Document = section.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content


def _document(text: str) -> Document:
    root = read("lock", text.encode()).root
    content = plain(root) if root is not None else None
    if not isinstance(content, dict):
        raise ValueError("a lock that is not a mapping can't be edited; validate it first")
    return content


def _edited(text: str, wanted: Document, section: str, key: str | None = None, lines: list[str] | None = None) -> str:
    """`text` changed in one section, or one key of it, so that it says `wanted`; with `lines`, where they are given."""
    wanted = {name: wanted[name] for name in SECTIONS if name in wanted}
    if _document(text) == wanted:
        return text
    old = text.splitlines()
    root = read("lock", text.encode()).root
    assert isinstance(root, Mapping)
    inner = root.get(section)
    if key is not None and isinstance(inner, Mapping) and _is_block(old, inner):
        _, end = _span(old, root, section, len(old))
        edited = _replaced(old, inner, key, dump({key: wanted[section][key]}).splitlines(), end)
    elif _is_block(old, root):
        edited = _replaced(old, root, section, lines or dump({section: wanted[section]}).splitlines(), len(old))
    else:
        edited = []
    result = "\n".join([*edited, ""])
    return result if edited and _says(result, wanted) else dump(wanted)


def _says(text: str, wanted: Document) -> bool:
    document = read("lock", text.encode())
    return document.root is not None and not document.diagnostics and plain(document.root) == wanted


def _is_block(lines: list[str], mapping: Mapping) -> bool:
    """Whether a mapping has its keys on lines of their own, and not in braces."""
    place = mapping.place
    return bool(mapping.entries) and lines[place.line - 1][place.column - 1] != "{"


def _replaced(lines: list[str], mapping: Mapping, key: str, value: list[str], end: int) -> list[str]:
    """`lines` with other ones for one key of a block mapping that ends before line `end` (from 0)."""
    indent = next(iter(mapping)).key_place.column - 1
    new = [" " * indent + line if line else line for line in value]
    if key in mapping.entries:
        start, stop = _span(lines, mapping, key, end)
    else:
        start = stop = _insertion(lines, mapping, key, end)
    return [*lines[:start], *new, *lines[stop:]]


def _span(lines: list[str], mapping: Mapping, key: str, end: int) -> tuple[int, int]:
    """The first line of a key and the one behind its value, without comments that belong to what follows."""
    start = mapping.entries[key].key_place.line - 1
    later = [entry.key_place.line - 1 for entry in mapping if entry.key_place.line - 1 > start]
    stop = min([*later, end])
    indent = mapping.entries[key].key_place.column - 1
    while stop - 1 > start and _is_between(lines[stop - 1], indent):
        stop -= 1
    return start, stop


def _is_between(line: str, indent: int) -> bool:
    """Whether a line is empty, or a comment that is not indented below a key at `indent`."""
    stripped = line.lstrip(" ")
    return not stripped or (stripped.startswith("#") and len(line) - len(stripped) <= indent)


def _insertion(lines: list[str], mapping: Mapping, key: str, end: int) -> int:
    """Where a new key goes: before the first section that comes later in a lock, else behind the last entry."""
    if key in SECTIONS:
        for name in SECTIONS[SECTIONS.index(key) + 1 :]:
            if name in mapping.entries:
                before = [entry.key for entry in mapping if entry.key_place < mapping.entries[name].key_place]
                return _span(lines, mapping, before[-1], end)[1] if before else mapping.entries[name].key_place.line - 1
    last = max(mapping, key=lambda entry: entry.key_place)
    return _span(lines, mapping, last.key, end)[1]
