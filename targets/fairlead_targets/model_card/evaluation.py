"""What the version reached, and what it had to reach."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead_targets.model_card.lines import Line, listed


def evaluation(plan: Plan) -> Iterator[Line]:
    """Metrics of the lock, the clauses of the gate, and how they are measured."""
    model, lock = plan.unit.pipeline.model, plan.unit.lock
    if model is None:
        return
    served = lock.model if lock is not None else None
    if served is not None and served.metrics:
        found = tuple(Line("", f"{name}: {value:g}") for name, value in sorted(served.metrics.items()))
        yield Line(f"version {served.version} when it passed the gate", "on the test split", found)
    evaluate = model.evaluate
    if evaluate is None:
        return
    if evaluate.gates:
        clauses = tuple(Line("", f"{gate}") for gate in evaluate.gates)
        yield Line("the gate now", "all of it has to hold before a version is registered", clauses)
    slices = dict.fromkeys(gate.slice for gate in evaluate.gates if gate.slice)
    if slices:
        support = f"each with at least {evaluate.min_support} rows (and positives) in the test split"
        yield Line("groups that are judged by themselves", f"every value of {listed(slices)}, {support}")
    if evaluate.command is not None:
        yield Line("evaluator", "a command of the owner's own, which owns the names of the metrics")
    elif evaluate.metrics:
        yield Line("measured", listed(evaluate.metrics))
    if model.tune is not None:
        yield Line("chosen among trials", f"{model.tune.objective}, on the validation split")
