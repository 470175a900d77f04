"""One pipeline in one environment, with everything that compiling may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping as MappingABC
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

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
    def of(cls, peers: Peers) -> Units | Watched:
        """`peers` themselves where they are such units, so that what was found once is not looked for again."""
        return peers if isinstance(peers, Units | Watched) else cls(peers)

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


class Question(NamedTuple):
    """One thing that was asked of the units of an environment; `about` is None where all of it was."""

    what: str
    about: str | None


UNIT: Final = "unit"
"""The question for a unit itself, by its pipeline's name."""
NAMES: Final = "names"
"""The question for the names of all pipelines."""
INDEXES: Final = ("asked_by", "by_host", "by_registered_model")
"""The questions that `Units` has answers to."""


class Watched(MappingABC[str, Unit]):
    """The units of one environment as one of them sees the others, and everything that was asked of them.

    What is compiled from a pipeline depends on others only through these questions: where the answers are the same, so
    is all that came of them.
    """

    def __init__(self, units: Units) -> None:
        self.units = units
        self.asked: set[Question] = set()

    def __getitem__(self, name: str) -> Unit:
        self.asked.add(Question(UNIT, name))
        return self.units[name]

    def __iter__(self) -> Iterator[str]:
        self.asked.add(Question(NAMES, None))
        return iter(self.units)

    def __len__(self) -> int:
        self.asked.add(Question(NAMES, None))
        return len(self.units)

    @property
    def asked_by(self) -> MappingABC[str, tuple[str, ...]]:
        """As `Units.asked_by`."""
        return _Index(self, INDEXES[0], self.units.asked_by)

    @property
    def by_host(self) -> MappingABC[str, tuple[str, ...]]:
        """As `Units.by_host`."""
        return _Index(self, INDEXES[1], self.units.by_host)

    @property
    def by_registered_model(self) -> MappingABC[str, tuple[str, ...]]:
        """As `Units.by_registered_model`."""
        return _Index(self, INDEXES[2], self.units.by_registered_model)


def answer(question: Question, units: Units) -> object:
    """The answer to a question: the unit, or None where there is none; all names; or what an index says."""
    what, about = question
    if what == UNIT:
        return units.get(about) if about is not None else None
    if what == NAMES:
        return list(units)
    assert what in INDEXES, what
    index: MappingABC[str, tuple[str, ...]] = getattr(units, what)
    return index.get(about) if about is not None else list(index.items())


class _Index(MappingABC[str, tuple[str, ...]]):
    """An index of units, and what is asked of it."""

    def __init__(self, watched: Watched, what: str, found: MappingABC[str, tuple[str, ...]]) -> None:
        self._watched, self._what, self._found = watched, what, found

    def __getitem__(self, key: str) -> tuple[str, ...]:
        self._watched.asked.add(Question(self._what, key))
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        self._watched.asked.add(Question(self._what, None))
        return iter(self._found)

    def __len__(self) -> int:
        self._watched.asked.add(Question(self._what, None))
        return len(self._found)


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
