"""Somebody who is paged, and no page that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic, Severity

NAME: Final = "monitoring.no-runbook"
NO_RUNBOOK = Code(
    "FL7106",
    "alerts that page somebody, without a runbook",
    """
    `monitoring.alerts.page` names who is woken by an alert. That may be somebody who did not write the model, and the
    alert links to no page that says what to look at, whom to ask, and how to go back.

    ```yaml
    monitoring: {alerts: {page: diagnostics-oncall}, slos: {availability: 99.9%}}       # FL7106, where protected
    ```

    Mended:

    ```yaml
    monitoring:
      alerts: {page: diagnostics-oncall}
      runbook: https://runbooks.acme.example/tumor-classifier
      slos: {availability: 99.9%}
    ```
    """,
    Severity.WARNING,
)


class MissingRunbook(Policy):
    """Whoever is paged about a protected environment finds a runbook."""

    name = NAME
    code = NO_RUNBOOK

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit, pipeline = plan.unit, plan.unit.pipeline
        monitoring = pipeline.monitoring
        if monitoring is None or monitoring.runbook is not None or pipeline.metadata.retired:
            return
        if unit.settings.protected and monitoring.alerts.page is not None:
            message = f"`{monitoring.alerts.page}` is paged about `{unit.environment}`, and no runbook says what to do"
            help_ = f"write `monitoring.runbook`, or accept it with a waiver of `{NAME}`"
            yield Diagnostic(self.code, key_place(unit, "monitoring", "alerts", "page"), message, help_)
