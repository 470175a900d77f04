"""A stranger's policy, the one that docs/policies.md shows."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic

NO_CENTER = Code(
    "ACME201",
    "a pipeline without a cost center",
    """
    Every pipeline of ours is paid by a cost center, which a label of its metadata names. Finance books what has none on
    the platform's team.
    """,
)


class CostCenter(Policy):
    """Every pipeline says who pays."""

    name = "acme.cost-center"

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """A pipeline without the label."""
        if "cost-center" not in plan.unit.pipeline.metadata.labels:
            place = plan.unit.place("metadata", "name")
            yield Diagnostic(NO_CENTER, place, f"`{plan.name}` names no cost center", "label it with `cost-center`")
