"""What a picture of a plan shows, whatever the format: nodes in stages, and the ways between them.

A plan says what flows; a reader also wants to see where it is people who decide. So the lock stands in the picture as
a node of its own: what a cluster proposes goes into it by a commit, and what is served comes out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from fairlead.plan.artifacts import Artifact, ArtifactType
from fairlead.plan.draw.details import details
from fairlead.plan.nodes import (
    Check,
    Combine,
    Decide,
    Divide,
    Drift,
    DriftScore,
    Evaluate,
    Node,
    Prepare,
    Propose,
    Quality,
    Register,
    Retrain,
    Score,
    Serve,
    Slo,
    Snapshot,
    Train,
    Tune,
    Waiting,
)
from fairlead.plan.plan import Plan
from fairlead.source.places import Place
from fairlead.spec.serving import Member


class Stage(StrEnum):
    """The parts of a model's life, in order."""

    DATA = "data"
    TRAINING = "training"
    JUDGING = "judging"
    RELEASE = "release"
    SERVING = "serving"
    WATCHING = "watching"


class Kind(StrEnum):
    """What a node is; pictures give each a look of its own."""

    SNAPSHOT = "snapshot"
    CHECK = "check"
    PREPARE = "prepare"
    SPLIT = "split"
    TUNE = "tune"
    TRAIN = "train"
    EVALUATE = "evaluate"
    GATE = "gate"
    REGISTER = "register"
    PROPOSE = "propose"
    LOCK = "lock"
    ENVIRONMENT = "environment"
    SERVE = "serve"
    BATCH = "batch"
    GRAPH = "graph"
    MEMBER = "member"
    SLO = "slo"
    DRIFT = "drift"
    SCORE = "score"
    QUALITY = "quality"
    RETRAIN = "retrain"


class Flow(StrEnum):
    """What a way between two nodes is."""

    ARTIFACT = "artifact"
    """One gives what the other reads."""
    COMMIT = "commit"
    """A commit to the lock: nothing in a cluster goes this way by itself."""
    CALL = "call"
    """Requests at run time, from a graph of models to its members."""
    LOOP = "loop"
    """The way that closes the life into a circle."""


KINDS: Final[dict[type[Node], tuple[Kind, Stage]]] = {
    Snapshot: (Kind.SNAPSHOT, Stage.DATA),
    Check: (Kind.CHECK, Stage.DATA),
    Prepare: (Kind.PREPARE, Stage.DATA),
    Divide: (Kind.SPLIT, Stage.DATA),
    Tune: (Kind.TUNE, Stage.TRAINING),
    Train: (Kind.TRAIN, Stage.TRAINING),
    Evaluate: (Kind.EVALUATE, Stage.JUDGING),
    Decide: (Kind.GATE, Stage.JUDGING),
    Register: (Kind.REGISTER, Stage.RELEASE),
    Propose: (Kind.PROPOSE, Stage.RELEASE),
    Serve: (Kind.SERVE, Stage.SERVING),
    Score: (Kind.BATCH, Stage.SERVING),
    Combine: (Kind.GRAPH, Stage.SERVING),
    Slo: (Kind.SLO, Stage.WATCHING),
    Drift: (Kind.DRIFT, Stage.WATCHING),
    DriftScore: (Kind.SCORE, Stage.WATCHING),
    Quality: (Kind.QUALITY, Stage.WATCHING),
    Retrain: (Kind.RETRAIN, Stage.WATCHING),
}
LOCK_ID: Final = "lock"
VERSION: Final = "version"
CANDIDATE: Final = "candidate"


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node as it is shown."""

    id: str
    kind: Kind
    stage: Stage
    title: str
    details: tuple[str, ...] = ()
    gives: tuple[Artifact, ...] = ()
    waits: Waiting | None = None
    place: Place | None = None
    """Where the specification says so; None for what the picture adds, as the lock."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one node to another."""

    giver: str
    reader: str
    label: str
    """The artifact's id, or what else goes this way."""
    flow: Flow = Flow.ARTIFACT
    type: ArtifactType | None = None
    optional: bool = False
    by_reference: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that a picture shows."""

    name: str
    environment: str
    owner: str
    description: str
    vertices: tuple[Vertex, ...]
    links: tuple[Link, ...]

    def stages(self) -> Iterator[tuple[Stage, tuple[Vertex, ...]]]:
        """The stages that have nodes, in order, each with its nodes."""
        for stage in Stage:
            inside = tuple(vertex for vertex in self.vertices if vertex.stage is stage)
            if inside:
                yield stage, inside

    def readers(self, giver: str, artifact: str) -> list[Link]:
        """The ways of one artifact of a node."""
        return [link for link in self.links if (link.giver, link.label) == (giver, artifact)]


def drawing(plan: Plan) -> Drawing:
    """The picture of a plan. Equal plans give equal pictures."""
    vertices = [_vertex(node) for node in plan.nodes.values()]
    links = _links(plan)
    added, more = _lock(plan)
    members, calls = _members(plan)
    metadata = plan.unit.pipeline.metadata
    everything = (*_with_lock(vertices, added), *members)
    return Drawing(
        plan.name,
        plan.unit.environment,
        str(metadata.owner),
        metadata.description,
        everything,
        (*links, *more, *calls, *_loop(plan)),
    )


def _vertex(node: Node) -> Vertex:
    kind, stage = KINDS[type(node)]
    gives = tuple(give.artifact for give in node.gives if give.artifact.type is not ArtifactType.MANIFEST)
    return Vertex(node.id, kind, stage, node.title, details(node), gives, node.waits, node.place)


def _links(plan: Plan) -> list[Link]:
    """The artifacts' ways, except that of the version to what serves it: that one leads through the lock."""
    giver = {give.artifact.id: (node.id, give.artifact.type) for node in plan.nodes.values() for give in node.gives}
    return [
        Link(
            giver[use.artifact][0],
            node.id,
            use.artifact,
            type=giver[use.artifact][1],
            optional=use.optional,
            by_reference=use.mode == "reference",
        )
        for node in plan.nodes.values()
        for use in node.uses
        if use.artifact in giver
        and not (use.artifact == VERSION and isinstance(node, Serve | Score))
        and not _is_bookkeeping(node, giver[use.artifact][1])
    ]


