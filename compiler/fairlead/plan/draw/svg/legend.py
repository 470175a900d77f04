"""The legend: only what occurs in the drawing is explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairlead.plan.draw.drawing import Drawing, Flow, Kind
from fairlead.plan.draw.palette import tone_of
from fairlead.plan.draw.svg.icons import ICONS
from fairlead.plan.draw.svg.measure import width

LEGEND_LINE: Final = 26
SIZE: Final = 11.5
BETWEEN: Final = 24
KINDS: Final = {
    Kind.SNAPSHOT: "data, taken as a snapshot",
    Kind.CHECK: "held to its contract",
    Kind.PREPARE: "a step of the user's own",
    Kind.SPLIT: "split",
    Kind.TUNE: "search for parameters",
    Kind.TRAIN: "training",
    Kind.EVALUATE: "evaluation",
    Kind.GATE: "gate: all clauses, or nothing goes on",
    Kind.REGISTER: "registration",
    Kind.PROPOSE: "proposal of a candidate",
    Kind.LOCK: "the lock, changed by commits alone",
    Kind.ENVIRONMENT: "another environment",
    Kind.SERVE: "server",
    Kind.BATCH: "scoring on a schedule",
    Kind.GRAPH: "graph of models",
    Kind.MEMBER: "another pipeline",
    Kind.SLO: "objective",
    Kind.DRIFT: "drift",
    Kind.SCORE: "alert on drift",
    Kind.QUALITY: "quality on real traffic",
    Kind.RETRAIN: "what starts a training",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign, as SVG around (0, 0), and what it means."""

    sign: str
    indent: int
    """Where the text starts, right of the sign."""
    text: str


def entries(shown: Drawing, *, kinds: bool = True) -> list[Entry]:
    """What has to be explained, in a fixed order; `kinds` says whether the kinds of nodes are among it."""
    present = {vertex.kind for vertex in shown.vertices} if kinds else set()
    found = [
        Entry(f'<path class="icon l-{tone_of(kind).name}" transform="translate(0 -7)" d="{ICONS[kind]}"/>', 22, text)
        for kind, text in KINDS.items()
        if kind in present
    ]
    flows = {link.flow for link in shown.links}
    if any(link.optional for link in shown.links):
        found.append(_way("optional", "judging", "used where it exists"))
    if Flow.COMMIT in flows:
        found.append(_way("commit", "release", "a commit"))
    if Flow.LOOP in flows:
        found.append(_way("loop", "watching", "the loop"))
    if any(vertex.waits for vertex in shown.vertices):
        found.append(Entry('<rect class="card f-serving waits" y="-7" width="24" height="14" rx="4"/>', 32, "waits"))
    return found


def _way(manner: str, tone: str, text: str) -> Entry:
    return Entry(f'<path class="way l-{tone} {manner}" d="M0 0H30"/>', 38, text)


def legend_rows(found: list[Entry], room: float) -> list[list[tuple[Entry, float]]]:
    """Entries in rows that fit, each with its left edge."""
    rows: list[list[tuple[Entry, float]]] = []
    x = room + 1
    for entry in found:
        size = entry.indent + width(entry.text, SIZE) + BETWEEN
        if x + size - BETWEEN > room:
            rows.append([])
            x = 0
        rows[-1].append((entry, x))
        x += size
    return rows
