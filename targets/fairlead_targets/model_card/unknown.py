"""What the card can't say, said: a gap that nobody names is taken for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Drift, Quality, Serve, Slo
from fairlead.plan.plan import Plan
from fairlead_targets.model_card.lines import Line


def unknown(plan: Plan) -> Iterator[Line]:
    """One line for each gap."""
    yield from (Line("", gap) for gap in _gaps(plan))
    yield Line("", "what the model should not be used for, beyond what stands here, is its owner's to say")


def _gaps(plan: Plan) -> Iterator[str]:
    pipeline, lock = plan.unit.pipeline, plan.unit.lock
    if not pipeline.metadata.description:
        yield "what it is for: `metadata.description` is empty"
    served = lock.model if lock is not None else None
    if served is not None:
        lacks = {
            "the run that made it": served.run,
            "its metrics when it passed the gate": served.metrics,
            "the packages that it was trained with": served.packages,
            "what it takes and gives": served.signature.inputs,
        }
        missing = [what for what, has in lacks.items() if not has]
        yield from (f"{what}: the lock of version {served.version} does not say" for what in missing)
    model = pipeline.model
    if model is not None and model.source is not None:
        yield "how it was trained and judged: its makers may say"
    if model is not None and model.train is not None:
        gates = model.evaluate.gates if model.evaluate is not None else ()
        if not gates:
            yield "whether a version is good enough: there is no gate"
        elif not any(gate.slice for gate in gates):
            yield "whether it is as good for every group: no gate looks at a slice"
    if plan.only(Serve) is not None:
        if plan.only(Slo) is None:
            yield "whether it answers in time: there is no objective"
        if plan.only(Drift) is None:
            yield "whether it is still asked what it learned: drift is not watched"
        if plan.only(Quality) is None:
            yield "whether it is still right: no ground truth is compared"
