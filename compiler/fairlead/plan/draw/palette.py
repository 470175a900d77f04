"""Colours by kind, for a light and a dark ground. Text on its fill has a contrast of at least 7 to 1 in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fairlead.plan.draw.drawing import Kind


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of a family of nodes: its fill, its line and accent, and text on the fill."""

    name: str
    fill: str
    line: str
    text: str
    dark_fill: str
    dark_line: str
    dark_text: str


DATA: Final = Tone("data", "#e8f1fb", "#2b6cb0", "#12304f", "#14273b", "#6fb1f0", "#dcecfc")
TRAINING: Final = Tone("training", "#f0ebfb", "#6b46c1", "#2f1d5c", "#261d3d", "#b79cf5", "#ece4ff")
JUDGING: Final = Tone("judging", "#fdf3e1", "#a35a05", "#4a2a04", "#35270f", "#eeb45a", "#fdeed3")
RELEASE: Final = Tone("release", "#fbeaf1", "#b02a63", "#551030", "#3a1727", "#f38bb4", "#fde3ed")
SERVING: Final = Tone("serving", "#e6f5ec", "#237a4b", "#0e3c24", "#123022", "#68cf96", "#d9f6e5")
WATCHING: Final = Tone("watching", "#e5f4f6", "#147282", "#0a3a43", "#0f2f35", "#5fc8d9", "#d7f3f8")
OUTSIDE: Final = Tone("outside", "#f1f3f5", "#5c6670", "#23292f", "#23282e", "#a4aeb8", "#e6eaee")

TONES: Final[dict[Kind, Tone]] = {
    Kind.SNAPSHOT: DATA,
    Kind.CHECK: DATA,
    Kind.PREPARE: DATA,
    Kind.SPLIT: DATA,
    Kind.TUNE: TRAINING,
    Kind.TRAIN: TRAINING,
    Kind.EVALUATE: JUDGING,
    Kind.GATE: JUDGING,
    Kind.REGISTER: RELEASE,
    Kind.PROPOSE: RELEASE,
    Kind.LOCK: RELEASE,
    Kind.ENVIRONMENT: OUTSIDE,
    Kind.SERVE: SERVING,
    Kind.BATCH: SERVING,
    Kind.GRAPH: SERVING,
    Kind.MEMBER: OUTSIDE,
    Kind.SLO: WATCHING,
    Kind.DRIFT: WATCHING,
    Kind.SCORE: WATCHING,
    Kind.QUALITY: WATCHING,
    Kind.RETRAIN: WATCHING,
}


def tone_of(kind: Kind) -> Tone:
    """The colours of a kind."""
    return TONES[kind]
