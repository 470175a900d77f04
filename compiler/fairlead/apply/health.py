"""Whether what was applied is ready, by what its controller reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fairlead.cluster.kubectl import Object

DEPLOYED: Final = ("EventBus", "EventSource", "Sensor")
"""Argo Events' kinds, which have a condition `Deployed` and none that is called `Ready`."""
REPORTED: Final = frozenset({"InferenceService", "InferenceGraph", "LLMInferenceService", "Deployment", *DEPLOYED})
"""Kinds of which a controller always reports something: as long as nothing is there, it has not looked yet."""
_FAILED_LOADS: Final = ("BlockedByFailedLoad", "InvalidSpec")
"""What KServe calls a transition to a model that will not come about by itself."""


@dataclass(frozen=True, slots=True)
class Health:
    """`ready`, or why not; `failed` where waiting is no use."""

    ready: bool
    reason: str = ""
    failed: bool = False


READY: Final = Health(ready=True)


def health(found: Object) -> Health:
    """Whether an object is ready. One of a kind that reports nothing is when it is there."""
    kind, metadata = str(found.get("kind")), found["metadata"]
    if "deletionTimestamp" in metadata:
        return Health(ready=False, reason="it is being deleted")
    status = found.get("status")
    status = status if isinstance(status, Mapping) else {}
    seen, generation = status.get("observedGeneration"), metadata.get("generation")
    if isinstance(seen, int) and isinstance(generation, int) and seen < generation:
        return Health(ready=False, reason="its controller has not seen the change yet")
    conditions = _conditions(status)
    if kind == "CronWorkflow":
        wrong = next((each for name in ("SpecError", "SubmissionError") if (each := conditions.get(name))), {})
        return Health(False, _said(wrong), failed=True) if wrong.get("status") == "True" else READY  # noqa: FBT003
    if kind == "Deployment":
        return _deployment(found, status, conditions)
    if kind == "InferenceService" and (failure := _failed_load(status)):
        return Health(ready=False, reason=failure, failed=True)
    if kind == "HTTPRoute":
        return _route(status, generation)
    name = "Deployed" if kind in DEPLOYED else "Ready"
    condition = conditions.get(name)
    if condition is None:
        return Health(ready=False, reason="its controller has reported nothing yet") if kind in REPORTED else READY
    if _is_old(condition, generation):
        return Health(ready=False, reason="its controller has not seen the change yet")
    if condition.get("status") == "True":
        return READY
    return Health(ready=False, reason=_said(condition) or f"{name} is {condition.get('status')}")


def _route(status: Mapping[str, Any], generation: Any) -> Health:
    """A route is as ready as each gateway that it is attached to says (gateway.networking.k8s.io/v1 RouteParentStatus).

    Where no gateway says anything yet, nothing takes it: its controller has not looked, or there is none.
    """
    parents = [each for each in status.get("parents") or () if isinstance(each, Mapping)]
    if not parents:
        return Health(ready=False, reason="no gateway has reported anything yet")
    for parent in parents:
        conditions = _conditions(parent)
        for name in ("Accepted", "ResolvedRefs"):
            condition = conditions.get(name, {})
            if _is_old(condition, generation):
                return Health(ready=False, reason="its gateway has not seen the change yet")
            if condition.get("status") == "False":
                return Health(ready=False, reason=_said(condition) or f"{name} is False")
    return READY


def _is_old(condition: Mapping[str, Any], generation: Any) -> bool:
    """Whether a condition is about an earlier state of the object, where it says so."""
    seen = condition.get("observedGeneration")
    return isinstance(seen, int) and isinstance(generation, int) and seen < generation


def _deployment(found: Object, status: Mapping[str, Any], conditions: Mapping[str, Mapping[str, Any]]) -> Health:
    progress = conditions.get("Progressing", {})
    if progress.get("reason") == "ProgressDeadlineExceeded":
        return Health(ready=False, reason=_said(progress), failed=True)
    if "observedGeneration" not in status:
        return Health(ready=False, reason="its controller has reported nothing yet")
    wanted = found.get("spec", {}).get("replicas", 1)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < wanted or available < wanted or status.get("replicas", 0) > updated:
        return Health(ready=False, reason=f"{min(updated, available)} of {wanted} replicas are new and available")
    return READY


def _failed_load(status: Mapping[str, Any]) -> str:
    model = status.get("modelStatus")
    if not isinstance(model, Mapping) or model.get("transitionStatus") not in _FAILED_LOADS:
        return ""
    failure = model.get("lastFailureInfo")
    said = failure.get("message") if isinstance(failure, Mapping) else None
    return f"{model['transitionStatus']}: {said or 'the model could not be loaded'}"


def _conditions(status: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = status.get("conditions")
    return {str(each.get("type")): each for each in listed or () if isinstance(each, Mapping)}


def _said(condition: Mapping[str, Any]) -> str:
    parts = [str(condition[key]) for key in ("reason", "message") if condition.get(key)]
    return ": ".join(parts)
