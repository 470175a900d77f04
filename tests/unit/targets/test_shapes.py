"""A patch on any kind that a target writes can be judged: its type is one that pydantic reads on every Python."""

from __future__ import annotations

from pydantic import TypeAdapter

from fairlead_targets.argo_workflows import ArgoWorkflows
from fairlead_targets.kserve import KServe


def test_every_shape_can_be_read() -> None:
    shapes = {**ArgoWorkflows.shapes, **KServe.shapes}
    assert {"WorkflowTemplate", "Sensor", "Secret", "TrainingRuntime", "InferenceService"} <= {
        kind for _, kind in shapes
    }
    for shape in shapes.values():
        TypeAdapter(shape)
