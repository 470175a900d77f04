"""How large a workflow becomes, and when that is too large.

Kubernetes refuses objects of more than about 1 MB. A Workflow's object holds what it was started from (its template, as
`status.storedWorkflowTemplateSpec`) and the state of every node, compressed unless the controller offloads it to a
database, which one cannot rely on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.plan.nodes import Node, Run, Tune
from fairlead.source.diagnostics import Diagnostic
from fairlead_targets.argo_workflows import codes
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.training import TRAINING

LARGEST = 1_000_000
"""Bytes that an object may have, with room for what the API server adds."""
NODE = 200
"""Bytes of a node's state, compressed: about 1,300 of JSON, of which most repeats from node to node, so that a thousand
of them take some 155,000 bytes in gzip and base64."""
MANY = 500
"""Nodes from which on controllers are seen to be slow."""
CONFIG_MAP = 1_000_000
"""Bytes that the data of a ConfigMap may have, with room for its metadata."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a workflow's object in the worst case."""

    template: int
    """Bytes of the template, as JSON."""
    nodes: int
    """Nodes, every retry included."""

    @property
    def total(self) -> int:
        """Bytes of the object."""
        return self.template + self.nodes * NODE


def size_of(context: Context, template: Mapping[str, Any]) -> Size:
    """The size of the training workflow."""
    text = json.dumps(template["spec"], separators=(",", ":"), ensure_ascii=False).encode()
    return Size(len(text), 8 + sum(_nodes(node, run) for node, run in context.runs(*TRAINING)))


def _nodes(node: Node, run: Run) -> int:
    """The nodes of a step: itself, and one for each attempt."""
    if isinstance(node, Tune):
        per_trial = 1 + _attempts(run) + _attempts(node.score)
        return 2 + len(node.trials) * per_trial + _attempts(node.choose)
    return _attempts(run)


def _attempts(run: Run) -> int:
    return 1 if run.retries == 0 else 1 + run.attempts


def size_findings(context: Context, template: Mapping[str, Any], trials: Mapping[str, str]) -> Iterator[Diagnostic]:
    """What is too large, or nearly."""
    size = size_of(context, template)
    tune = context.plan.only(Tune)
    place = context.unit.place("model", "tune", "trials") if tune else context.unit.place("model", "train")
    sum_ = f"{size.template:,} bytes of template and {size.nodes:,} nodes of {NODE} bytes make {size.total:,} bytes"
    if size.total > LARGEST:
        message = f"{sum_}, and Kubernetes takes {LARGEST:,}"
        yield Diagnostic(codes.TOO_LARGE, place, message, "run fewer trials, or retry less often")
    elif size.nodes >= MANY:
        message = f"in the worst case this workflow has {size.nodes:,} nodes, {_sum(tune)}"
        yield Diagnostic(codes.MANY_NODES, place, message, "run fewer trials, or retry less often")
    stored = sum(len(key.encode()) + len(value.encode()) for key, value in trials.items())
    if stored > CONFIG_MAP:
        count = len(tune.trials) if tune else 0
        message = f"the parameters of {count:,} trials take {stored:,} bytes, and a ConfigMap holds {CONFIG_MAP:,}"
        yield Diagnostic(codes.TOO_LARGE, place, message, "run fewer trials, or give them shorter parameters")


def _sum(tune: Tune | None) -> str:
    if tune is None or tune.run is None:
        return "every retry counted"
    each = 1 + _attempts(tune.run) + _attempts(tune.score)
    return f"{len(tune.trials):,} trials of {each} among them"
