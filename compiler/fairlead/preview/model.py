"""The preview as data: what a change from one state of a project to another does.

It is built once (`fairlead.preview.build`), changes never, and every page, the JSON and the exit code are readers of
it. All texts in it are free of secrets and of nothing else: who writes them into Markdown or HTML escapes them there.
`fairlead schema preview` is derived from these classes, and so are the names in the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from fairlead.plan.draw.drawing import Drawing
from fairlead.source.places import Place

VERSION: Final = 1
"""The version of the JSON. It rises when a field goes or changes its meaning; a new field leaves it as it is."""
HIDDEN: Final = {"json": False}
"""Metadata of a field that is for pictures and not for the JSON."""


class Severity(StrEnum):
    """How much a reviewer has to look at an effect, worst first."""

    DESTROYS = "destroys"
    """Something that runs, answers or holds data is deleted, or deleted and made anew."""
    RISK = "risk"
    """Data or traffic is at risk: who may call, what a gate lets through, which version gets requests, what watches."""
    BEHAVIOUR = "behaviour"
    """What runs does something else than before."""
    NOTICE = "notice"
    """Worth knowing, and nothing that runs does anything else."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Change(StrEnum):
    """What happened to something between base and head."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REPLACED = "replaced"
    """It can't be changed in place, or has another name now: it is deleted and made anew."""
    REWRITTEN = "rewritten"
    """It is written differently and means the same: a comment, the file that it came from, the order of names."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that the change does, in words of the field."""

    severity: Severity
    kind: str
    """A stable word for programs, as `retrains`, `rollout`, `replicas`; docs/preview.md lists all."""
    message: str
    """One sentence that starts in lower case and ends without a full stop: `memory limit 4Gi -> 2Gi`."""
    environment: str | None = None
    """The environment; None for what concerns the repository as a whole."""
    pipeline: str | None = None
    """The pipeline by its name in head, or in base where it is gone; None for what pipelines share."""
    node: str | None = None
    """The node of the plan that it is about, as `train`, `serve`, `slo/latency`."""
    place: Place | None = None
    """Where it comes from: in head's files, and for what is gone (see `in_base`) in base's."""
    in_base: bool = False
    """Whether `place` is a place in base's files."""
    why: tuple[str, ...] = ()
    """What it consists of or leads to, one sentence each; folded away where space is short."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value of a resource or file that differs, as texts that fit on a line."""

    path: str
    """Where it is, as `spec.predictor.model.resources.limits.memory`; items of lists by name, as `env[LEVEL].value`."""
    before: str | None
    """The value in base; None where there was none."""
    after: str | None
    """The value in head; None where there is none any more."""
    replaces: bool = False
    """Whether Kubernetes refuses this change in place, so that the resource is deleted and made anew."""


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A resource, or another generated file, that differs between base and head."""

    change: Change
    path: str
    """The file: in head, or in base where it is gone."""
    path_before: str | None
    """The file in base, where it has another path now; None otherwise."""
    kind: str | None
    """The resource's kind; None for a file that is no Kubernetes resource, as a workflow or plain rules."""
    namespace: str | None
    """The resource's namespace; empty for kinds without."""
    name: str | None
    """The resource's name."""
    name_before: str | None
    """Its name in base, where a renamed pipeline's resource has taken its place; None otherwise."""
    target: str | None
    """The target that makes it, as `kserve`; None for what Fairlead itself adds."""
    node: str
    """The node of the plan that it comes from."""
    place: Place
    """The place in the specification that it comes from: in head, or in base where it is gone."""
    fields: tuple[FieldChange, ...]
    """Every value that differs; none where it was added, removed or rewritten."""
    explained: bool
    """Whether an effect is about the node that it comes from; whatever no effect explains is said by itself."""
    diff: str
    """The unified difference of the texts, secrets masked, without a line end behind the last line."""

    @property
    def title(self) -> str:
        """`InferenceService churn`, or the file's path."""
        if self.kind is None:
            return self.path
        renamed = f" (was {self.name_before})" if self.name_before else ""
        return f"{self.kind} {self.name}{renamed}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What something costs a month, in the project's currency."""

    least: Decimal
    """With as few replicas and runs as there can be."""
    most: Decimal
    """With as many replicas as there may be, and every run into its time limits."""
    how: str
    """The arithmetic: `2 to 10 replicas x 0.09/h x 730 h`."""


@dataclass(frozen=True, slots=True)
class CostItem:
    """What one thing costs a month, before and after."""

    name: str
    """What it is: `serving`, `training`, `drift`, `quality`, `batch`."""
    before: Estimate | None
    """In base; None where it was not there or has no price."""
    after: Estimate | None
    """In head; None where it is gone or has no price."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a pipeline costs a month in one environment, before and after; only what Fairlead can know."""

    items: tuple[CostItem, ...]
    unknown: tuple[str, ...]
    """What is in no sum, one sentence each: hardware without a price, runs that nobody can count."""

    @property
    def before(self) -> tuple[Decimal, Decimal]:
        """The least and the most of base."""
        return _sum([item.before for item in self.items])

    @property
    def after(self) -> tuple[Decimal, Decimal]:
        """The least and the most of head."""
        return _sum([item.after for item in self.items])

    @property
    def changes(self) -> bool:
        """Whether it costs something else than before."""
        return self.before != self.after


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


