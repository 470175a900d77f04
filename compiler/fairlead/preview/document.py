"""The preview as JSON, and the JSON Schema of it: both are read off the classes of the model, so that they agree."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
import types
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from fairlead.preview import model
from fairlead.preview.model import VERSION, Preview, is_shown
from fairlead.source.places import Place

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
COMPUTED: Final[dict[str, dict[str, Any]]] = {
    "Preview": {
        "differs": {"type": "boolean", "description": "Whether the desired state means something else than before."},
        "worst": {
            "anyOf": [{"$ref": "#/$defs/Severity"}, {"type": "null"}],
            "description": "The worst severity of all.",
        },
    },
    "Part": {"title": {"type": "string", "description": "What the part is about, in words."}},
    "ResourceChange": {"title": {"type": "string", "description": "The resource or file in words."}},
    "Cost": {
        side: {
            "type": "object",
            "properties": {"least": {"$ref": "#/$defs/Amount"}, "most": {"$ref": "#/$defs/Amount"}},
            "required": ["least", "most"],
            "additionalProperties": False,
            "description": f"The sum of what is known {side} the change.",
        }
        for side in ("before", "after")
    },
}
"""What the JSON has beside the fields, by class: answers that every reader would work out again."""


def render_json(preview: Preview) -> str:
    """One JSON object in ASCII, ending with a newline."""
    return json.dumps({"version": VERSION, **as_plain(preview)}, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def as_plain(value: Any) -> Any:
    """A value of the model as JSON has it."""
    if isinstance(value, Place):
        return {"file": value.file, "line": value.line, "column": value.column}
    if is_dataclass(value) and not isinstance(value, type):
        found = {camel(each.name): as_plain(getattr(value, each.name)) for each in fields(value) if is_shown(each)}
        return found | {name: _computed(value, name) for name in COMPUTED.get(type(value).__name__, {})}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    return value


def _computed(value: Any, name: str) -> Any:
    found = getattr(value, name)
    return {"least": str(found[0]), "most": str(found[1])} if isinstance(found, tuple) else as_plain(found)


def camel(name: str) -> str:
    """`name_before` as `nameBefore`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def schema() -> dict[str, Any]:
    """The JSON Schema of what `render_json` gives."""
    definitions: dict[str, Any] = {
        "Amount": {
            "type": "string",
            "pattern": r"^[0-9]+(\.[0-9]+)?$",
            "description": "An amount in the project's currency.",
        },
        "Place": {
            "type": "object",
            "description": "Where in a file something stands; lines and columns count from 1.",
            "properties": {
                "file": {"type": "string"},
                "line": {"type": "integer", "minimum": 1},
                "column": {"type": "integer", "minimum": 1},
            },
            "required": ["file", "line", "column"],
            "additionalProperties": False,
        },
    }
    root = _object(Preview, definitions)
    root["properties"] = {
        "version": {"const": VERSION, "description": "The version of this format."},
        **root["properties"],
    }
    root["required"] = ["version", *root["required"]]
    head = {
        "$schema": DIALECT,
        "$id": "https://fairlead.dev/schema/v1/preview.schema.json",
        "title": "Fairlead preview",
    }
    return {**head, **root, "$defs": dict(sorted(definitions.items()))}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, texts = get_type_hints(kind), _descriptions(kind)
    properties: dict[str, Any] = {}
    for each in _shown(kind):
        part = _type(hints[each.name], definitions)
        if each.name in texts:
            part = {**part, "description": texts[each.name]}
        properties[camel(each.name)] = part
    properties |= COMPUTED.get(kind.__name__, {})
    return {
        "type": "object",
        "description": _summary(kind),
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _shown(kind: Any) -> list[Field[Any]]:
    return [each for each in fields(kind) if is_shown(each)]


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(each, definitions) for each in get_args(hint)]}
    if origin is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    simple = {str: "string", bool: "boolean", int: "integer", type(None): "null"}
    if hint in simple:
        return {"type": simple[hint]}
    if hint is Decimal:
        return {"$ref": "#/$defs/Amount"}
    name = hint.__name__
    if name not in definitions:
        definitions[name] = {}
        if issubclass(hint, StrEnum):
            definitions[name] = {
                "type": "string",
                "description": _summary(hint),
                "enum": [each.value for each in hint],
            }
        else:
            definitions[name] = _object(hint, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _summary(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


@cache
def _descriptions(kind: type) -> dict[str, str]:
    """The docstrings below the fields of a class, which it does not keep itself."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef), f"{kind} is a class of {model.__name__}"
    return dict(_documented(definition))


def _documented(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield field.target.id, " ".join(value.value.split())
