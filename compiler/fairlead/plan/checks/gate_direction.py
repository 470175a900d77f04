"""Gates that ask for a worse model, that every model passes, or that none can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from fairlead.catalogue.tasks import MetricFact, find_metric
from fairlead.plan.judging import MIRRORED, is_backwards, outcome, range_of
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import span_place
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Path
from fairlead.spec.expressions import Gate
from fairlead.spec.units.base import decimal_text

BACKWARDS = Code(
    "FL3111",
    "a gate in the wrong direction",
    """
    Of some metrics more is better, of others less. A gate in the wrong direction lets bad models through and holds good
    ones back, and looks like a gate all the while.

    ```yaml
    evaluate:
      gates: [rmse >= 3, roc_auc <= champion]       # FL3111, twice
    ```

    Mended:

    ```yaml
    evaluate:
      gates: [rmse <= 3, roc_auc >= champion]
    ```
    """,
)
DECIDED = Code(
    "FL3112",
    "a gate that every model passes, or none",
    """
    A metric has a range: a share lies between 0 and 1, an error is never below 0. A gate whose bound lies outside of
    it, or at its far end, is decided before any model is trained.

    ```yaml
    evaluate:
      gates: [roc_auc >= 95, recall >= 0]       # FL3112: none passes the first, and all pass the second
    ```

    Mended:

    ```yaml
    evaluate:
      gates: [roc_auc >= 0.95, recall >= 0.85]
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every gate on a metric whose nature is known can hold, can fail, and asks for the better side."""
    model = plan.unit.pipeline.model
    if model is None or model.evaluate is None or model.evaluate.command is not None:
        return
    for position, gate in enumerate(model.evaluate.gates):
        fact = find_metric(model.task, gate.metric)
        if fact is None:
            continue
        path: Path = ("model", "evaluate", "gates", position)
        if is_backwards(fact, gate.op):
            yield _backwards(plan, path, gate, fact)
        else:
            yield from _decided(plan, path, gate, fact)


def _backwards(plan: Plan, path: Path, gate: Gate, fact: MetricFact) -> Diagnostic:
    better = "more" if fact.greater_is_better else "less"
    message = f"of {gate.metric}, {better} is better, and `{gate}` asks for {'less' if better == 'more' else 'more'}"
    nearest = str(replace(gate, op=MIRRORED[gate.op]))
    return Diagnostic(
        BACKWARDS, span_place(plan.unit, path, gate.op_span), message, "turn the comparison round", nearest
    )


def _decided(plan: Plan, path: Path, gate: Gate, fact: MetricFact) -> Iterator[Diagnostic]:
    place = span_place(plan.unit, path, gate.bound_span)
    if gate.threshold is not None:
        found = outcome(fact, gate.op, gate.threshold)
        if found is not None:
            what = "every model passes" if found == "always" else "no model passes"
            message = f"{what} `{gate}`: {gate.metric} {range_of(fact)}"
            nearest = _as_share(gate, fact) if found == "never" else None
            yield Diagnostic(DECIDED, place, message, "write a bound that decides something", nearest)
        return
    if fact.lower is None or fact.upper is None:
        return
    width = Decimal(str(fact.upper)) - Decimal(str(fact.lower))
    if abs(gate.offset) >= width:
        tolerant = (gate.offset < 0) == fact.greater_is_better
        what = "every model passes" if tolerant else "no model passes"
        offset = decimal_text(abs(gate.offset))
        message = (
            f"{what} `{gate}`: {gate.metric} {range_of(fact)}, so two models differ by {decimal_text(width)} at most, "
        )
        message += f"and the gate speaks of {offset}"
        yield Diagnostic(DECIDED, place, message, "write a smaller offset")


def _as_share(gate: Gate, fact: MetricFact) -> str | None:
    """95 for a share was probably meant as a percentage."""
    if gate.threshold is None or fact.upper != 1.0 or not 1 < gate.threshold <= 100:
        return None
    return decimal_text(gate.threshold.scaleb(-2))
