"""Promotions that need a person and are to happen without one."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity

CONTRADICTION = Code(
    "FL3192",
    "an automatic promotion that waits for a person",
    """
    `promote: automatic` merges a candidate when its checks pass, and `approval` says that a person of a team releases
    every promotion. Both together wait for the person, so nothing is automatic about it.

    ```yaml
    model: {train: {approval: [vision-leads], …}}
    retraining: {promote: automatic, …}         # FL3192
    ```

    Mended:

    ```yaml
    retraining: {promote: pull-request, …}
    ```
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Who releases a promotion is said once."""
    pipeline = plan.unit.pipeline
    train = pipeline.model.train if pipeline.model else None
    if train is None or not train.approval or pipeline.retraining is None or pipeline.retraining.promote != "automatic":
        return
    teams = ", ".join(str(team) for team in train.approval)
    message = f"promotion is automatic, and waits for a person of {teams}"
    related = (Related(plan.unit.place("model", "train", "approval"), "who releases it"),)
    place = plan.unit.place("retraining", "promote")
    help_ = "write `promote: pull-request`, or remove `approval`"
    yield Diagnostic(CONTRADICTION, place, message, help_, "pull-request", related)
