"""Servers of a protected environment of which nobody has said how well they must answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic, Severity

NAME: Final = "serving.no-slo"
NO_SLO = Code(
    "FL7105",
    "a server of a protected environment without an objective",
    """
    Callers rely on what answers in a protected environment, and the specification promises nothing: no alert tells that
    it fails, and a canary is judged by nothing.

    ```yaml
    serving: {replicas: {min: 2}}                                   # FL7105 without `monitoring.slos`
    ```

    Mended:

    ```yaml
    monitoring:
      slos: {availability: 99.9%, latency: {objective: 99%, below: 250ms}}
    ```
    """,
    Severity.WARNING,
)


class UnmeasuredServing(Policy):
    """What answers in a protected environment has an objective. A graph's members have theirs."""

    name = NAME
    code = NO_SLO

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit, pipeline = plan.unit, plan.unit.pipeline
        serving, monitoring = pipeline.serving, pipeline.monitoring
        if serving is None or serving.batch or serving.graph or pipeline.metadata.retired:
            return
        if unit.settings.protected and (monitoring is None or monitoring.slos is None):
            message = f"`{unit.environment}` is protected, and nothing says how well the server must answer there"
            help_ = f"write `monitoring.slos`, or accept it with a waiver of `{NAME}`"
            yield Diagnostic(self.code, key_place(unit, "serving"), message, help_)
