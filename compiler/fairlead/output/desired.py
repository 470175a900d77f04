"""What the output should be: files, each with its owner, and what a command covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple

from fairlead.resources.resource import SHARED, Folder, Identity, Origin

PROJECT = SHARED
"""The folder of what pipelines share."""

PROJECT_FILE = "fairlead.yaml"
"""What people change to change what pipelines share."""


class Owner(NamedTuple):
    """Who a file belongs to: a pipeline in an environment, an environment, or (both None) the repository."""

    environment: str | None = None
    pipeline: str | None = None

    def __str__(self) -> str:
        if self.pipeline is not None:
            return f"{self.pipeline} in {self.environment}"
        return f"what pipelines share in {self.environment}" if self.environment is not None else "the project"

    def folder(self, output: PurePosixPath) -> PurePosixPath:
        """The folder that holds the owner's inventory and, by target, its files."""
        if self.environment is None:
            return output / PROJECT
        return output / self.environment / (self.pipeline or PROJECT)


class ResourceRef(NamedTuple):
    """A Kubernetes resource as an inventory names it; `namespace` is empty for cluster-scoped kinds."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @property
    def identity(self) -> Identity:
        """What makes it one and the same in a cluster: the version of its API does not."""
        return Identity(self.api_version.rpartition("/")[0], self.kind, self.namespace, self.name)


@dataclass(frozen=True, slots=True)
class Desired:
    """One file as it should be. `path` is relative to the repository's root, with forward slashes.

    Where only the SHA-256 of its content is at hand, `given` makes the content when it is asked for.
    """

    path: str
    given: bytes | Callable[[], bytes]
    target: str | None
    """The target that made it; None for what Fairlead itself adds, such as a kustomization."""
    origin: Origin
    resource: ResourceRef | None = None
    """The Kubernetes resource in the file; None for any other file."""
    sha256: str = field(default="")
    """Of the content, in hexadecimal."""
    only_with: Folder | None = None
    """The folder without which it is not wanted."""

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", sha256(self.content).hexdigest())

    @property
    def content(self) -> bytes:
        """What stands in the file."""
        return self.given if isinstance(self.given, bytes) else self.given()

    def is_in(self, content: bytes | None) -> bool:
        """Whether `content` is what should stand in the file."""
        if isinstance(self.given, bytes):
            return content == self.given
        return content is not None and sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class Assembled:
    """Everything that one owner should have, from the targets that ran.

    `source` is the file that people change to change it: the spec, or fairlead.yaml. `explained` says why there may be
    little or nothing, for instance because everything waits for a first model version.
    """

    owner: Owner
    source: str
    files: tuple[Desired, ...] = ()
    explained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command covers. None stands for all; what is not covered stays as it is on disk.

    `known_environments` are those of fairlead.yaml: an environment that is on disk but no longer among them is removed
    by a command that covers everything.
    """

    known_environments: frozenset[str]
    pipelines: frozenset[str] | None = None
    environments: frozenset[str] | None = None
    targets: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything of the project was compiled."""
        return self.pipelines is None and self.environments is None and self.targets is None

    def covers(self, owner: Owner) -> bool:
        """Whether `owner` would be among what was compiled if the project still had it: if it isn't, it is gone."""
        if self.pipelines is not None or self.targets is not None:
            return False
        if owner.environment is None or owner.environment not in self.known_environments:
            return self.environments is None
        return self.environments is None or owner.environment in self.environments
