"""What everything for Flux is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fairlead.project.delivery import Source, source
from fairlead.project.model import Project
from fairlead.resources import conventions
from fairlead.source.places import Place
from fairlead.target import Shared
from fairlead_targets.flux import options as flux

NAME = "flux"


@dataclass(frozen=True)
class Context:
    """A project and the target's options."""

    shared: Shared
    options: flux.FluxOptions

    @property
    def project(self) -> Project:
        """The project."""
        return self.shared.project

    @property
    def namespace(self) -> str:
        """Where the Kustomizations are."""
        return str(self.options.namespace)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What every resource of the target carries."""
        return conventions.project_labels(self.project)

    @cached_property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """Version and kind of all that the other targets may write."""
        return frozenset(kind for name, kinds in self.shared.kinds.items() if name != NAME for kind in kinds)

    def settings(self, name: str) -> flux.Place:
        """The options for an environment."""
        return next((place for key, place in self.options.environments.items() if str(key) == name), flux.Place())

    def prune(self, name: str) -> flux.Pruning:
        """What becomes of what the repository no longer has."""
        return self.settings(name).prune or ("guarded" if self.project.environment(name).protected else "automatic")

    def source(self, name: str | None = None) -> Source:
        """Where an environment is fetched, or (None) what belongs to the repository as a whole."""
        found = source(self.project, name)
        assert found is not None, "a project without a repository has been refused"
        return found

    def named(self, *parts: str) -> str:
        """A name that begins as all names of the target do: of a Kustomization, or of a source."""
        return conventions.fit("-".join([str(self.options.prefix or self.project.metadata.name), *parts]))

    def folder(self, path: str) -> str:
        """A folder of the output as Flux finds it in the source: an artifact holds what is in the output's folder."""
        return f"./{path}" if self.options.artifact is not None else f"./{self.source().path}/{path}"

    def place(self, *path: str) -> Place:
        """Where fairlead.yaml names the target, or an option of it."""
        return self.shared.place(NAME, *path)
