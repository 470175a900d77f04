"""A plan as data, and questions about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fairlead.plan.artifacts import Artifact, ArtifactType
from fairlead.plan.nodes import Node, Waiting
from fairlead.project.unit import Unit
from fairlead.spec.data import Column

if TYPE_CHECKING:
    import networkx as nx

N = TypeVar("N", bound=Node)


class Edge(NamedTuple):
    """An artifact's way from the node that gives it to one that reads it."""

    giver: str
    reader: str
    artifact: str


class Loop(NamedTuple):
    """The edge that closes a model's life into a loop: through a commit, so that the graph itself stays acyclic."""

    giver: str
    reader: str
    why: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of the plan: its columns, and how its data must be handled."""

    name: str
    columns: Mapping[str, Column]
    format: str
    sensitivity: str
    path: tuple[str | int, ...]
    """The section of the specification that declares it."""

    def with_role(self, role: str) -> list[str]:
        """The columns that have a role, in order."""
        return [name for name, column in self.columns.items() if role in column.all_roles]


@dataclass(frozen=True)
class Plan:
    """The whole life of one model in one environment.

    `nodes` is in an order in which every node comes after those that it reads from, and equal plans have equal order.
    """

    unit: Unit
    nodes: Mapping[str, Node]
    datasets: Mapping[str, Dataset]
    split_of: str | None = None
    """The dataset that is split, and so the one whose columns the model knows."""
    loop: Loop | None = None
    peers: Mapping[str, Unit] = field(default_factory=dict)
    """All pipelines of the environment by name, this one included: what a graph of models refers to."""

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.unit.name

    @property
    def trains(self) -> bool:
        """Whether training happens in this environment."""
        return "train" in self.nodes

    @property
    def learned_from(self) -> Dataset | None:
        """The dataset that the model learns from."""
        return self.datasets.get(self.split_of) if self.split_of else None

    def of(self, kind: type[N]) -> Iterator[N]:
        """All nodes of a kind, in order."""
        return (node for node in self.nodes.values() if isinstance(node, kind))

    def only(self, kind: type[N]) -> N | None:
        """The node of a kind of which a plan has at most one."""
        return next(self.of(kind), None)

    def get(self, node_id: str, kind: type[N]) -> N | None:
        """The node with an id, if it is of the kind."""
        node = self.nodes.get(node_id)
        return node if isinstance(node, kind) else None

    def artifacts(self) -> Mapping[str, Artifact]:
        """Every artifact by its id."""
        return {artifact: known for artifact, (known, _) in self._given.items()}

    def giver(self, artifact: str) -> str | None:
        """The id of the node that gives an artifact."""
        return self._given[artifact][1] if artifact in self._given else None

    def bytes_of(self, artifact: str) -> str:
        """The id of the artifact whose bytes an artifact is: itself, or what the check before it approved."""
        while (below := self._given[artifact][0].same_as) is not None:
            artifact = below
        return artifact

    @cached_property
    def _given(self) -> Mapping[str, tuple[Artifact, str]]:
        """Every artifact, and the id of the node that gives it: asked for each input of each step."""
        found: dict[str, tuple[Artifact, str]] = {}
        for node in self.nodes.values():
            for give in node.gives:
                found.setdefault(give.artifact.id, (give.artifact, node.id))
        return found

    def edges(self) -> list[Edge]:
        """All edges, in the order of their readers."""
        giver = {give.artifact.id: node.id for node in self.nodes.values() for give in node.gives}
        return [
            Edge(giver[use.artifact], node.id, use.artifact)
            for node in self.nodes.values()
            for use in node.uses
            if use.artifact in giver
        ]

    def before(self, node_id: str) -> set[str]:
        """All nodes that a node depends on, directly or not."""
        parents: dict[str, set[str]] = {}
        for edge in self.edges():
            parents.setdefault(edge.reader, set()).add(edge.giver)
        found: set[str] = set()
        open_ = [node_id]
        while open_:
            for parent in parents.get(open_.pop(), set()) - found:
                found.add(parent)
                open_.append(parent)
        return found

    def waiting(self) -> list[tuple[Node, Waiting]]:
        """What is left out for now, and why."""
        return [(node, node.waits) for node in self.nodes.values() if node.waits]

    def graph(self) -> nx.MultiDiGraph[str]:
        """The plan as a networkx graph: node attribute `node`, edge attribute `artifact`. The loop is not in it."""
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=self.name)
        for node in self.nodes.values():
            graph.add_node(node.id, node=node)
        for edge in self.edges():
            graph.add_edge(edge.giver, edge.reader, artifact=edge.artifact)
        return graph


SERVED = (ArtifactType.ENDPOINT, ArtifactType.PREDICTIONS)
"""What a model gives once it is in use."""
