"""JSON Schemas, read off the classes of what is written, with their docstrings, so that the two agree."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from fairlead.preview.model import is_shown

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: Final[Mapping[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    # JSON has no word for what is no number, which is then a text.
    float: {"type": ["number", "string"]},
    type(None): {"type": "null"},
    Decimal: {"$ref": "#/$defs/Amount"},
}


class Schemas:
    """Makes the schema of a document. `named` spells a field's name; `given` are definitions that no class is read for;
    `computed` is what the JSON has beside the fields, by class.
    """

    def __init__(
        self,
        named: Callable[[str], str],
        given: Mapping[str, dict[str, Any]],
        computed: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        self._named = named
        self._computed = computed or {}
        self._definitions: dict[str, Any] = dict(given)

    def document(self, kind: type, name: str, title: str, version: int) -> dict[str, Any]:
        """The schema of a document: an object of a class, with its `version` in front."""
        root = self._object(kind)
        root["properties"] = {
            "version": {"const": version, "description": "The version of this format."},
            **root["properties"],
        }
        root["required"] = ["version", *root["required"]]
        head = {
            "$schema": DIALECT,
            "$id": f"https://fairlead.dev/schema/v1/{name}.schema.json",
            "title": title,
        }
        return {**head, **root, "$defs": dict(sorted(self._definitions.items()))}

    def _object(self, kind: type) -> dict[str, Any]:
        hints, texts = get_type_hints(kind), _descriptions(kind)
        properties: dict[str, Any] = {}
        for each in _shown(kind):
            part = self._type(hints[each.name])
            if each.name in texts:
                part = {**part, "description": texts[each.name]}
            properties[self._named(each.name)] = part
        properties |= self._computed.get(kind.__name__, {})
        return {
            "type": "object",
            "description": _summary(kind),
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    def _type(self, hint: Any) -> dict[str, Any]:
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self._type(each) for each in get_args(hint)]}
        if origin is tuple:
            return {"type": "array", "items": self._type(get_args(hint)[0])}
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self._type(get_args(hint)[1])}
        if hint in _SIMPLE:
            return _SIMPLE[hint]
        name = hint.__name__
        if name not in self._definitions:
            self._definitions[name] = {}
            if issubclass(hint, StrEnum):
                self._definitions[name] = {
                    "type": "string",
                    "description": _summary(hint),
                    "enum": [each.value for each in hint],
                }
            else:
                self._definitions[name] = self._object(hint)
        return {"$ref": f"#/$defs/{name}"}


def _shown(kind: Any) -> list[Field[Any]]:
    return [each for each in fields(kind) if is_shown(each)]


def _summary(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


@cache
def _descriptions(kind: type) -> dict[str, str]:
    """The docstrings below the fields of a class, which it does not keep itself."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef), f"{kind} is a class"
    return dict(_documented(definition))


def _documented(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield field.target.id, " ".join(value.value.split())
