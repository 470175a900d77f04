"""What is examined: an environment with everything that is compiled for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.doctor.finding import By, by
from fairlead.project.model import Project
from fairlead.resources.resource import Resource
from fairlead.source.nodes import Mapping as MappingNode, place_of
from fairlead.source.places import Place


@dataclass(frozen=True)
class Scope:
    """An environment. `project_wide` is what belongs to no environment: what reconcilers read."""

    project: Project
    root: MappingNode
    environment: str
    resources: tuple[Resource, ...]
    project_wide: tuple[Resource, ...] = ()

    @property
    def namespace(self) -> str:
        """The environment's namespace."""
        return self.project.environment(self.environment).namespace

    def of(self, *kinds: str) -> Iterator[Resource]:
        """The environment's resources of some kinds."""
        return (each for each in self.resources if each.manifest["kind"] in kinds)

    def by(self, *kinds: str) -> tuple[By, ...]:
        """Those of some kinds, as what needs something."""
        return tuple(by(each) for each in self.of(*kinds))

    def place(self, *path: str) -> Place:
        """Where fairlead.yaml says something."""
        return place_of(self.root, path)

    @property
    def reconciled(self) -> bool:
        """Whether a reconciler applies, and not `fairlead apply`."""
        return any(str(each.manifest["kind"]) in ("ApplicationSet", "Kustomization") for each in self.project_wide)


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping; empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """A list; empty where it is none."""
    return value if isinstance(value, list | tuple) else ()


def at(value: Any, *keys: str) -> Any:
    """What is at a path of mappings; None where the path ends before."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a label selector (meta/v1) matches; an empty one matches everything, and none at all nothing."""
    if not isinstance(selector, Mapping):
        return False
    if any(labels.get(key) != value for key, value in mapping(selector.get("matchLabels")).items()):
        return False
    return all(_expression(mapping(each), labels) for each in sequence(selector.get("matchExpressions")))


def _expression(each: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = each.get("key"), sequence(each.get("values"))
    operator = each.get("operator")
    there = key in labels
    if operator == "In":
        return there and labels[str(key)] in values
    if operator == "NotIn":
        return not there or labels[str(key)] not in values
    return there if operator == "Exists" else not there if operator == "DoesNotExist" else False
