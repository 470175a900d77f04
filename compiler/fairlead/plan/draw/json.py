"""A plan as JSON, with the schema in docs/reference/graph-json.md."""

from __future__ import annotations

import json
from typing import Any, Final

from fairlead.plan.draw.drawing import Flow, Link, Vertex, drawing
from fairlead.plan.plan import Plan
from fairlead.source.places import Place

VERSION: Final = 1
"""The version of the schema. It rises when a field goes or changes its meaning."""


def render_json(plan: Plan) -> str:
    """The plan as one JSON object in ASCII, indented, ending with a newline."""
    shown = drawing(plan)
    loop = next((link for link in shown.links if link.flow is Flow.LOOP), None)
    document = {
        "version": VERSION,
        "pipeline": shown.name,
        "environment": shown.environment,
        "owner": shown.owner,
        "description": shown.description,
        "stages": [stage.value for stage, _ in shown.stages()],
        "nodes": [_node(vertex) for vertex in shown.vertices],
        "edges": [_edge(link) for link in shown.links if link.flow is not Flow.LOOP],
        "loop": {"from": loop.giver, "to": loop.reader, "why": loop.why} if loop else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _node(vertex: Vertex) -> dict[str, Any]:
    waits = vertex.waits
    return {
        "id": vertex.id,
        "kind": vertex.kind.value,
        "stage": vertex.stage.value,
        "title": vertex.title,
        "details": list(vertex.details),
        "gives": [
            {"id": artifact.id, "type": artifact.type.value, "sameAs": artifact.same_as, "format": artifact.format}
            for artifact in vertex.gives
        ],
        "waits": {"reason": waits.reason, "detail": waits.detail, "place": _place(waits.place)} if waits else None,
        "place": _place(vertex.place) if vertex.place else None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _edge(link: Link) -> dict[str, Any]:
    return {
        "from": link.giver,
        "to": link.reader,
        "flow": link.flow.value,
        "label": link.label,
        "type": link.type.value if link.type else None,
        "optional": link.optional,
        "byReference": link.by_reference,
        "why": link.why or None,
    }
