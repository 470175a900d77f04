"""The lock of a pipeline in an environment: what is served, and every digest that it stands on.

A lock is written by `fairlead lock`, `promote` and `rollback`, is committed beside its specification as
`<name>.<environment>.lock.yaml`, and is all that compiling knows of registries and object stores.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead.spec.base import Items, Section
from fairlead.spec.units import Digest, Duration, Memory, Name, Percentage, Uri

StepId = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9._/-]{0,250}[a-z0-9])?$")]
GitTree = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class LockMetadata(Section):
    """Whose lock this is."""

    pipeline: Name
    """The pipeline's name."""
    environment: Name
    """The environment's name."""


class Tensor(Section):
    """A column or tensor of a model's signature."""

    name: Annotated[str, Field(min_length=1)]
    """Its name in requests and payloads."""
    type: Annotated[str, Field(min_length=1)]
    """Its type, in MLflow's words: `double`, `long`, `string`, `boolean`, `datetime`, or a numpy type for tensors."""
    shape: Items[int] = ()
    """Its shape, for tensors; -1 for the batch."""


class Signature(Section):
    """What a model takes and gives."""

    inputs: Items[Tensor] = ()
    """The inputs, in order."""
    outputs: Items[Tensor] = ()
    """The outputs, in order."""


class Reference(Section):
    """Statistics of the training data, which drift is measured against."""

    uri: Uri
    """Where they are."""
    digest: Digest
    """Their digest."""


class StepUsage(Section):
    """What a step used in the run that made a version, rounded up to three digits."""

    memory: Memory
    """The most memory that it had at any moment."""
    measured: Literal["container", "process"] = "container"
    """Of what: the whole container, with the files that the system kept in memory for it; or of the largest of its
    processes, than which the container needs more."""
    cpu: Duration | None = None
    """The processor time that it used, of all cores together."""
    time: Duration | None = None
    """How long it ran."""


class LockedModel(Section):
    """One registered version of the model, copied to a content-addressed place and verified."""

    version: Annotated[int, Field(gt=0)]
    """The version's number in the registry."""
    run: Annotated[str, Field(min_length=1)] | None = None
    """The MLflow run that made it."""
    uri: Uri
    """The content-addressed folder that serving loads."""
    digest: Digest
    """The digest of the folder's manifest; part of `uri`."""
    packages: dict[str, str] = Field(default_factory=dict)
    """The packages that the model was trained with, and `python`, with their versions."""
    signature: Signature = Signature()
    """What it takes and gives."""
    reference: Reference | None = None
    """Statistics of its training data."""
    metrics: dict[str, float] = Field(default_factory=dict)
    """Its metrics on the test split when it passed the gate."""
    usage: dict[StepId, StepUsage] = Field(default_factory=dict)
    """What the steps of its run used, by step, as far as they were measured; in the environment that trains."""


class LockedImage(Section):
    """An image, resolved."""

    digest: Digest
    """The digest of the manifest or index."""
    tree: GitTree | None = None
    """The Git tree of the sources that it was built from, where this project builds it."""


class LockedData(Section):
    """A pinned dataset, resolved."""

    digest: Digest
    """The digest of the manifest of objects and hashes."""
    manifest: Uri | None = None
    """Where the manifest is."""


class LockedRollout(Section):
    """A rollout that is under way: the canary beside the stable version in `model`."""

    canary: LockedModel
    """The version that is tried."""
    weight: Percentage
    """Its share of the traffic now."""


class Lock(Section):
    """What is served in one environment, and every digest that it stands on."""

    api_version: Annotated[Literal["fairlead.dev/v1"], Field(alias="apiVersion")]
    """The version of the format."""
    kind: Literal["Lock"]
    """What this file describes."""
    metadata: LockMetadata
    """Whose lock this is."""
    model: LockedModel | None = None
    """The version that is served; none before the first."""
    images: dict[str, LockedImage] = Field(default_factory=dict)
    """Images by the reference that the specification, the project or the runtime catalogue uses."""
    data: dict[Name, LockedData] = Field(default_factory=dict)
    """Pinned sources by name."""
    rollout: LockedRollout | None = None
    """A rollout that is under way."""
    previous: LockedModel | None = None
    """The version that was served before: where `rollback` goes."""
