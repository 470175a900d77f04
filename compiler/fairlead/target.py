"""What a target is, and how targets are found.

A target turns a plan into resources and files for one platform. It is a class with no state, registered under the
entry-point group `fairlead.targets` with its name; those that come with Fairlead are registered in the same way as a
stranger's. A target reads the plan and the specification, and nothing else: no file, clock, network or environment
variable, because the same input must give the same bytes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, ClassVar

from fairlead.resources.resource import Deferred, File, Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import Mapping as MappingNode, Path, Scalar, Sequence as SequenceNode, place_of
from fairlead.source.places import Place
from fairlead.spec.base import Section

if TYPE_CHECKING:
    from fairlead.plan.plan import Plan
    from fairlead.project.model import Project

GROUP = "fairlead.targets"


class Options(Section):
    """The options of a target, given under its name in the `targets` of fairlead.yaml. A target subclasses it."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a target made of one pipeline in one environment, or of the project as a whole."""

    resources: Sequence[Resource] = ()
    files: Sequence[File] = ()
    deferred: Sequence[Deferred] = ()
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """What a target sees when it compiles what pipelines share.

    `environment` is None for what belongs to the repository as a whole; `plans` then holds those of every
    environment, and otherwise those of the one. They are in order of promotion, then by name.
    """

    project: Project
    root: MappingNode
    environment: str | None
    plans: Sequence[Plan]
    kinds: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """What each target of the project may write, by its name: the apiVersion and kind of its `shapes`."""

    def place(self, target: str, *path: str) -> Place:
        """Where fairlead.yaml names a target, or an option of it."""
        targets = self.root.get("targets")
        start: Path = ("targets", target)
        if isinstance(targets, SequenceNode):
            for position, item in enumerate(targets.items):
                if isinstance(item, MappingNode) and target in item.entries:
                    start = ("targets", position, target)
                elif isinstance(item, Scalar) and item.value == target:
                    start = ("targets", position)
        return place_of(self.root, (*start, *path))


class Target(ABC):
    """One platform that plans are compiled to."""

    name: ClassVar[str]
    """The target's name in fairlead.yaml and its folder in the output; lower case, with hyphens."""
    summary: ClassVar[str]
    """One line for `fairlead targets`: what it writes."""
    options: ClassVar[type[Options]] = Options
    """The model of this target's options."""
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = {}
    """The type of each kind that it emits, by apiVersion and kind: a `TypedDict` or a pydantic model. A resource is
    held to it again after the user's patches."""

    @abstractmethod
    def compile(self, plan: Plan, options: Options) -> Compiled:
        """What one pipeline needs in one environment."""

    def compile_shared(self, shared: Shared, options: Options) -> Compiled:
        """What pipelines share: called once for the repository, and once for each environment."""
        return Compiled()


def available() -> dict[str, EntryPoint]:
    """Every installed target's entry point, by name, without importing any."""
    return {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}


def load(point: EntryPoint) -> Target:
    """The target behind an entry point.

    Raises TypeError where the entry point is not a `Target` subclass, or calls itself by another name.
    """
    found = point.load()
    if not (isinstance(found, type) and issubclass(found, Target)):
        raise TypeError(f"the entry point {point.name!r} ({point.value}) is not a subclass of fairlead.target.Target")
    if found.name != point.name:
        raise TypeError(f"the target {point.value} calls itself {found.name!r} but is registered as {point.name!r}")
    return found()
