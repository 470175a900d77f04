"""Examinations as JSON; docs/reference/doctor-json.md describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from fairlead.doctor.checks import CHECKS
from fairlead.doctor.codes import UNANSWERED
from fairlead.doctor.examine import Cluster, Examination
from fairlead.doctor.finding import Finding
from fairlead.source.diagnostics import Severity
from fairlead.source.places import Place

VERSION: Final = 1
"""Rises when a field changes its meaning or goes; a new field leaves it as it is."""


def render_json(cluster: Cluster, examinations: Sequence[Examination]) -> str:
    """One JSON object in ASCII, ending with a newline."""
    document = {
        "version": VERSION,
        "context": cluster.context,
        "server": cluster.version,
        "environments": [_environment(each) for each in examinations],
    }
    return json.dumps(document, indent=2) + "\n"


def _environment(found: Examination) -> dict[str, Any]:
    return {
        "environment": found.environment,
        "namespace": found.namespace,
        "summary": {
            "errors": found.count(Severity.ERROR),
            "warnings": found.count(Severity.WARNING),
            "unknown": found.unknown,
        },
        "checks": {check.name: check.name in found.answered for check in CHECKS},
        "findings": [_finding(each) for each in found.findings],
    }


def _finding(found: Finding) -> dict[str, Any]:
    place = found.diagnostic().place
    return {
        "code": found.code.id,
        "title": found.code.title,
        "severity": found.level.value,
        "unknown": found.code is UNANSWERED,
        "message": found.message,
        "help": found.help,
        "place": _place(place),
        "needed_by": [
            {
                "group": each.resource.group,
                "kind": each.resource.kind,
                "namespace": each.resource.namespace,
                "name": each.resource.name,
                "place": _place(each.place),
            }
            for each in found.by
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
