"""One pipeline in one environment, with everything that compiling may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping as MappingABC
from dataclasses import dataclass
from functools import cached_property

from fairlead.project.lock import Lock
from fairlead.project.model import Environment, Project
from fairlead.source.nodes import Mapping, Path, place_of
from fairlead.source.places import Place
from fairlead.spec.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Unit:
    """One pipeline in one environment.

    `pipeline` is the specification with the project's defaults below it and the environment's patch over it; `root` is
    the tree that it was validated from, whose nodes know the file that they were written in.
    """

    project: Project
    project_root: Mapping
    environment: str
    pipeline: Pipeline
    root: Mapping
    file: str
    lock: Lock | None = None
    lock_root: Mapping | None = None

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return str(self.pipeline.metadata.name)

    @property
    def settings(self) -> Environment:
        """The environment's own section of fairlead.yaml."""
        return self.project.environment(self.environment)

    def place(self, *path: str | int) -> Place:
        """Where the specification says what is at `path`; the nearest section's key for what is a default."""
        return place_of(self.root, path)

    def project_place(self, *path: str | int) -> Place:
        """Where fairlead.yaml says what is at `path`."""
        return place_of(self.project_root, path)

    def has(self, path: Path) -> bool:
        """Whether the specification writes something at `path`, rather than leaving it to a default."""
        from fairlead.source.nodes import find

        return find(self.root, path) is not None


Peers = MappingABC[str, Unit]
"""The units of one environment by the name of their pipeline."""


class Units(dict[str, Unit]):
    """The units of one environment, complete, with what takes a look at all of them to know."""

    @classmethod
    def of(cls, peers: Peers) -> Units:
        """`peers` themselves where they are such units, so that what was found once is not looked for again."""
        return peers if isinstance(peers, Units) else cls(peers)

    @cached_property
    def asked_by(self) -> MappingABC[str, tuple[str, ...]]:
        """Pipeline -> the pipelines whose graphs it is a member of, in the order of their names."""
        found: dict[str, dict[str, None]] = {}
        for name, unit in sorted(self.items()):
            graph = unit.pipeline.serving.graph if unit.pipeline.serving else None
            for member in graph.of if graph else ():
                found.setdefault(str(member.pipeline), {})[name] = None
        return {name: tuple(askers) for name, askers in found.items()}

    @cached_property
    def by_host(self) -> MappingABC[str, tuple[str, ...]]:
        """Host at the gateway -> the pipelines that claim it, in the order of their names."""
        return self._claims(host_of)

    @cached_property
    def by_registered_model(self) -> MappingABC[str, tuple[str, ...]]:
        """Registered model -> the pipelines whose versions go there, in the order of their names."""
        return self._claims(registered_of)

    def _claims(self, claim: Callable[[Unit], str | None]) -> MappingABC[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name, unit in sorted(self.items()):
            if (claimed := claim(unit)) is not None:
                found.setdefault(claimed, []).append(name)
        return {claimed: tuple(names) for claimed, names in found.items()}


def host_of(unit: Unit) -> str | None:
    """The host at the gateway that a pipeline claims."""
    serving = unit.pipeline.serving
    return str(serving.host) if serving is not None and serving.host is not None else None


def registered_of(unit: Unit) -> str | None:
    """The registered model that a pipeline's versions go to; None where it trains none."""
    model = unit.pipeline.model
    if model is None or model.train is None:
        return None
    return model.registry.name if model.registry is not None else unit.name
