"""The nodes of a plan: one class for each thing that happens in a model's life.

A node says what happens, not how a platform does it: defaults are applied, references are resolved, and nothing in it
belongs to one target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fairlead.catalogue.measurements import Measurement, Unmeasured
from fairlead.catalogue.runtimes import Runtime
from fairlead.plan.artifacts import ArtifactType, Give, Use
from fairlead.project.lock import LockedModel, LockedRollout, Signature
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.data import Column
from fairlead.spec.expressions import Expectation, Gate, Objective, QualityGate
from fairlead.spec.hardware import Profile
from fairlead.spec.model import Distributed
from fairlead.spec.serving import Access, Graph, Llm, Payloads, Replicas, Rollout, ScaleOn
from fairlead.spec.units import Cron, Duration, Percentage, Uri

BUILT_IN = ("python", "-m", "fairlead.steps")
"""The command of Fairlead's own steps in the runner image; the step's name follows."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why something is left out for now."""

    reason: str
    """`awaiting-first-version`: no version has been registered and locked yet. `pending-build`: an image has no digest
    in the lock, and the environment is protected."""
    detail: str
    place: Place


@dataclass(frozen=True, slots=True)
class Image:
    """An image as a container will name it."""

    reference: str
    """With digest where the lock has one, and with a tag otherwise."""
    repository: str
    """As the specification, the project or the catalogue names it: the key in the lock."""
    digest: str | None
    tree: str | None = None
    """The Git tree that it was built from, where the lock knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A command in an image under the step contract."""

    image: Image
    command: tuple[str, ...]
    built_in: str | None = None
    """The name of Fairlead's own step, where it is one."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Environment variables by name, each with a Kubernetes Secret's name and key."""
    hardware: Profile
    timeout: Duration
    retries: int
    cache: bool = True
    seed: int = 0
    service_account: str | None = None

    @property
    def attempts(self) -> int:
        """How often the command runs at the most."""
        return self.retries + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something that happens, with what it reads, what it gives and where the specification says so."""

    id: str
    """Stable and unique in the plan: `train`, `drift/mean_radius`."""
    title: str
    """A few words for people."""
    path: Path
    """The section of the specification that it comes from."""
    place: Place
    uses: tuple[Use, ...] = ()
    gives: tuple[Give, ...] = ()
    run: Run | None = None
    waits: Waiting | None = None

    @property
    def writes(self) -> tuple[Give, ...]:
        """What the node's command writes: all that it gives, but for what it passes on unchanged."""
        return tuple(give for give in self.gives if give.artifact.same_as is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Node):
    """Resolves a source to a manifest of objects and hashes."""

    source: str
    uri: Uri
    pinned: bool
    digest: str | None
    """The digest that the bytes must have, where the source is pinned and the lock knows it."""
    materialize: bool
    """Whether some step reads a copy; where all read references, nothing is downloaded."""

    @property
    def writes(self) -> tuple[Give, ...]:
        """The manifest, and the copy where one is read."""
        return tuple(give for give in self.gives if self.materialize or give.artifact.type is ArtifactType.MANIFEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Node):
    """Holds a dataset to its columns' contracts and its expectations; the dataset exists for others only after it."""

    dataset: str
    columns: Mapping[str, Column]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare(Node):
    """A step of the user's own."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Divide(Node):
    """Splits a dataset into training, validation and test."""

    dataset: str
    method: str
    by: str | None
    test: Decimal
    validation: Decimal
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune(Node):
    """Trials of the training step, each scored on the validation split; the best one's parameters go on.

    `run` trains one trial, `score` judges it, and `choose` picks the best of all.
    """

    trials: tuple[Mapping[str, Any], ...]
    """The parameters of every trial, all of the step's parameters included."""
    parallel: int
    objective: Objective
    score: Run
    choose: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Train(Node):
    """Learns the model."""

    tuned: bool
    distributed: Distributed | None
    checkpoint: Duration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluate(Node):
    """Judges the model, or the champion, on the test split."""

    metrics: tuple[str, ...]
    slices: tuple[str, ...]
    champion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Node):
    """The gate: fails unless every clause holds, and nothing downstream happens then."""

    gates: tuple[Gate, ...]
    min_support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Node):
    """Copies the model to its content-addressed place, verifies it, and registers a version."""

    registry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Node):
    """Writes the candidate record from which a pull request is made: the end of what a cluster does."""

    approval: tuple[str, ...]
    promote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve(Node):
    """A server for one version, and for a canary beside it while a rollout is under way."""

    runtime: Runtime
    image: Image
    protocol: str
    mode: str
    output: str
    hardware: Profile
    replicas: Replicas
    scale_on: ScaleOn | None
    version: LockedModel | None
    source: str | None
    """The URI of a model that is served without training."""
    canary: LockedRollout | None
    rollout: Rollout
    timeout: Duration
    payloads: Payloads
    access: Access
    host: str | None
    zones: tuple[str, ...]
    command: tuple[str, ...] | None
    env: Mapping[str, str]
    secrets: Mapping[str, tuple[str, str]]
    service_account: str | None
    llm: Llm | None

    @property
    def uri(self) -> str | None:
        """What the server loads, or None before there is a version."""
        return str(self.version.uri) if self.version else self.source

    @property
    def signature(self) -> Signature:
        """What the served version takes and gives, as far as the lock knows."""
        return self.version.signature if self.version else Signature()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Node):
    """Scores a dataset on a schedule, instead of a server."""

    schedule: Cron
    timezone: str
    suspended: bool
    input: Uri
    output: Uri
    format: str
    version: LockedModel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Combine(Node):
    """A graph of other pipelines' servers behind one endpoint."""

    graph: Graph
    members: tuple[str, ...]
    """The pipelines, in the order of the file."""
    access: Access
    host: str | None
    timeout: Duration
    hardware: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo(Node):
    """A service level objective and what measures it."""

    signal: str
    """`availability`, `latency`, `time_to_first_token` or `inter_token_latency`."""
    objective: Percentage
    below: Duration | None
    at: str
    window: Duration
    measurement: Measurement | Unmeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift(Node):
    """A scheduled comparison of logged payloads with the training reference."""

    every: Duration
    window: Duration
    suspended: bool
    watched: tuple[str, ...]
    """The features, and `prediction`, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftScore(Node):
    """The drift of one feature, or of the prediction, and the score that counts as drifted."""

    feature: str
    method: str
    threshold: Decimal
    every: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality(Node):
    """Scheduled metrics on real traffic, once ground truth has arrived."""

    every: Duration
    window: Duration
    delay: Duration | None
    suspended: bool
    expectations: tuple[QualityGate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrain(Node):
    """Where the loop closes: what starts the next training."""

    schedule: Cron | None
    timezone: str
    suspended: bool
    on: tuple[str, ...]
    cooldown: Duration
    promote: str
