"""Which Deployment serves which version, and how many replicas each needs while a canary runs.

KServe calls a Deployment after `predictor.name`, and promotes a canary by giving its name to the stable predictor: the
Deployment stays, and nothing restarts. Without a canary a new name would be a new Deployment, and KServe deletes the
old one before the new one is ready. So a name is given only where versions come in through canaries, and it changes
only together with what is promoted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from fairlead.catalogue.measurements import predictor_name
from fairlead.plan.nodes import Serve
from fairlead.project.lock import LockedModel
from fairlead_targets.kserve.context import Context


def split_by_routes(context: Context[Serve]) -> bool:
    """Whether new versions come in through a canary with a Deployment of its own, in Standard mode."""
    node = context.node
    return context.release.canaries and node.mode == "standard" and bool(node.rollout.canary or node.canary)


def stable_name(context: Context[Serve]) -> str | None:
    """`predictor.name` of the version that is served, or None where the Deployment keeps one name for ever.

    The version's own name, with two exceptions. After a rollback the Deployment of the version that was left is kept
    and gets the older version: a rolling update, where a change of name would leave nobody to answer meanwhile. And a
    version with the bytes of the one before keeps its name, because KServe refuses a new name for the same storageUri.
    """
    current = context.node.version
    if current is None or not split_by_routes(context):
        return None
    previous = context.unit.lock.previous if context.unit.lock else None
    kept = previous if previous and _keeps_name(previous, current) else current
    return predictor_name(kept.version)


def _keeps_name(previous: LockedModel, current: LockedModel) -> bool:
    return previous.version > current.version or str(previous.uri) == str(current.uri)


def canary_name(context: Context[Serve], canary: LockedModel) -> str:
    """`predictor.name` of the version that is tried: never the stable one's.

    They are equal only when a version is tried again after it was rolled back, and four digits then tell them apart.
    """
    name = predictor_name(canary.version)
    if name != stable_name(context):
        return name
    return f"{name}-{hashlib.sha256(str(canary.uri).encode()).hexdigest()[:4]}"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Replicas while a canary runs in Standard mode."""

    canary: int
    """`minReplicas` of the canary. It is not autoscaled, so this is all it ever has."""
    stable: int
    """The stable Deployment's least number of replicas, as KServe gives it to the autoscaler."""
    written: int
    """`minReplicas` of the stable predictor: KServe takes the canary's replicas off it."""
    most: int
    """`maxReplicas` of the stable predictor, at least `written`."""


def capacity(least: int, most: int, weight: Decimal) -> Capacity:
    """The replicas that carry the peak while a canary has the share `weight` (0 to 1) of the traffic.

    `most` replicas carry the whole peak, so a share of it takes that share of them, rounded up:

        canary  = ceil(most * weight)                          10 * 0.1 ->  1
        stable  = max(least, ceil(most * (1 - weight)))        10 * 0.9 ->  9
        written = stable + canary                               9 + 1   -> 10

    The webhook wants `canary <= written <= maxReplicas`, which rounding up can push over `most` by one.
    """
    canary = max(1, _ceiling(most * weight))
    stable = max(1, least, _ceiling(most * (1 - weight)))
    written = stable + canary
    return Capacity(canary, stable, written, max(most, written))


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_CEILING))
