"""Ready, not yet, or never: by what controllers report."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.apply.health import health


def made(kind: str, status: dict[str, Any] | None = None, generation: int = 2, **spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind, "metadata": {"name": "churn", "generation": generation}, "spec": spec}
    return found if status is None else {**found, "status": status}


def condition(name: str, status: str, **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": name, "status": status, **more}]}


def parent(seen: int = 2, **conditions: str) -> dict[str, Any]:
    listed = [
        {"type": name, "status": status, "reason": "R", "message": "m", "observedGeneration": seen}
        for name, status in conditions.items()
    ]
    return {"parents": [{"parentRef": {"name": "private"}, "controllerName": "c", "conditions": listed}]}


@pytest.mark.parametrize(
    "found",
    [
        made("ConfigMap"),
        made("PrometheusRule"),
        made("CronWorkflow", {}),
        made("CronWorkflow", condition("SubmissionError", "False")),
        made("InferenceService", condition("Ready", "True")),
        made("InferenceService", {**condition("Ready", "True"), "observedGeneration": 2}),
        made("EventBus", condition("Deployed", "True")),
        made("ScaledObject", condition("Ready", "True")),
        made("InferenceGraph", {**condition("Ready", "True"), "observedGeneration": 2}),
        made("HTTPRoute", parent(Accepted="True", ResolvedRefs="True")),
        made("Deployment", {"observedGeneration": 2}, replicas=0),
        made(
            "Deployment",
            {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2},
            replicas=2,
        ),
    ],
    ids=str,
)
def test_it_is_ready(found: dict[str, Any]) -> None:
    assert health(found).ready


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (made("InferenceService"), "its controller has reported nothing yet"),
        (made("InferenceService", {"status": "nonsense", "conditions": None}), "reported nothing yet"),
        (made("InferenceService", condition("Ready", "Unknown")), "Ready is Unknown"),
        (made("InferenceService", condition("Ready", "False", reason="X", message="no GPU")), "X: no GPU"),
        (made("InferenceService", {**condition("Ready", "True"), "observedGeneration": 1}), "not seen the change"),
        (made("HTTPRoute"), "no gateway has reported anything yet"),
        (made("HTTPRoute", parent(1, Accepted="True")), "its gateway has not seen the change yet"),
        (made("HTTPRoute", parent(Accepted="False")), "R: m"),
        (made("HTTPRoute", parent(Accepted="True", ResolvedRefs="False")), "R: m"),
        (
            made("EventBus", {"conditions": [{"type": "Deployed", "status": "True", "observedGeneration": 1}]}),
            "not seen",
        ),
        (made("EventBus", condition("Configured", "True")), "reported nothing yet"),
        (made("Deployment"), "reported nothing yet"),
        (
            made("Deployment", {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "availableReplicas": 2}),
            "1 of 1 replicas",
        ),
        (
            made("Deployment", {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1}, replicas=2),
            "0 of 2 replicas are new and available",
        ),
    ],
    ids=str,
)
def test_it_is_waited_for(found: dict[str, Any], reason: str) -> None:
    state = health(found)
    assert not state.ready
    assert not state.failed
    assert reason in state.reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (made("CronWorkflow", condition("SpecError", "True", message="no such template")), "no such template"),
        (made("Deployment", condition("Progressing", "False", reason="ProgressDeadlineExceeded")), "Exceeded"),
        (
            made(
                "InferenceService",
                {"modelStatus": {"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": {"message": "no file"}}},
            ),
            "BlockedByFailedLoad: no file",
        ),
    ],
    ids=str,
)
def test_waiting_for_it_is_no_use(found: dict[str, Any], reason: str) -> None:
    state = health(found)
    assert state.failed
    assert reason in state.reason


def test_what_is_being_deleted_is_not_ready() -> None:
    found = made("InferenceService", condition("Ready", "True"))
    found["metadata"]["deletionTimestamp"] = "2026-01-05T09:00:00Z"
    assert not health(found).ready
