"""Diagnostics as SARIF 2.1.0, which GitHub's code scanning and most editors read.

Source: OASIS Static Analysis Results Interchange Format 2.1.0, section 3; what GitHub makes of it is in "SARIF support
for code scanning" of its documentation.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from urllib.parse import quote

from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.places import Place
from fairlead.source.render.sources import advice

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(diagnostics: list[Diagnostic]) -> str:
    """One SARIF log with one run, whose rules are the codes that occur, with their whole pages."""
    codes = sorted({found.code.id: found.code for found in diagnostics}.items())
    index = {id_: position for position, (id_, _) in enumerate(codes)}
    driver = {"name": "Fairlead", **_version(), "rules": [_rule(code) for _, code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, index[found.code.id]) for found in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _version() -> dict[str, str]:
    """The compiler's version; nothing where it runs from a source tree that is not installed."""
    try:
        return {"version": version("fairlead")}
    except PackageNotFoundError:
        return {}


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "help": {"text": code.page, "markdown": f"# {code.id}: {code.title}\n\n{code.page}"},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    # A line that moves must not make a new alert, so the fingerprint knows no numbers of lines.
    identity = f"{found.code.id}\n{found.place.file}\n{found.message}"
    result: dict[str, Any] = {
        "ruleId": found.code.id,
        "ruleIndex": rule,
        "level": _LEVELS[found.level],
        "message": {"text": "\n".join([found.message, *advice(found)])},
        "locations": [_location(found.place)],
        "partialFingerprints": {"fairlead/v1": sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()},
    }
    if found.related:
        result["relatedLocations"] = [
            {"id": number, **_location(related.place), "message": {"text": related.message}}
            for number, related in enumerate(found.related)
        ]
    return result


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file, safe="/", errors="surrogatepass")},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }
    }
