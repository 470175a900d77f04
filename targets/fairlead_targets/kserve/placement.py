"""Where the server's Pods may run, and how they are spread."""

from __future__ import annotations

from typing import Any

from fairlead.catalogue.measurements import SERVICE_POD_LABEL
from fairlead.plan.nodes import Serve
from fairlead.resources.pods import node_selector, tolerations
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.types.pods import Affinity, TopologySpread

ZONE = "topology.kubernetes.io/zone"
_HOST = "kubernetes.io/hostname"
_QUEUE = "kueue.x-k8s.io/queue-name"


def queue_label(context: Context[Serve]) -> dict[str, str]:
    """The label by which Kueue admits the Pods."""
    queue = context.node.hardware.queue
    return {_QUEUE: str(queue)} if queue else {}


def placement(context: Context[Serve]) -> dict[str, Any]:
    """Node selector, tolerations, priority, zones and spreading: fields of the predictor."""
    node, profile = context.node, context.node.hardware
    found: dict[str, Any] = {}
    if profile.priority:
        found["priorityClassName"] = str(profile.priority)
    if selector := node_selector(profile):
        found["nodeSelector"] = selector
    if accepted := tolerations(profile):
        found["tolerations"] = accepted
    if node.zones:
        found["affinity"] = zone_affinity(node.zones)
    if spreads := _spreads(context):
        found["topologySpreadConstraints"] = spreads
    return found


def zone_affinity(zones: tuple[str, ...]) -> Affinity:
    """Nodes of these zones only."""
    return {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": list(zones)}]}]
            }
        }
    }


def _spreads(context: Context[Serve]) -> list[TopologySpread]:
    """Over zones and nodes, where there can be several replicas.

    A preference, so that a lost zone leaves the rest free to run elsewhere. Knative refuses the field unless a feature
    flag allows it, so there it is written for named zones only.
    """
    node = context.node
    if node.replicas.most < 2 or (node.mode == "knative" and not node.zones):
        return []
    keys = [ZONE] if node.mode == "knative" else [ZONE, _HOST]
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {SERVICE_POD_LABEL: context.name}},
        }
        for key in keys
    ]
