"""What stands on the page, in its order, each thing under an id of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Final

from fairlead.preview.html.anchors import Anchors
from fairlead.preview.html.diffs import Difference, difference_of
from fairlead.preview.html.pictures import picture
from fairlead.preview.model import Change, Effect, FindingChange, Graph, Part, Preview, ResourceChange, Severity

MOST_PICTURES: Final = 40
"""How many graphs are drawn. Each takes some 30 kB, and the lists beside them say the same: a page that nobody can load
says nothing."""
PART: Final = "part"


@dataclass(frozen=True)
class EffectEntry:
    """An effect, and where in the page it is."""

    id: str
    effect: Effect
    part: Part
    """Its part."""


@dataclass(frozen=True)
class Grave:
    """The same destruction or risk, wherever it happens."""

    severity: Severity
    message: str
    entries: tuple[EffectEntry, ...]


@dataclass(frozen=True)
class ResourceEntry:
    """A resource or file, with its difference as runs of lines."""

    id: str
    change: ResourceChange
    severities: str
    """Those of the effects on its node, with blanks between."""

    @cached_property
    def difference(self) -> Difference:
        """The difference, as it is shown."""
        return difference_of(self.change.diff)


@dataclass(frozen=True)
class PartEntry:
    """A pipeline in an environment, or what is shared."""

    id: str
    part: Part
    effects: tuple[EffectEntry, ...]
    resources: tuple[ResourceEntry, ...]
    figure: str | None = None
    """The drawn graph; None where there is none, or as many as a page can hold have been drawn."""

    def at(self, what: str) -> str:
        """The id of what else there is about this part: its `cost`, `graph` and `resources`."""
        return f"{what}{self.id.removeprefix(PART)}"

    @property
    def moved(self) -> Graph | None:
        """What is different in the graph: ways that come and go with their nodes need no line of their own."""
        graph = self.part.graph
        if graph is None:
            return None
        nodes = tuple(node for node in graph.nodes if node.change is not Change.SAME)
        ends = {node.id for node in nodes if node.change in (Change.ADDED, Change.REMOVED)}
        links = tuple(
            link for link in graph.links if link.change is not Change.SAME and not {link.giver, link.reader} & ends
        )
        return replace(graph, nodes=nodes, links=links)


@dataclass(frozen=True)
class Group:
    """A pipeline with its environments."""

    id: str
    pipeline: str | None
    parts: tuple[PartEntry, ...]

    @property
    def owner(self) -> str | None:
        """The team that answers for it, as the last environment says."""
        return next((entry.part.owner for entry in reversed(self.parts) if entry.part.owner), None)

    @property
    def worst(self) -> Severity | None:
        """The worst severity in it."""
        found = [each.effect.severity for entry in self.parts for each in entry.effects]
        return min(found, key=lambda severity: severity.rank, default=None)


@dataclass(frozen=True)
class FindingEntry:
    """A finding that is new, gone or waived."""

    id: str
    finding: FindingChange


@dataclass(frozen=True)
class Entries:
    """Everything on the page."""

    preview: Preview
    groups: tuple[Group, ...]
    findings: tuple[FindingEntry, ...]
    undrawn: int = 0
    """How many graphs are only listed."""
    counts: dict[Severity, int] = field(default_factory=dict)

    @property
    def parts(self) -> list[PartEntry]:
        """All parts, in order."""
        return [entry for group in self.groups for entry in group.parts]

    @property
    def grave(self) -> list[Grave]:
        """What is destroyed, and then what is at risk; what happens to many is said once."""
        found: dict[tuple[Severity, str], list[EffectEntry]] = {}
        for severity in (Severity.DESTROYS, Severity.RISK):
            for entry in self.parts:
                for each in entry.effects:
                    if each.effect.severity is severity:
                        found.setdefault((severity, each.effect.message), []).append(each)
        return [Grave(severity, message, tuple(inside)) for (severity, message), inside in found.items()]

    @property
    def pipelines(self) -> list[str]:
        """The names of all pipelines, for the filter."""
        return list(dict.fromkeys(group.pipeline for group in self.groups if group.pipeline))

    @property
    def environments(self) -> list[str]:
        """The names of all environments, for the filter."""
        return list(dict.fromkeys(entry.part.environment for entry in self.parts if entry.part.environment))

    @property
    def resources(self) -> int:
        """How many resources and files differ."""
        return sum(len(entry.resources) for entry in self.parts)


def entries_of(preview: Preview) -> Entries:
    """Everything on the page of `preview`."""
    anchors = Anchors()
    drawn = 0
    parts: list[PartEntry] = []
    for part in preview.parts:
        entry = _part(part, anchors, draw=drawn < MOST_PICTURES)
        drawn += entry.figure is not None
        parts.append(entry)
    groups = tuple(
        Group(anchors.of("pipeline", pipeline) if pipeline else anchors.of("shared"), pipeline, tuple(inside))
        for pipeline, inside in groupby(parts, key=lambda entry: entry.part.pipeline)
    )
    findings = tuple(
        FindingEntry(anchors.of("finding", each.code, str(each.standing), each.place.file), each)
        for each in preview.findings
    )
    graphs = sum(part.graph is not None for part in preview.parts)
    counts = {severity: len(preview.of(severity)) for severity in Severity}
    return Entries(preview, groups, findings, graphs - drawn, counts)


def _part(part: Part, anchors: Anchors, *, draw: bool) -> PartEntry:
    where = (part.pipeline or "shared", part.environment)
    name = anchors.of(PART, *where)
    effects = tuple(
        EffectEntry(anchors.of("effect", *where, effect.kind, effect.node), effect, part) for effect in part.effects
    )
    resources = tuple(
        ResourceEntry(anchors.of("resource", *where, *_named(change)), change, " ".join(_severities(part, change)))
        for change in part.resources
    )
    entry = PartEntry(name, part, effects, resources)
    return replace(entry, figure=picture(part.graph, entry.at("graph"))) if part.graph and draw else entry


def _named(change: ResourceChange) -> tuple[str | None, ...]:
    return (change.path,) if change.kind is None else (change.kind, change.namespace, change.name)


def _severities(part: Part, change: ResourceChange) -> Iterator[str]:
    for severity in Severity:
        if any(effect.node == change.node and effect.severity is severity for effect in part.effects):
            yield severity.value
