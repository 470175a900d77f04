"""The order in which resources are applied: what others need first, and traffic is led only to what is ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fairlead.apply.wanted import Wanted
from fairlead.resources.order import rank

WAVES: Final = {
    # What others run as, read, or are held back by: nothing starts before it is guarded.
    -1: (
        "NetworkPolicy", "AuthorizationPolicy", "PodDisruptionBudget", "ServiceAccount", "Role", "RoleBinding",
        "Secret", "ConfigMap", "ServingRuntime", "TrainingRuntime", "WorkflowTemplate", "EventBus",
    ),
    1: ("InferenceService",),
    2: ("InferenceGraph", "HTTPRoute", "VirtualService", "DomainMapping"),
}  # fmt: skip
"""The kinds of each wave; all others are in wave 0, as schedules and rules, which wait for no server.

They are those of the target argo-cd: an environment that goes from one to the other is applied in the same order.
"""
_WAVE_OF: Final = {kind: wave for wave, kinds in WAVES.items() for kind in kinds}


def waves(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """What is applied together, one list after the other, each in the order of kinds; none of them is empty."""
    groups: dict[int, list[Wanted]] = {}
    for each in sorted(wanted, key=lambda each: rank(each.ref.identity)):
        groups.setdefault(_WAVE_OF.get(each.ref.kind, 0), []).append(each)
    return [groups[wave] for wave in sorted(groups)]
