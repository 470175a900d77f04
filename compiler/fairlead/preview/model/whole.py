"""The whole: both sides, the parts, and what a reader should know before believing them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fairlead.preview.model.cost import Cost
from fairlead.preview.model.effects import Effect, Severity
from fairlead.preview.model.findings import Finding, FindingChange
from fairlead.preview.model.graph import Graph
from fairlead.preview.model.resources import Change, ResourceChange


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
