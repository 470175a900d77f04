"""Candidates that nothing judges and nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic, Severity

NAME: Final = "retraining.ungated"
UNGATED = Code(
    "FL7103",
    "an automatic promotion without a gate",
    """
    `promote: automatic` merges a candidate without a person, and `model.evaluate.gates` has no clause that a candidate
    could fail: whatever a training gives is served, a model of a broken snapshot included.

    ```yaml
    model: {evaluate: {metrics: [roc_auc]}, …}
    retraining: {schedule: "0 4 * * 1", promote: automatic}         # FL7103
    ```

    Mended:

    ```yaml
    model: {evaluate: {metrics: [roc_auc], gates: [roc_auc >= 0.9, roc_auc >= champion - 0.005]}, …}
    ```

    An evaluator of your own (`evaluate.command`) may refuse a candidate itself, with exit code 10, and is trusted to.
    """,
    Severity.WARNING,
)


class UngatedPromotion(Policy):
    """What is promoted without a person has passed a gate."""

    name = NAME
    code = UNGATED

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit, pipeline = plan.unit, plan.unit.pipeline
        if pipeline.retraining is None or pipeline.retraining.promote != "automatic" or pipeline.metadata.retired:
            return
        judged = pipeline.model.evaluate if pipeline.model else None
        if judged is not None and (judged.gates or judged.command):
            return
        message = "candidates are promoted automatically, and `model.evaluate.gates` has no clause for them to pass"
        help_ = f"add a gate, write `promote: pull-request`, or accept it with a waiver of `{NAME}`"
        yield Diagnostic(self.code, unit.place("retraining", "promote"), message, help_)
