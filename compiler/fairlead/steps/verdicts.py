"""Whether the gate let a model through, as the steps after it ask: everything but a whole verdict that passed refuses.

The workflow lets nothing after a gate run unless the gate succeeded. These steps ask again, because registering a model
that the gate refused can't be undone by anybody who has loaded it since.
"""

from __future__ import annotations

import re
from typing import Final

from fairlead.steps.context import Context
from fairlead.steps.failures import RefusedByGate, StepFailure
from fairlead.steps.reports import EvaluationReport, GateReport, read_report

_METRIC: Final = re.compile(r"(?P<name>.+?) (?:>=|<=|>|<) ")


def passed(context: Context) -> tuple[GateReport, EvaluationReport]:
    """The verdict and the evaluation that it is about.

    Raises RefusedByGate where a clause does not hold, and StepFailure where the verdict is missing, not whole, or about
    another evaluation.
    """
    verdict = read_report(context.input("verdict"), GateReport, "the gate's verdict")
    evaluation = read_report(context.input("evaluation"), EvaluationReport, "the evaluation's report")
    if not verdict.passed:
        failed = "; ".join(f"`{clause.clause}`: {clause.reason}" for clause in verdict.clauses if not clause.holds)
        raise RefusedByGate(f"the gate did not let this model pass: {failed}", "nothing is registered")
    measured = evaluation.values()
    for clause in verdict.clauses:
        name = _METRIC.match(clause.clause)
        if name is None or clause.value is None or measured.get(name["name"]) != clause.value:
            raise StepFailure(
                f"the gate's verdict on `{clause.clause}` is not about this evaluation",
                "nothing is registered; run the training again from the evaluation",
            )
    return verdict, evaluation
