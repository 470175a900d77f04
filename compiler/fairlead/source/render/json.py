"""Diagnostics as JSON, by the schema in docs/reference/diagnostics-json.md."""

from __future__ import annotations

import json
from typing import Any, Final

from fairlead.source.diagnostics import Diagnostic, Severity
from fairlead.source.places import Place
from fairlead.source.render.sources import counts

SCHEMA_VERSION: Final = 1
"""Rises when a field changes its meaning or goes; a new field leaves it as it is."""


def render_json(diagnostics: list[Diagnostic]) -> str:
    """One JSON object. Only ASCII is written, so that no terminal and no encoding can change it."""
    found = counts(diagnostics)
    document = {
        "version": SCHEMA_VERSION,
        "summary": {
            "errors": found[Severity.ERROR],
            "warnings": found[Severity.WARNING],
            "notes": found[Severity.NOTE],
            "files": len({each.place.file for each in diagnostics}),
        },
        "diagnostics": [_diagnostic(each) for each in diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code.id,
        "title": found.code.title,
        "severity": found.level.value,
        "message": found.message,
        "help": found.help or None,
        "nearest": found.nearest,
        "place": _place(found.place),
        "related": [{"place": _place(each.place), "message": each.message} for each in found.related],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
