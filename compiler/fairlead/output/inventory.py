"""The inventory: which files an owner has, what they hold, and where they come from.

It is how Fairlead knows its own. What an inventory does not list is never overwritten and never deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Final

from fairlead.output.desired import Desired, Owner, ResourceRef
from fairlead.resources.resource import Origin
from fairlead.source.places import Place

INVENTORY: Final = "inventory.json"
SCHEMA_VERSION: Final = 1

_UNNORMALISED: Final = re.compile(r"(?:\A|/)\.{0,2}(?:/|\Z)")
_NEVER: Final = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that an inventory lists. `path` is relative to the repository's root."""

    path: str
    sha256: str
    target: str | None
    resource: ResourceRef | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that one owner has on disk. `compiler` is the version that wrote it."""

    owner: Owner
    compiler: str
    files: Mapping[str, Entry]


class Unreadable(Exception):
    """Raised where an inventory can't be relied on; the message says why, for people."""


def entry_of(file: Desired) -> Entry:
    """How an inventory lists `file`."""
    return Entry(file.path, file.sha256, file.target, file.resource, file.origin)


def encode(inventory: Inventory) -> bytes:
    """The inventory as JSON: one line a file, in the order of their paths, so that a diff shows files."""
    text = encode_basestring  # a tenth of what json.dumps costs, and there are thirty files to a pipeline
    lines = []
    for path in sorted(inventory.files):
        entry = inventory.files[path]
        found, origin = entry.resource, entry.origin
        resource = (
            f'{{"apiVersion": {text(found.api_version)}, "kind": {text(found.kind)}, '
            f'"namespace": {text(found.namespace)}, "name": {text(found.name)}}}'
            if found
            else "null"
        )
        lines.append(
            f'    {{"path": {text(path)}, "sha256": "{entry.sha256}", '
            f'"target": {"null" if entry.target is None else text(entry.target)}, "resource": {resource}, '
            f'"origin": {{"node": {text(origin.node)}, "file": {text(origin.place.file)}, '
            f'"line": {origin.place.line}, "why": {text(origin.why)}}}}}'
        )
    owner = inventory.owner
    head = {
        "version": SCHEMA_VERSION,
        "compiler": inventory.compiler,
        "environment": owner.environment,
        "pipeline": owner.pipeline,
    }
    members = "".join(f'  "{key}": {json.dumps(value)},\n' for key, value in head.items())
    files = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    return f'{{\n{members}  "files": {files}\n}}\n'.encode()


def decode(content: bytes, owner: Owner) -> Inventory:
    """The inventory in `content`, which lies where that of `owner` belongs. Raises `Unreadable`."""
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise Unreadable(f"it is not JSON: {error}") from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    if not isinstance(raw, dict):
        raise Unreadable("it is not a JSON object")
    version = raw.get("version")
    if type(version) is not int:
        raise Unreadable("it has no version")
    if version != SCHEMA_VERSION:
        raise Unreadable(f"its version is {version}, and this compiler knows {SCHEMA_VERSION}")
    said = Owner(raw.get("environment"), raw.get("pipeline"))
    if said != owner:
        raise Unreadable(f"it says that it belongs to {said}, and it lies where that of {owner} belongs")
    compiler, files = raw.get("compiler"), raw.get("files")
    if not isinstance(compiler, str) or not isinstance(files, list):
        raise Unreadable("its compiler or its list of files is missing")
    entries: dict[str, Entry] = {}
    for number, item in enumerate(files):
        try:
            entry = _entry(item)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"file {number + 1} of {len(files)} in it is malformed: {_reason(error)}") from error
        if entry.path in entries:
            raise Unreadable(f"it lists {entry.path} twice")
        entries[entry.path] = entry
    return Inventory(owner, compiler, entries)


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _entry(item: Any) -> Entry:
    path, digest, target = _text(item["path"], "path"), _text(item["sha256"], "sha256"), item["target"]
    resource, origin = item["resource"], item["origin"]
    if problem := path_problem(path):
        raise ValueError(f"the path {path!r} {problem}")
    if len(digest) != 64 or digest.strip("0123456789abcdef"):
        raise ValueError(f"the sha256 of {path} is not 64 hexadecimal digits")
    line = origin["line"]
    if type(line) is not int or line < 1:
        raise TypeError(f"the line of {path} is not a number from 1")
    return Entry(
        path,
        digest,
        None if target is None else _text(target, "target"),
        None
        if resource is None
        else ResourceRef(*(_text(resource[key], key) for key in ("apiVersion", "kind", "namespace", "name"))),
        Origin(
            _text(origin["node"], "node"),
            Place(_text(origin["file"], "file"), line, 1, line, 1),
            _text(origin["why"], "why"),
        ),
    )


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is not text")
    if not value.isascii():
        value.encode()  # half a character, which JSON can say and UTF-8 can't, is a ValueError
    return value


def path_problem(path: str) -> str | None:
    """What is wrong with `path` as that of a file which may be written; None where nothing is."""
    if not path or path.startswith("/") or _NEVER.search(path):
        return "is not a relative path of plain characters with forward slashes"
    if not path.isascii() and any("\ud800" <= letter <= "\udfff" for letter in path):
        return "is not UTF-8"
    if _UNNORMALISED.search(path):
        return "is not in its simplest form below the repository's root"
    first = path.partition("/")[0].casefold()
    if first in (".git", ".fairlead"):
        return f"lies in {path.partition('/')[0]}, which is not the output's"
    return None
