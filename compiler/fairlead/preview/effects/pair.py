"""A pipeline in an environment, before and after, and how effects on it are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fairlead.plan.nodes import Node
from fairlead.plan.plan import Plan
from fairlead.preview.model import Effect, Severity
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.secrets import one_line

N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Both:
    """A pipeline that is there on both sides."""

    before: Plan
    after: Plan

    def effect(
        self,
        severity: Severity,
        kind: str,
        message: str,
        path: Path,
        node: str | None = None,
        why: tuple[str, ...] = (),
        *,
        gone: bool = False,
    ) -> Effect:
        """An effect that comes from a path in the specification: in head's file, or in base's where only base says
        something at that path. With `gone` it is about what only base has.
        """
        in_base = gone or (self.before.unit.has(path) and not self.after.unit.has(path))
        unit = self.before.unit if in_base else self.after.unit
        return effect_of(self.after, severity, kind, message, unit.place(*path), node, why, in_base=in_base)

    def written(self, *paths: Path) -> Path:
        """The first of some paths at which either side says something; the last where neither does."""
        return next((path for path in paths if self.after.unit.has(path) or self.before.unit.has(path)), paths[-1])

    def nodes(self, kind: type[N]) -> Iterator[tuple[N, N]]:
        """The nodes of a kind that are on both sides."""
        for node in self.after.of(kind):
            found = self.before.get(node.id, kind)
            if found is not None:
                yield found, node

    def added(self, kind: type[N]) -> Iterator[N]:
        """The nodes of a kind that only head has."""
        return (node for node in self.after.of(kind) if self.before.get(node.id, kind) is None)

    def removed(self, kind: type[N]) -> Iterator[N]:
        """The nodes of a kind that only base has."""
        return (node for node in self.before.of(kind) if self.after.get(node.id, kind) is None)


def effect_of(
    plan: Plan,
    severity: Severity,
    kind: str,
    message: str,
    place: Place,
    node: str | None = None,
    why: tuple[str, ...] = (),
    *,
    in_base: bool = False,
) -> Effect:
    """An effect on a pipeline, free of secrets and on one line."""
    lines = tuple(one_line(line) for line in why)
    name, where = plan.name, plan.unit.environment
    return Effect(severity, kind, one_line(message), where, name, node, place, in_base, lines)


def arrow(before: Any, after: Any) -> str:
    """`4Gi -> 2Gi`, in words where one of them is not there."""
    return f"{said(before)} -> {said(after)}"


def said(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(said(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={said(item)}" for key, item in value.items()) or "none"
    return str(value)


def mapping_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], show: Callable[[Any], str] = said
) -> list[str]:
    """What differs between two mappings, one phrase a key: `max_depth 6 -> 8`, `+ seed 7`, `- verbose`."""
    found = []
    for key in sorted({*before, *after}):
        if key not in before:
            found.append(f"{key} added ({show(after[key])})")
        elif key not in after:
            found.append(f"{key} removed")
        elif before[key] != after[key] or type(before[key]) is not type(after[key]):
            found.append(f"{key} {show(before[key])} -> {show(after[key])}")
    return found
