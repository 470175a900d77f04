"""Sections that nothing looks at, because what they belong to is not there."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import is_own, key_place
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.spec.pipeline import Pipeline

IDLE = Code(
    "FL3198",
    "a section that has no effect",
    """
    Tuning, evaluation, registration, retraining and data belong to training, and a role of `hardware` to what runs on
    it. Without that they are read, checked and have no effect, which a reader of the file can't see.

    ```yaml
    model: {source: "hf://acme/summarizer:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"}
    retraining: {schedule: "0 4 * * 1"}         # FL3198: nothing is trained
    ```

    Mended: remove it, or add what it belongs to.
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every section of the specification has something to act on."""
    unit, pipeline = plan.unit, plan.unit.pipeline
    trains = pipeline.model is not None and pipeline.model.train is not None
    if not trains:
        # Beside a graph, data is an error of its own.
        graph = pipeline.serving is not None and pipeline.serving.graph is not None
        sections = [("model", "tune"), ("model", "evaluate"), ("model", "registry"), ("retraining",)]
        for path in (*sections, *(() if graph else (("data",),)), ("max_cost_per_run",)):
            if unit.has(path) and is_own(unit, *path):
                message = f"`{'.'.join(path)}` has no effect, because nothing is trained here"
                yield Diagnostic(IDLE, key_place(unit, *path), message, "remove it, or add `model.train`")
    for role, needed in _roles(pipeline).items():
        if role in pipeline.hardware and not needed and is_own(unit, "hardware", role):
            message = f"the hardware of `{role}` has no effect, because this pipeline has no such part"
            yield Diagnostic(IDLE, key_place(unit, "hardware", role), message, "remove it")


def _roles(pipeline: Pipeline) -> dict[str, bool]:
    """The roles of hardware, and whether something runs on each."""
    model, serving, monitoring = pipeline.model, pipeline.serving, pipeline.monitoring
    trains = model is not None and model.train is not None
    return {
        "train": trains,
        "tune": model is not None and model.tune is not None,
        "evaluate": trains,
        "serving": serving is not None,
        "batch": serving is not None and serving.batch is not None,
        "monitoring": monitoring is not None and (monitoring.drift is not None or monitoring.quality is not None),
    }
