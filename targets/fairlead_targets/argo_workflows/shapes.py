"""The type of every kind that this target emits, for holding patched resources to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.resources import kinds
from fairlead_targets.argo_workflows.access import TokenSecret
from fairlead_targets.argo_workflows.event_kinds import EVENTS_API, EventBus, EventSource, Sensor
from fairlead_targets.argo_workflows.trainer_kinds import TRAINER_API, TrainingRuntime

_TYPED: Mapping[tuple[str, str], Any] = {
    ("v1", "ServiceAccount"): kinds.ServiceAccount,
    ("v1", "Secret"): TokenSecret,
    ("v1", "ConfigMap"): kinds.ConfigMap,
    ("rbac.authorization.k8s.io/v1", "Role"): kinds.Role,
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): kinds.RoleBinding,
    ("networking.k8s.io/v1", "NetworkPolicy"): kinds.NetworkPolicy,
    (TRAINER_API, "TrainingRuntime"): TrainingRuntime,
    (EVENTS_API, "EventBus"): EventBus,
    (EVENTS_API, "EventSource"): EventSource,
    (EVENTS_API, "Sensor"): Sensor,
}
_OF_HERA = ("WorkflowTemplate", "CronWorkflow")


class Shapes(Mapping[tuple[str, str], Any]):
    """hera is slow to import, so its models are looked up when one is asked for."""

    def __getitem__(self, key: tuple[str, str]) -> Any:
        version, kind = key
        if version == EVENTS_API and kind in _OF_HERA:
            from hera.workflows import models

            return getattr(models, kind)
        return _TYPED[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from _TYPED
        yield from ((EVENTS_API, kind) for kind in _OF_HERA)

    def __len__(self) -> int:
        return len(_TYPED) + len(_OF_HERA)
