"""What everything for Argo CD is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fairlead.project.delivery import Source, source
from fairlead.project.model import Project
from fairlead.resources import conventions
from fairlead.source.places import Place
from fairlead.target import Shared
from fairlead_targets.argo_cd import options as argo
from fairlead_targets.argo_cd.kinds import Destination

NAME = "argo-cd"
IN_CLUSTER = "https://kubernetes.default.svc"
"""The address at which Argo CD knows the cluster that it runs in."""


@dataclass(frozen=True)
class Context:
    """A project and the target's options."""

    shared: Shared
    options: argo.ArgoCdOptions

    @property
    def project(self) -> Project:
        """The project."""
        return self.shared.project

    @property
    def name(self) -> str:
        """What names begin with: the AppProject's whole name."""
        return str(self.options.prefix or self.project.metadata.name)

    @property
    def namespace(self) -> str:
        """Where Argo CD runs."""
        return str(self.options.namespace)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What every resource of the target carries."""
        return conventions.project_labels(self.project)

    @cached_property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """Version and kind of all that the other targets may write."""
        return frozenset(kind for name, kinds in self.shared.kinds.items() if name != NAME for kind in kinds)

    def settings(self, name: str) -> argo.Place:
        """The options for an environment."""
        return next((place for key, place in self.options.environments.items() if str(key) == name), argo.Place())

    def prune(self, name: str) -> argo.Pruning:
        """What becomes of what the repository no longer has."""
        return self.settings(name).prune or ("confirm" if self.project.environment(name).protected else "automatic")

    def source(self, name: str | None = None) -> Source:
        """Where an environment is fetched, or (None) what belongs to the repository as a whole."""
        found = source(self.project, name)
        assert found is not None, "a project without a repository has been refused"
        return found

    def destination(self, name: str) -> Destination:
        """The namespace of an environment, in its cluster."""
        settings, namespace = self.settings(name), self.project.environment(name).namespace
        if settings.cluster is not None:
            return {"name": settings.cluster, "namespace": namespace}
        return {"server": str(settings.server or IN_CLUSTER), "namespace": namespace}

    def application(self, environment: str, pipeline: str | None = None) -> str:
        """The name of an Application: of a pipeline, of what pipelines share, or of all of an environment."""
        return "-".join([self.name, environment, *([pipeline] if pipeline else [])])

    def place(self, *path: str) -> Place:
        """Where fairlead.yaml names the target, or an option of it."""
        return self.shared.place(NAME, *path)
