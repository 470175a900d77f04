"""A tree as YAML in one of its many spellings: block and flow, quoted and plain, with anchors and comments between."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any, Final

from tests.fuzz.trees import Raw

_PLAIN: Final = re.compile(r"[A-Za-z/.][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./<>=+-]+)*\Z")
_WORDS: Final = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", ""}


def write(tree: Any, rng: Random) -> str:
    """The tree as a document. One in ten is written in JSON's style, the others in blocks with flow in between."""
    flow = rng.choice((0.0, 0.05, 0.3, 1.0))
    lines: list[str] = []
    _block(tree, 0, rng, flow, lines, "")
    return "\n".join(lines) + "\n"


def _block(value: Any, indent: int, rng: Random, flow: float, lines: list[str], lead: str) -> None:
    """Appends a value that begins behind `lead`, which is a key or a dash of the line that it stands on."""
    if not isinstance(value, dict | list) or not value or rng.random() < flow or indent > 120:
        lines.append(f"{lead}{' ' if lead.strip() else ''}{inline(value, rng)}")
        return
    pad = " " * indent
    if lead:
        lines.append(lead)
    if isinstance(value, list):
        for item in value:
            _block(item, indent + 2, rng, flow, lines, f"{pad}-")
        return
    for key, item in value.items():
        if rng.random() < 0.01:
            lines.append(f"{pad}# {key!s:.20}".replace("\n", " "))
        _block(item, indent + 2, rng, flow, lines, f"{pad}{scalar(key, rng)}:")


def inline(value: Any, rng: Random) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key, rng)}: {inline(item, rng)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item, rng) for item in value) + "]"
    return scalar(value, rng)


def scalar(value: Any, rng: Random) -> str:
    """A scalar in a notation that reads back as it, most of the time."""
    if isinstance(value, Raw):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        text = repr(value)
        return text if "e" not in text else text.replace("e", ".0e", 1) if "." not in text else text
    if _PLAIN.match(value) and value.lower() not in _WORDS and rng.random() < 0.9:
        return value
    if value.isprintable() and rng.random() < 0.3:
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=rng.random() < 0.7 or not value.isprintable())