def _is_bookkeeping(reader: Node, type_: ArtifactType) -> bool:
    """Whether something is read only to be noted down: each source's manifest in the record, and the statistics of the
    training part beside the version. These ways would cross the whole picture and tell nobody anything.
    """
    return type_ is ArtifactType.MANIFEST or (isinstance(reader, Register) and type_ is ArtifactType.DATASET)


def _lock(plan: Plan) -> tuple[list[Vertex], list[Link]]:
    """The lock, and the environment before this one where that is what versions are promoted from."""
    unit = plan.unit
    model = unit.pipeline.model
    propose = plan.only(Propose)
    served = next((node.id for node in plan.nodes.values() if isinstance(node, Serve | Score)), None)
    if model is None or model.train is None or (propose is None and served is None):
        return [], []
    version = unit.lock.model.version if unit.lock and unit.lock.model else None
    lock = Vertex(
        LOCK_ID,
        Kind.LOCK,
        Stage.RELEASE,
        "lock, in Git",
        (_lock_file(unit.file, unit.environment), f"holds version {version}" if version else "holds no version yet"),
        (Artifact(VERSION, ArtifactType.MODEL_VERSION),) if propose is None else (),
    )
    vertices, links = [lock], []
    if propose is not None:
        # What a team releases is not merged by itself, whatever `promote` says.
        by_itself = propose.promote == "automatic" and not propose.approval
        way = "merged when its checks pass" if by_itself else "merged by a person"
        links.append(Link(propose.id, LOCK_ID, CANDIDATE, Flow.COMMIT, ArtifactType.CANDIDATE, why=_commit(way)))
    elif unit.settings.after is not None:
        before = str(unit.settings.after)
        vertices.insert(0, Vertex(f"environment/{before}", Kind.ENVIRONMENT, Stage.RELEASE, before, ("comes before",)))
        links.append(Link(f"environment/{before}", LOCK_ID, VERSION, Flow.COMMIT, why=_commit("a promotion")))
    if served is not None:
        links.append(
            Link(
                LOCK_ID, served, VERSION, Flow.ARTIFACT, ArtifactType.MODEL_VERSION, why="what the lock says is served"
            )
        )
    return vertices, links


def _commit(way: str) -> str:
    return f"a commit to the lock: {way}"


def _lock_file(spec: str, environment: str) -> str:
    path = PurePosixPath(spec)
    return str(path.with_name(f"{path.stem}.{environment}.lock.yaml"))


def _with_lock(vertices: list[Vertex], added: list[Vertex]) -> list[Vertex]:
    """The lock after everything that leads to it, and before what is served from it."""
    serving = {Stage.SERVING, Stage.WATCHING}
    at = next((index for index, vertex in enumerate(vertices) if vertex.stage in serving), len(vertices))
    return [*vertices[:at], *added, *vertices[at:]]


def _members(plan: Plan) -> tuple[list[Vertex], list[Link]]:
    """The other pipelines that a graph of models asks."""
    combine = plan.only(Combine)
    if combine is None:
        return [], []
    vertices: dict[str, Vertex] = {}
    links = []
    for position, member in enumerate(combine.graph.of):
        name = str(member.pipeline)
        peer = plan.peers.get(name)
        owner = f"of {peer.pipeline.metadata.owner}" if peer else "unknown"
        vertices[name] = Vertex(f"pipeline/{name}", Kind.MEMBER, Stage.SERVING, name, (owner,))
        links.append(Link(combine.id, f"pipeline/{name}", _call(combine.graph.type, position, member), Flow.CALL))
    return list(vertices.values()), links


def _call(kind: str, position: int, member: Member) -> str:
    """When a member of a graph is asked."""
    if member.weight is not None:
        return f"{member.weight} of requests"
    if member.when is not None:
        return f"when {member.when}"
    return {"switch": "otherwise", "sequence": f"step {position + 1}"}.get(kind, "always")


def _loop(plan: Plan) -> list[Link]:
    if plan.loop is None:
        return []
    loop = plan.loop
    return [Link(loop.giver, loop.reader, "new training", Flow.LOOP, why=loop.why)]
