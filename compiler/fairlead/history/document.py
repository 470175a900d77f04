"""The history as JSON, and the JSON Schema of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from fairlead.history.model import VERSION, History
from fairlead.preview.schemas import Schemas
from fairlead.spec.secrets import masked


def render_json(history: History) -> str:
    """One JSON object in ASCII, ending with a newline; secrets are masked."""
    content = {"version": VERSION, **_plain(history)}
    return json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no word for it, and a lock that somebody wrote may
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema of what `render_json` gives."""
    return Schemas(str, {}).document(History, "history", "Fairlead history", VERSION)
