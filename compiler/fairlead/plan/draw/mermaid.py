"""A plan as a Mermaid flowchart, as GitHub renders it in Markdown.

Every character of a label that could mean something to Mermaid, to the Markdown and HTML that it makes of labels, or to
its preprocessing is written as an entity (`#35;`), so nothing that a specification says can become syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, Kind, Link, Vertex, drawing
from fairlead.plan.draw.palette import Tone, tone_of
from fairlead.plan.draw.plain import plain
from fairlead.plan.plan import Plan

_UNSAFE: Final = re.compile(
    r"""[^0-9A-Za-z ,./%=()_\u00a1-\U0010ffff-]
      | ^[-=.]                                      # a list, or the line under a heading
      | (?<![0-9A-Za-z])[-_] | [-_](?![0-9A-Za-z])  # inside a word they are text
    """,
    re.VERBOSE,
)
SHAPES: Final[dict[Kind, tuple[str, str]]] = {
    Kind.SNAPSHOT: ("[(", ")]"),
    Kind.SPLIT: ("[/", "/]"),
    Kind.TUNE: ("[[", "]]"),
    Kind.GATE: ("{{", "}}"),
    Kind.LOCK: ("[(", ")]"),
    Kind.ENVIRONMENT: ("([", "])"),
    Kind.MEMBER: ("([", "])"),
    Kind.SERVE: ("([", "])"),
    Kind.GRAPH: ("([", "])"),
    Kind.SLO: (">", "]"),
    Kind.SCORE: (">", "]"),
    Kind.RETRAIN: ("((", "))"),
}
ARROWS: Final = {Flow.ARTIFACT: "-->", Flow.COMMIT: "==>", Flow.CALL: "-->", Flow.LOOP: "-.->"}


@dataclass(frozen=True, slots=True)
class Mark:
    """How nodes are told apart that a comparison is about: a word before the name, and a look."""

    name: str
    """The class, of letters."""
    word: str
    style: str
    """Mermaid's styles, as `stroke:#1a7f37,stroke-width:3px`."""


def render_mermaid(plan: Plan) -> str:
    """The flowchart of a plan, without the fence around it."""
    return flowchart(drawing(plan), {})


def flowchart(shown: Drawing, marks: Mapping[str, Mark]) -> str:
    """The flowchart of a picture, some of whose nodes are marked."""
    ids = {vertex.id: f"n{position}" for position, vertex in enumerate(shown.vertices)}
    lines = ["flowchart TB", f"  accTitle: {_accessible(f'The life of {shown.name} in {shown.environment}')}"]
    for stage, vertices in shown.stages():
        lines.append(f'  subgraph {stage.value}["{stage.value}"]')
        lines += [f"    {ids[vertex.id]}{_shape(vertex, marks.get(vertex.id))}" for vertex in vertices]
        lines.append("  end")
    lines += [f"  {ids[giver]} {arrow}{_label(text)} {ids[reader]}" for giver, reader, arrow, text in _ways(shown)]
    return "\n".join([*lines, *_styles(shown, ids), *_marked(marks, ids)]) + "\n"


def escaped(text: str) -> str:
    """`text` as it can stand between double quotes: what is not plainly harmless becomes an entity."""
    return _UNSAFE.sub(lambda found: "".join(f"#{ord(character)};" for character in found.group()), plain(text))


def _accessible(text: str) -> str:
    """A title has no quotes around it and ends with its line, so only letters, digits and blanks stay."""
    return re.sub(r"[^0-9A-Za-z -]", "_", plain(text))


def _shape(vertex: Vertex, mark: Mark | None) -> str:
    left, right = SHAPES.get(vertex.kind, ("[", "]"))
    lines = [mark.word] if mark else []
    lines += [vertex.id] if vertex.title == vertex.id else [vertex.id, vertex.title]
    if vertex.waits:
        lines.append(f"waits: {vertex.waits.reason}")
    return f'{left}"{"<br/>".join(escaped(line) for line in lines)}"{right}'


def _ways(shown: Drawing) -> list[tuple[str, str, str, list[str]]]:
    """One arrow for all that goes between two nodes in one manner."""
    merged: dict[tuple[str, str, str], list[str]] = {}
    for link in shown.links:
        arrow = "-.->" if link.optional else ARROWS[link.flow]
        merged.setdefault((link.giver, link.reader, arrow), []).append(_way(link))
    return [(*key, texts) for key, texts in merged.items()]


def _way(link: Link) -> str:
    return (
        f"{link.label}, by a commit" if link.flow is Flow.COMMIT else link.why if link.flow is Flow.LOOP else link.label
    )


def _label(texts: list[str]) -> str:
    return f'|"{"<br/>".join(escaped(text) for text in texts)}"|'


def _marked(marks: Mapping[str, Mark], ids: dict[str, str]) -> list[str]:
    found: dict[Mark, list[str]] = {}
    for vertex, mark in marks.items():
        if vertex in ids:
            found.setdefault(mark, []).append(ids[vertex])
    lines = [f"  classDef {mark.name} {mark.style}" for mark in found]
    return [*lines, *(f"  class {','.join(members)} {mark.name}" for mark, members in found.items())]


def _styles(shown: Drawing, ids: dict[str, str]) -> list[str]:
    tones: dict[Tone, list[str]] = {}
    for vertex in shown.vertices:
        tones.setdefault(tone_of(vertex.kind), []).append(ids[vertex.id])
    lines = [f"  classDef {tone.name} fill:{tone.fill},stroke:{tone.line},color:{tone.text}" for tone in tones]
    lines += [f"  class {','.join(members)} {tone.name}" for tone, members in tones.items()]
    waiting = [ids[vertex.id] for vertex in shown.vertices if vertex.waits]
    if waiting:
        lines += ["  classDef waiting stroke-dasharray:5 4", f"  class {','.join(waiting)} waiting"]
    return lines
