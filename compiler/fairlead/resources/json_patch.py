"""JSON patches (RFC 6902) over manifests, with refusals that a person can act on."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.resources.merging import MergeError
from fairlead.spec.adjustments import JsonPatchOperation


def operated(manifest: Mapping[str, Any], operations: Sequence[JsonPatchOperation]) -> dict[str, Any]:
    """The manifest after the operations, in order. Raises MergeError with the operation that is at fault."""
    from jsonpatch import JsonPatch, JsonPatchException
    from jsonpointer import JsonPointerException

    result: Any = copy.deepcopy(dict(manifest))
    for number, operation in enumerate(operations):
        written = operation.model_dump(by_alias=True, exclude_unset=True)
        try:
            after = JsonPatch([written]).apply(result)
        except (JsonPatchException, JsonPointerException, TypeError) as error:
            why = _why(result, operation, error)
            raise MergeError(("json", number), f"`{operation.op} {operation.path}`: {why}") from None
        if not isinstance(after, dict):
            raise MergeError(("json", number), "the operation leaves no resource behind")
        result = after
    return dict(result)


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
                return None, f"there is no `{name}` at {here}"
            value = value[name]
        elif isinstance(value, list):
            if not (name.isascii() and name.isdecimal() and int(name) < len(value)):
                return None, f"there is no item `{name}` at {here}, a list of {len(value)}"
            value = value[int(name)]
        else:
            return None, f"at {here} is {_json(value)}, in which there is no `{name}`"
        passed += f"/{step}"
    return value, None


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"
