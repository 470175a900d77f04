"""Under which keys outcomes are remembered.

A key has to name everything that an outcome depends on. The step itself, and every step before it, are known when the
workflow is compiled: image digests, commands, parameters. What data there was is only known when the snapshots have
been taken, so the digests of the snapshots that a step descends from are part of its key at run time. That a step of
the user's own gives the same for the same input is what `cache: true` says.

An image without a digest may be another one tomorrow, so nothing is remembered of what ran in it, nor of what
followed. Neither is what comes after training: a model that was trained again is judged again, and a gate's champion
changes. And neither is a check of how old data is, which the same data fails one day.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from fairlead.plan.nodes import Check, Divide, Node, Prepare, Run, Snapshot, Train, Tune
from fairlead.plan.plan import Plan
from fairlead.spec.expressions import Function
from fairlead_targets.argo_workflows.steps import task_name

MOST_SNAPSHOTS = 8
"""How many digests a key holds: with 20 digits each, it stays within the 253 characters of a ConfigMap's key."""
DIGITS = 20
"""Hexadecimal digits of a digest in a key."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an artifact depends on: a digest of what is known now, and the snapshots that are taken at run time."""

    digest: str
    snapshots: tuple[str, ...]


@dataclass
class Cache:
    """The keys of one plan."""

    plan: Plan
    generation: int
    _known: dict[str, Lineage | None] = field(default_factory=dict)

    def key(self, node: Node) -> str | None:
        """The key of a node's outcome, in which Argo puts the values of the template's parameters; or None."""
        if isinstance(node, Snapshot) and not (node.pinned and node.digest):
            return None
        if isinstance(node, Train) and node.distributed:
            return None
        if isinstance(node, Check) and any(clause.function is Function.AGE for clause in node.expectations):
            return None
        found = self.lineage(node)
        if found is None or self._read_by_address(node):
            return None
        parts = [task_name(node.id), found.digest[:DIGITS]]
        parts += ["{{inputs.parameters.data}}"] if found.snapshots else []
        parts += ["{{inputs.parameters.trial}}"] if isinstance(node, Train) and node.tuned else []
        return "-".join(parts)

    def data(self, node: Node) -> str | None:
        """What a task hands to its template as `data`: the digests of the snapshots behind it."""
        found = self.lineage(node)
        if found is None or not found.snapshots:
            return None
        return "-".join(f"{{{{tasks.{task_name(name)}.outputs.parameters.key}}}}" for name in found.snapshots)

    def lineage(self, node: Node) -> Lineage | None:
        """What a node's artifacts depend on, or None where that cannot be told."""
        if node.id not in self._known:
            self._known[node.id] = self._lineage(node)
        return self._known[node.id]

    def _lineage(self, node: Node) -> Lineage | None:
        if isinstance(node, Snapshot):
            fixed = node.pinned and node.digest is not None
            said = {"uri": str(node.uri), "digest": node.digest, "run": _run(node.run)}
            return Lineage(self._digest(node, said, ()), () if fixed else (node.id,))
        if not isinstance(node, Check | Prepare | Divide | Tune | Train) or node.run is None:
            return None
        runs = [node.run, node.score, node.choose] if isinstance(node, Tune) else [node.run]
        if not all(run.cache and run.image.digest for run in runs):
            return None
        # By name, because in which order a step's inputs and outputs were written changes nothing of what it gives.
        uses = sorted(node.uses, key=lambda use: use.name)
        before = [self._before(use.artifact) for use in uses]
        known = [found for found in before if found is not None]
        if len(known) < len(before):
            return None
        snapshots = tuple(sorted({name for found in known for name in found.snapshots}))
        if len(snapshots) > MOST_SNAPSHOTS:
            return None
        said = {
            "runs": [_run(run) for run in runs],
            "trials": [dict(trial) for trial in node.trials] if isinstance(node, Tune) else None,
            "uses": [(use.name, use.artifact, use.mode) for use in uses],
            "gives": sorted(give.name for give in node.gives),
        }
        return Lineage(self._digest(node, said, tuple(found.digest for found in known)), snapshots)

    def _read_by_address(self, node: Node) -> bool:
        """Whether another step looks for what this one gives in the folder of the run. Argo hands on where a remembered
        outcome is, which is the folder of an earlier run, but only to those who read it as an artifact.
        """
        given = {give.artifact.id for give in node.gives}
        return any(
            self.plan.bytes_of(use.artifact) in given
            for reader in self.plan.nodes.values()
            for use in reader.uses
            if use.mode == "reference" or (isinstance(reader, Train) and reader.distributed)
        )

    def _before(self, artifact: str) -> Lineage | None:
        giver = self.plan.giver(artifact)
        return self.lineage(self.plan.nodes[giver]) if giver is not None else None

    def _digest(self, node: Node, said: dict[str, Any], before: tuple[str, ...]) -> str:
        text = json.dumps([self.generation, node.id, said, before], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _run(run: Run | None) -> Any:
    """What of a run decides its outcome: not how often it is tried, nor on what it runs."""
    if run is None:
        return None
    return [run.image.digest, run.command, dict(run.parameters), dict(run.env), dict(run.secrets), run.seed]
