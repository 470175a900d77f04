"""Resources and other generated files that differ, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fairlead.source.places import Place


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
