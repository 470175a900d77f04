"""The life of a model before and after, as data for pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from fairlead.plan.draw.drawing import Drawing
from fairlead.preview.model.resources import Change

HIDDEN: Final = {"json": False}
"""Metadata of a field that is for pictures and not for the JSON."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node of the graph, and what happened to it."""

    id: str
    kind: str
    stage: str
    title: str
    details: tuple[str, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class GraphLink:
    """A way between two nodes, and what happened to it."""

    giver: str
    reader: str
    label: str
    change: Change


@dataclass(frozen=True, slots=True)
class Graph:
    """The life of a model before and after, in one picture: what is gone is in it too, and marked."""

    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]
    mermaid: str
    """The flowchart, without the fence around it."""
    drawing: Drawing = field(metadata=HIDDEN, repr=False)
    """The same for other pictures: every vertex and link of both sides. `marks` says which ones changed."""

    @property
    def marks(self) -> dict[str, Change]:
        """What happened to each node, by its id."""
        return {node.id: node.change for node in self.nodes}


def is_shown(found: Any) -> bool:
    """Whether a dataclass field belongs to the JSON."""
    return bool(found.metadata.get("json", True))