@dataclass(frozen=True, slots=True)
class Part:
    """What the change does to one pipeline in one environment, or to what pipelines share."""

    environment: str | None
    """The environment; None for what belongs to the repository as a whole."""
    pipeline: str | None
    """The pipeline; None for what pipelines share."""
    change: Change
    """Whether it is new, gone, changed, or (`replaced`) has another name."""
    owner: str | None
    """The team that answers for the pipeline."""
    renamed_from: str | None
    """The pipeline's name in base, where it is another."""
    effects: tuple[Effect, ...]
    """Worst first."""
    resources: tuple[ResourceChange, ...]
    """In the order in which they are applied."""
    cost: Cost | None
    """None for what has no cost that Fairlead knows of."""
    graph: Graph | None
    """None where the graph is the same."""

    @property
    def title(self) -> str:
        """`churn in production`, `what pipelines share in staging`, `the project`."""
        if self.pipeline is not None:
            return f"{self.pipeline} in {self.environment}"
        return f"what pipelines share in {self.environment}" if self.environment else "the project"

    @property
    def means_something(self) -> bool:
        """Whether there is more here than files that are written differently and mean the same."""
        return bool(self.effects) or any(each.change is not Change.REWRITTEN for each in self.resources)


class Standing(StrEnum):
    """What happened to a finding between base and head."""

    NEW = "new"
    GONE = "gone"
    WAIVED = "waived"
    """A policy still finds it, and a waiver in head accepts it."""


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding of validation or of a policy that is new, gone or waived."""

    standing: Standing
    code: str
    title: str
    severity: str
    """`error`, `warning` or `note`, as in `fairlead validate`."""
    policy: str | None
    """The policy's name, as waivers call it; None for a finding that no waiver accepts."""
    message: str
    help: str
    place: Place
    """In head's files, and in base's for one that is gone."""
    reason: str | None = None
    """Why it is waived, in the waiver's words."""
    until: str | None = None
    """The last day of the waiver, as 2027-03-31."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a side doesn't compile: an error, or what Git could not give."""

    code: str
    severity: str
    message: str
    help: str
    place: Place


@dataclass(frozen=True, slots=True)
class Side:
    """Base or head: which state of the project it is."""

    name: str
    """As it was asked for: `main`, a commit; `the working tree`."""
    commit: str | None
    """The commit's full name; None for the working tree."""
    compiler: str | None
    """The version of Fairlead that wrote the output that is committed there; None where there is none."""
    failed: tuple[Finding, ...] = ()
    """Why it does not compile; nothing where it does."""

    @property
    def title(self) -> str:
        """The name, with the short commit where that says more: `main (3f2a91c)`."""
        if self.commit is None or self.commit.startswith(self.name):
            return self.name if self.commit is None else self.commit[:12]
        return f"{self.name} ({self.commit[:12]})"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the circumstances that a reader should know before believing the rest."""

    kind: str
    """A stable word for programs, as `dirty`, `hand-edit`, `conflict`, `compiler`, `base-failed`."""
    message: str
    help: str = ""
    """What to do about it; a command stands in backticks."""
    files: tuple[str, ...] = ()
    """The files that it is about."""


@dataclass(frozen=True)
class Preview:
    """Everything that a change does."""

    base: Side
    head: Side
    verdict: str
    """One line without a full stop."""
    parts: tuple[Part, ...]
    """What pipelines share first, then pipelines by name, each through its environments in order of promotion."""
    findings: tuple[FindingChange, ...]
    notices: tuple[Notice, ...]
    project: str | None = None
    """The project's name: base's where it can be read, so that it stays the same while a change is worked on."""

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """All effects, worst first."""
        found = [effect for part in self.parts for effect in part.effects]
        return tuple(sorted(found, key=lambda effect: effect.severity.rank))

    def of(self, severity: Severity) -> tuple[Effect, ...]:
        """The effects of a severity: those that destroy are what a page begins with."""
        return tuple(effect for effect in self.effects if effect.severity is severity)

    def together(self, severity: Severity) -> tuple[tuple[str, Effect], ...]:
        """The effects of a severity, those that a pipeline has alike in several environments once, each under whom it
        is about: `churn in staging, production`.
        """
        found: dict[tuple[str | None, str, tuple[str, ...]], tuple[list[str], Effect]] = {}
        for part in self.parts:
            for effect in part.effects:
                if effect.severity is severity:
                    key = (part.pipeline or part.title, effect.message, effect.why)
                    found.setdefault(key, ([], effect))[0].append(part.environment or "")
        return tuple((_about(effect, where), effect) for where, effect in found.values())

    @property
    def differs(self) -> bool:
        """Whether the desired state means something else than before, or base has none; what `--exit-code` tells."""
        return (bool(self.base.failed) and not self.head.failed) or any(part.means_something for part in self.parts)

    @property
    def failed(self) -> bool:
        """Whether head does not compile, so that there is nothing to say about it but why."""
        return bool(self.head.failed)

    @property
    def cost(self) -> Cost:
        """What everything that is shown costs a month, pipelines that did not change left out."""
        costs = [(part.title, part.cost) for part in self.parts if part.cost is not None]
        items = tuple(item for _, cost in costs for item in cost.items)
        return Cost(items, tuple(f"{title}: {line}" for title, cost in costs for line in cost.unknown))

    @property
    def worst(self) -> Severity | None:
        """The worst severity of all effects."""
        return self.effects[0].severity if self.effects else None


def _about(effect: Effect, environments: list[str]) -> str:
    where = ", ".join(environments)
    if effect.pipeline is not None:
        return f"{effect.pipeline} in {where}"
    return f"what pipelines share in {where}" if where else "the project"


def _sum(estimates: list[Estimate | None]) -> tuple[Decimal, Decimal]:
    known = [each for each in estimates if each is not None]
    return sum((each.least for each in known), Decimal(0)), sum((each.most for each in known), Decimal(0))


def is_shown(found: Any) -> bool:
    """Whether a dataclass field belongs to the JSON."""
    return bool(found.metadata.get("json", True))
