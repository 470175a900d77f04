"""How many servers may be missing while nodes are drained."""

from __future__ import annotations

from typing import Any

from fairlead.resources import conventions
from fairlead.resources.kinds import PodDisruptionBudget
from fairlead.resources.resource import Resource
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.ingress import pod_label


def disruption_budget(context: Context[Any]) -> Resource | None:
    """One at a time, where there are two or more; with one, a budget would only hold up the drain.

    A server that is not ready may always be evicted, or it would hold the drain up for ever.
    """
    if context.mode != "standard" or context.least < 2:
        return None
    manifest: PodDisruptionBudget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": context.metadata(conventions.serving_account(context.plan.name)),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": pod_label(context)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
    why = f"{context.least} at the least, of which one may be missing"
    return context.resource(manifest, context.origin(why, "serving", "replicas"))
