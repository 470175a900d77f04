"""JSON patches (RFC 6902) over manifests, with refusals that a person can act on."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fairlead.resources.merging import MergeError
from fairlead.spec.adjustments import JsonPatchOperation

MAX_DEPTH: Final = 100
"""Levels of a resource that operations may make: what is deeper, readers of JSON and YAML refuse or fall over."""
MAX_COPIED: Final = 200_000
"""Values that the operations of one patch may copy or move, because a few that copy what they copied double it."""


_DIGITS: Final = 10
"""More digits than the length of any list has, and than the library can be asked to read."""


def operated(manifest: Mapping[str, Any], operations: Sequence[JsonPatchOperation]) -> dict[str, Any]:
    """The manifest after the operations, in order. Raises MergeError with the operation that is at fault."""
    from jsonpatch import JsonPatch, JsonPatchException
    from jsonpointer import JsonPointerException

    result: Any = copy.deepcopy(dict(manifest))
    copied = 0
    for number, operation in enumerate(operations):
        copied += _grown(result, operation, number, MAX_COPIED - copied)
        written = operation.model_dump(by_alias=True, exclude_unset=True)
        try:
            # In place, because a copy for each operation takes time with the square of them. One that moves may fail
            # between its halves, and what is said then would be about neither state.
            after = JsonPatch([written]).apply(result, in_place=operation.op != "move")
        except (JsonPatchException, JsonPointerException, TypeError, ValueError) as error:
            why = _why(result, operation, error)
            raise MergeError(("json", number), f"`{operation.op} {_shown(operation.path)}`: {why}") from None
        if not isinstance(after, dict):
            raise MergeError(("json", number), "the operation leaves no resource behind")
        result = after
    return dict(result)


def _grown(manifest: Any, operation: JsonPatchOperation, number: int, allowed: int) -> int:
    """How many values an operation copies or moves. Raises MergeError where it makes the resource too large or deep."""
    if operation.op not in ("add", "replace", "copy", "move"):
        return 0
    value, missing = _followed(manifest, operation.from_) if operation.from_ is not None else (operation.value, None)
    if missing is not None:
        return 0  # the operation itself fails, and says why
    count, depth = _extent(value)
    if operation.path.count("/") + depth > MAX_DEPTH:
        message = f"`{operation.op} {_shown(operation.path)}`: the resource would be deeper than {MAX_DEPTH} levels"
        raise MergeError(("json", number), message)
    if operation.from_ is not None and count > allowed:
        message = f"the operations up to this one copy and move more than {MAX_COPIED} values"
        raise MergeError(("json", number), message)
    return count if operation.from_ is not None else 0


def _extent(value: Any) -> tuple[int, int]:
    """How many values there are in a value, itself included, and how many levels."""
    count, depth, level = 0, 0, [value]
    while level:
        count, depth = count + len(level), depth + 1
        level = [
            below
            for each in level
            if isinstance(each, dict | list)
            for below in (each.values() if isinstance(each, dict) else each)
        ]
    return count, depth


def _shown(pointer: str) -> str:
    return pointer if len(pointer) <= 80 else f"{pointer[:80]}…"


def _why(manifest: Any, operation: JsonPatchOperation, error: Exception) -> str:
    """What is in the way, without the whole manifest and in no words of Python's, as the library's own sentence has."""
    for pointer in (operation.from_, operation.path):
        if pointer:
            value, missing = _followed(manifest, pointer)
            if missing is not None:
                return missing
            if pointer == operation.path and operation.op == "test":
                return f"the value there is {_json(value)}, and not {_json(operation.value)}"
    return str(error)


def _followed(manifest: Any, pointer: str) -> tuple[Any, str | None]:
    """The value at a JSON Pointer, or where on the way there is none."""
    value, passed = manifest, ""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        here = passed or "the top level"
        if isinstance(value, dict):
            if name not in value:
                return None, f"there is no `{_shown(name)}` at {_shown(here)}"
            value = value[name]
        elif isinstance(value, list):
            if not (name.isascii() and name.isdecimal() and len(name) < _DIGITS and int(name) < len(value)):
                return None, f"there is no item `{_shown(name)}` at {here}, a list of {len(value)}"
            value = value[int(name)]
        else:
            return None, f"at {here} is {_json(value)}, in which there is no `{name}`"
        passed += f"/{step}"
    return value, None


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"
