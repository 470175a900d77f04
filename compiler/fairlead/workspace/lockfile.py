"""Editing the text of a lock: what changes is replaced where it stands, and everything else stays, comments too.

People read locks in pull requests and may say in them why something was pinned. An edit therefore touches the lines of
one section and no others, unless the file is written in a way that has no such lines; it is written anew then.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, Final

from fairlead.output.yaml import dump
from fairlead.project.lock import Lock, LockedImage, LockedModel, LockMetadata
from fairlead.source.nodes import Mapping, Plain, plain
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


def with_model(text: str, model: LockedModel) -> str:
    """`text` with another version served, and the one before as `previous`."""
    document = _document(text)
    new = {**document, "model": _content(model)}
    if "model" in document:
        new["previous"] = document["model"]
        text = _edited(text, {**document, "previous": document["model"]}, "previous")
    return _edited(text, new, "model")


def with_canary(text: str, model: LockedModel, weight: Percentage) -> str:
    """`text` with a rollout that starts: a version beside the one that is served, at its first share of the traffic."""
    rollout = {"canary": _content(model), "weight": str(weight)}
    return _edited(text, {**_document(text), "rollout": rollout}, "rollout")


def _content(section: LockedModel | LockedImage | LockMetadata) -> Document:
    content: Document = section.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content


def _document(text: str) -> Document:
    root = read("lock", text.encode()).root
    content = plain(root) if root is not None else None
    if not isinstance(content, dict):
        raise ValueError("a lock that is not a mapping can't be edited; validate it first")
    return content


def _edited(text: str, wanted: Document, section: str, key: str | None = None) -> str:
    """`text` changed in one section, or one key of it, so that it says `wanted`."""
    wanted = {name: wanted[name] for name in SECTIONS if name in wanted}
    if _document(text) == wanted:
        return text
    lines = text.splitlines()
    root = read("lock", text.encode()).root
    assert isinstance(root, Mapping)
    inner = root.get(section)
    if key is not None and isinstance(inner, Mapping) and _is_block(lines, inner):
        _, end = _span(lines, root, section, len(lines))
        edited = _replaced(lines, inner, key, wanted[section][key], end)
    elif _is_block(lines, root):
        edited = _replaced(lines, root, section, wanted[section], len(lines))
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


def _replaced(lines: list[str], mapping: Mapping, key: str, value: Plain | MappingABC[str, Any], end: int) -> list[str]:
    """`lines` with another value under one key of a block mapping that ends before line `end` (from 0)."""
    indent = next(iter(mapping)).key_place.column - 1
    new = [" " * indent + line if line else line for line in dump({key: value}).splitlines()]
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
