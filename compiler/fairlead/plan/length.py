"""How long a training run may take at the most: arithmetic over the plan, and nothing measured.

The worst case is that of a run that still succeeds: every command runs into its time limit, the infrastructure fails
as often as it is tried again, and what can run side by side does. A plan is an acyclic graph, so the whole takes as
long as its longest path (the critical path method; Kelley and Walker, 1959).
"""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.plan.nodes import Node, Run, Tune
from fairlead.plan.plan import Plan
from fairlead.spec.units import Duration

LAST = "propose"
"""The node that a training run ends with."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One node's part of the whole."""

    node: str
    length: Duration
    how: str
    """The arithmetic behind the length: `2h x 3 attempts`."""


@dataclass(frozen=True, slots=True)
class Length:
    """The longest path through a training run."""

    stretches: tuple[Stretch, ...]

    @property
    def total(self) -> Duration:
        """How long all of it takes."""
        return Duration.of(milliseconds=sum(stretch.length.milliseconds for stretch in self.stretches))

    @property
    def longest(self) -> Stretch | None:
        """The node that takes most of it; the first of several."""
        return max(self.stretches, key=lambda stretch: stretch.length.milliseconds, default=None)

    def __str__(self) -> str:
        return " + ".join(f"{stretch.node} {stretch.length}" for stretch in self.stretches) + f" = {self.total}"


def training_nodes(plan: Plan) -> list[Node]:
    """The nodes of a training run, in order: the candidate record and everything that it stands on."""
    if LAST not in plan.nodes:
        return []
    needed = plan.before(LAST) | {LAST}
    return [node for name, node in plan.nodes.items() if name in needed]


def attempts_of(run: Run) -> Duration:
    """How long a command takes when every attempt runs into its time limit."""
    return Duration.of(milliseconds=run.timeout.milliseconds * run.attempts)


def rounds_of(tune: Tune) -> int:
    """How often trials start side by side: the trials over those that run at once, rounded up."""
    return -(-len(tune.trials) // tune.parallel)


def stretch_of(node: Node) -> Stretch:
    """The worst case of one node. A search is its rounds, each of training and scoring, and the choice at the end."""
    if node.run is None:
        return Stretch(node.id, Duration.of(), "no time")
    if not isinstance(node, Tune):
        return Stretch(node.id, attempts_of(node.run), _attempts(node.run))
    rounds = rounds_of(node)
    trial = attempts_of(node.run).milliseconds + attempts_of(node.score).milliseconds
    length = Duration.of(milliseconds=rounds * trial + attempts_of(node.choose).milliseconds)
    how = (
        f"{len(node.trials)} trials / {node.parallel} at once = {rounds} rounds x "
        f"({_attempts(node.run)} + scoring {_attempts(node.score)}) + choosing {_attempts(node.choose)}"
    )
    return Stretch(node.id, length, how)


def training_length(plan: Plan) -> Length:
    """The worst-case length of a training run in this plan; empty where no training happens."""
    nodes = training_nodes(plan)
    parents: dict[str, list[str]] = {}
    for edge in plan.edges():
        parents.setdefault(edge.reader, []).append(edge.giver)
    paths: dict[str, tuple[int, tuple[Stretch, ...]]] = {}
    for node in nodes:
        stretch = stretch_of(node)
        before = max((paths[name] for name in parents.get(node.id, ())), key=lambda path: path[0], default=(0, ()))
        paths[node.id] = (before[0] + stretch.length.milliseconds, (*before[1], stretch))
    return Length(paths[LAST][1]) if paths else Length(())


def _attempts(run: Run) -> str:
    return f"{run.timeout} x {run.attempts} attempt{'s' * (run.attempts != 1)}"
