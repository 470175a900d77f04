"""The preview as JSON, and the JSON Schema of it: both are read off the classes of the model, so that they agree."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from fairlead.preview.model import VERSION, Preview, is_shown
from fairlead.preview.schemas import Schemas
from fairlead.source.places import Place

AMOUNT: Final = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)?$",
    "description": "An amount in the project's currency.",
}
PLACE: Final = {
    "type": "object",
    "description": "Where in a file something stands; lines and columns count from 1.",
    "properties": {
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
    "required": ["file", "line", "column"],
    "additionalProperties": False,
}
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
    schemas = Schemas(camel, {"Amount": AMOUNT, "Place": PLACE}, COMPUTED)
    return schemas.document(Preview, "preview", "Fairlead preview", VERSION)
