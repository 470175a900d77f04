"""The order in which Argo CD applies what is in an Application, and whose deletion a person confirms.

Both are annotations on resources, which belong to other targets and are the same for whoever applies them. So they are
patched in while Argo CD builds a folder, and the files in the output know nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from fairlead_targets.argo_cd.kinds import Patch

WAVES: Final = {
    # What others run as, read, or are held back by: nothing starts before it is guarded.
    -1: (
        "NetworkPolicy", "AuthorizationPolicy", "PodDisruptionBudget", "ServiceAccount", "Role", "RoleBinding",
        "Secret", "ConfigMap", "ServingRuntime", "TrainingRuntime", "WorkflowTemplate", "EventBus",
    ),
    1: ("InferenceService",),
    # Traffic is led to what is ready.
    2: ("InferenceGraph", "HTTPRoute", "VirtualService", "DomainMapping"),
}  # fmt: skip
"""The kinds of each wave. Argo CD starts one when all before it is healthy.

All others are in wave 0: schedules, sensors, rules and monitors. They wait for no server, so that a schedule that is to
stop does stop, and an alert is there, while a rollout is stuck.
"""
GUARDED: Final = (
    "InferenceService", "InferenceGraph", "ServingRuntime", "HTTPRoute", "VirtualService", "DomainMapping",
    "AuthorizationPolicy", "NetworkPolicy", "EventBus",
)  # fmt: skip
"""What serves, routes, guards or holds something. What runs at times or only watches is not: it can be made again."""
WAVE: Final = "argocd.argoproj.io/sync-wave"
OPTIONS: Final = "argocd.argoproj.io/sync-options"
CONFIRM: Final = "Prune=confirm,Delete=confirm"


def patches(kinds: Collection[str], guarded: Iterable[str] | None) -> Iterator[Patch]:
    """The annotations of `kinds`, which are all that may be there; deleting the `guarded` ones needs a confirmation."""
    wave_of = {kind: wave for wave, members in WAVES.items() for kind in members}
    held = frozenset(guarded or ())
    groups: dict[tuple[int, bool], list[str]] = {}
    for kind in sorted(kinds):
        groups.setdefault((wave_of.get(kind, 0), kind in held), []).append(kind)
    for (wave, confirm), members in sorted(groups.items()):
        annotations = ({WAVE: str(wave)} if wave else {}) | ({OPTIONS: CONFIRM} if confirm else {})
        if annotations:
            yield {"target": {"kind": f"({'|'.join(members)})"}, "patch": _annotating(annotations)}


def _annotating(annotations: dict[str, str]) -> str:
    """A patch, as JSON, that adds annotations whether there are any or not. What it changes, its target says."""
    metadata = {"name": "any", "annotations": annotations}
    return json.dumps({"apiVersion": "v1", "kind": "Any", "metadata": metadata}, indent=2) + "\n"
