"""The preview as data: what a change from one state of a project to another does.

It is built once (`fairlead.preview.build`), changes never, and every page, the JSON and the exit code are readers of
it. All texts in it are free of secrets and of nothing else: who writes them into Markdown or HTML escapes them there.
`fairlead schema preview` is derived from these classes, and so are the names in the JSON.
"""

from __future__ import annotations

from typing import Final

from fairlead.preview.model.cost import Cost, CostItem, Estimate
from fairlead.preview.model.effects import Effect, Severity
from fairlead.preview.model.findings import Finding, FindingChange, Standing
from fairlead.preview.model.graph import HIDDEN, Graph, GraphLink, GraphNode, is_shown
from fairlead.preview.model.resources import Change, FieldChange, ResourceChange
from fairlead.preview.model.whole import Notice, Part, Preview, Side

__all__ = [
    "HIDDEN",
    "VERSION",
    "Change",
    "Cost",
    "CostItem",
    "Effect",
    "Estimate",
    "FieldChange",
    "Finding",
    "FindingChange",
    "Graph",
    "GraphLink",
    "GraphNode",
    "Notice",
    "Part",
    "Preview",
    "ResourceChange",
    "Severity",
    "Side",
    "Standing",
    "is_shown",
]

VERSION: Final = 1
"""The version of the JSON. It rises when a field goes or changes its meaning; a new field leaves it as it is."""
