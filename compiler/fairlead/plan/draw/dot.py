r"""A plan in DOT, the language of Graphviz.

Labels are quoted strings: a backslash, a double quote and an ampersand are escaped, because Graphviz knows escapes such
as `\N` and HTML's entities in them.
"""

from __future__ import annotations

from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Link, Vertex, drawing
from fairlead.plan.draw.palette import tone_of
from fairlead.plan.draw.plain import plain
from fairlead.plan.plan import Plan

SHAPES: Final[dict[Kind, str]] = {
    Kind.SNAPSHOT: "cylinder",
    Kind.SPLIT: "parallelogram",
    Kind.TUNE: "box3d",
    Kind.GATE: "diamond",
    Kind.LOCK: "cylinder",
    Kind.ENVIRONMENT: "ellipse",
    Kind.MEMBER: "ellipse",
    Kind.SERVE: "component",
    Kind.GRAPH: "component",
    Kind.SLO: "note",
    Kind.SCORE: "note",
    Kind.RETRAIN: "ellipse",
}
STYLES: Final = {
    Flow.ARTIFACT: "",
    Flow.COMMIT: ', style=bold, penwidth=2.5, color="#b02a63"',
    Flow.CALL: ', arrowhead=vee, color="#237a4b"',
    Flow.LOOP: ", style=dashed, constraint=false",
}


def render_dot(plan: Plan) -> str:
    """The digraph of a plan; stages are clusters."""
    shown = drawing(plan)
    lines = [
        f"digraph {quoted(shown.name)} {{",
        f"  label={quoted(f'{shown.name} in {shown.environment}')};",
        "  labelloc=t; rankdir=LR; compound=true; nodesep=0.35; ranksep=0.7;",
        '  node [shape=box, style="filled,rounded", fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=9, color="#5c6670"];',
    ]
    for stage, vertices in shown.stages():
        lines.append(f"  subgraph cluster_{stage.value} {{")
        lines.append(f'    label={quoted(stage.value)}; style="rounded"; color="#c3ccd4"; fontname="Helvetica";')
        lines += [f"    {quoted(vertex.id)} [{_attributes(vertex)}];" for vertex in vertices]
        lines.append("  }")
    lines += _ways(shown)
    return "\n".join([*lines, "}"]) + "\n"


def quoted(*lines: str) -> str:
    """A quoted string of some lines, centred under each other."""
    return '"' + "\\n".join(_escaped(line) for line in lines) + '"'


def _escaped(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"')


def _attributes(vertex: Vertex) -> str:
    tone = tone_of(vertex.kind)
    lines = [vertex.id] if vertex.title == vertex.id else [vertex.id, vertex.title]
    style = ""
    if vertex.waits:
        lines.append(f"waits: {vertex.waits.reason}")
        style = ', style="filled,dashed"'
    shape = SHAPES.get(vertex.kind, "box")
    where = "\n".join((*vertex.details, *((vertex.waits.detail,) if vertex.waits else ())))
    return (
        f"label={quoted(*lines)}, shape={shape}, fillcolor={quoted(tone.fill)}, color={quoted(tone.line)},"
        f" fontcolor={quoted(tone.text)}, tooltip={quoted(*where.splitlines() or [vertex.title])}{style}"
    )


def _ways(shown: Drawing) -> list[str]:
    merged: dict[tuple[str, str, Flow, bool], list[Link]] = {}
    for link in shown.links:
        merged.setdefault((link.giver, link.reader, link.flow, link.optional), []).append(link)
    lines = []
    for (giver, reader, flow, optional), links in merged.items():
        labels = [link.why if flow is Flow.LOOP else link.label for link in links]
        if flow is Flow.COMMIT:
            labels.append("by a commit")
        style = STYLES[flow] or (", style=dotted" if optional else "")
        lines.append(f"  {quoted(giver)} -> {quoted(reader)} [label={quoted(*labels)}{style}];")
    return lines
