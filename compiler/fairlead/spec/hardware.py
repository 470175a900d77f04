"""`hardware`: what steps and servers run on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from fairlead.spec.base import Items, Positive, Section
from fairlead.spec.units import Cpu, LabelKey, LabelValue, Memory, MoneyPerHour, Name


class Gpu(Section):
    """Accelerators of a node."""

    count: Positive = 1
    """How many a container gets."""
    resource: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[A-Za-z0-9._-]+$")] = "nvidia.com/gpu"
    """The extended resource's name."""


class Toleration(Section):
    """A taint that Pods accept. A bare key in the file means that any value of it is accepted."""

    key: LabelKey
    """The taint's key."""
    value: LabelValue | None = None
    """The taint's value, of the form of a label's; any where nothing is said."""
    effect: Annotated[str, Field(pattern="^(NoSchedule|PreferNoSchedule|NoExecute)$")] | None = None
    """The taint's effect; any where nothing is said."""


def _key_to_toleration(value: object) -> object:
    return {"key": value} if isinstance(value, str) else value


AnyToleration = Annotated[Toleration, BeforeValidator(_key_to_toleration, json_schema_input_type=str | Toleration)]


class Profile(Section):
    """What one container gets. Requests equal limits, so that a step measures the same on every node."""

    cpu: Cpu = Cpu.parse(1)
    """CPUs, as `4`, `0.5` or `500m`."""
    memory: Memory = Memory.parse("2Gi")
    """Memory with a unit, as `8Gi`."""
    disk: Memory | None = None
    """Ephemeral storage, as `20Gi`."""
    gpu: Gpu | None = None
    """Accelerators."""
    shm: Memory | None = None
    """The size of /dev/shm, which data loaders with several processes need; it counts as memory."""
    nodes: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that a node must have."""
    tolerations: Items[AnyToleration] = ()
    """Taints that are accepted."""
    queue: Name | None = None
    """The Kueue LocalQueue that admits the Pods."""
    priority: Name | None = None
    """The PriorityClass."""
    spot: bool = False
    """Whether nodes may vanish: preempted steps are then tried again, as the infrastructure's failures."""
    price: MoneyPerHour | None = None
    """What an hour costs, as `0.70/h`, where the owner knows it."""


def _kind_of_choice(value: object) -> str:
    return "profile" if isinstance(value, dict | Profile) else "name"


HardwareChoice = Annotated[
    Annotated[Name, Tag("name")] | Annotated[Profile, Tag("profile")], Discriminator(_kind_of_choice)
]
"""A profile of fairlead.yaml by its name, or one written in place."""
