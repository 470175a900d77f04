"""What a target produces: Kubernetes resources and other files, each with the line of the spec that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from fairlead.source.nodes import Path
from fairlead.source.places import Place


class Identity(NamedTuple):
    """What makes a resource one and the same in a cluster; `namespace` is empty for cluster-scoped kinds."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f" in {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}{where}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Why something is in the output: the plan's node, the place in the spec, and a sentence for people."""

    node: str
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One Kubernetes resource as it will be written.

    `manifest` has `apiVersion`, `kind` and `metadata.name`; mappings are written in their own order. `fields` gives
    parts of the manifest, by path, an origin of their own; what is not named has that of the resource.
    """

    manifest: Mapping[str, Any]
    origin: Origin
    fields: Mapping[Path, Origin] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """The resource's identity, from its manifest."""
        group, _, _ = str(self.manifest["apiVersion"]).rpartition("/")
        metadata = self.manifest["metadata"]
        return Identity(group, str(self.manifest["kind"]), str(metadata.get("namespace", "")), str(metadata["name"]))


class Root(StrEnum):
    """The folder that a file's path starts from."""

    TARGET = "target"
    """`<output>/<environment>/<pipeline>/<target>/`"""
    REPOSITORY = "repository"
    """The root of the repository, for what has its place fixed by others, as `.github/workflows/`."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is not a Kubernetes resource: plain rules, rule tests, a CI workflow.

    `content` is written as YAML when it is a mapping, and as it stands when it is text (which then ends with a
    newline and brings its own header, because only its author knows how comments look in it).
    """

    path: PurePosixPath
    content: Mapping[str, Any] | str
    origin: Origin
    root: Root = Root.TARGET


@dataclass(frozen=True, slots=True)
class Deferred:
    """A resource that would be here, but waits: for a first model version, or for an image's digest.

    Said to people, and known to the patches: one that matches only deferred resources waits with them.
    """

    kind: str
    name: str
    reason: str
    """`awaiting-first-version` or `pending-build`."""
    detail: str
    origin: Origin
