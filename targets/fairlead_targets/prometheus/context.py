"""What every rule of a pipeline shares: its labels, its links, and the least time that a condition must hold."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.plan.plan import Plan
from fairlead.project.unit import Unit
from fairlead.resources import conventions
from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.options import PrometheusOptions
from fairlead_targets.prometheus.promql.expressions import Expression
from fairlead_targets.prometheus.rules import Alert, Message, Severity, Text

SCRAPES = 2
"""How many scrapes a condition must hold, so that a single odd sample is no alert."""


@dataclass(frozen=True, slots=True)
class Context:
    """One pipeline in one environment, seen from its rules."""

    plan: Plan
    options: PrometheusOptions

    @property
    def unit(self) -> Unit:
        """The pipeline and its environment."""
        return self.plan.unit

    @property
    def namespace(self) -> str:
        """The environment's namespace."""
        return self.unit.settings.namespace

    @property
    def service(self) -> str:
        """The InferenceService's name."""
        return conventions.service(self.plan.name)

    @property
    def identity(self) -> dict[str, str]:
        """The labels of every record: whose it is."""
        return {"namespace": self.namespace, "pipeline": self.plan.name, "environment": self.unit.environment}

    def receiver(self, severity: Severity) -> str:
        """Who is told: what `monitoring.alerts` names, else the owner."""
        metadata, monitoring = self.unit.pipeline.metadata, self.unit.pipeline.monitoring
        named = getattr(monitoring.alerts, severity) if monitoring else None
        return str(named or metadata.owner)

    @property
    def resource_labels(self) -> dict[str, str]:
        """The labels of every resource, with those that the operator's selectors ask for."""
        asked = {str(key): str(value) for key, value in self.options.labels.items()}
        return {**conventions.labels(self.unit), **asked}

    @property
    def links(self) -> dict[str, str]:
        """The pages that an alert leads to, where the specification gives them."""
        monitoring = self.unit.pipeline.monitoring
        if monitoring is None:
            return {}
        pages = {"runbook_url": monitoring.runbook, "dashboard_url": monitoring.dashboard}
        return {name: str(url) for name, url in pages.items() if url is not None}

    def hold(self, wanted: Duration) -> Duration:
        """How long a condition must hold: `wanted`, and two scrapes at the least."""
        return max(wanted, self.options.scrape_interval * SCRAPES)

    def alert(
        self,
        name: str,
        severity: Severity,
        expression: Expression,
        hold: Duration,
        summary: Text,
        description: Message,
        origin: Origin,
        **more: str,
    ) -> Alert:
        """An alert with the labels that all have, and `more` where several share a name."""
        labels = {
            "severity": severity,
            "namespace": self.namespace,
            "team": str(self.unit.pipeline.metadata.owner),
            "pipeline": self.plan.name,
            "receiver": self.receiver(severity),
            "environment": self.unit.environment,
            **more,
        }
        where = f"{self.plan.name} in {self.unit.environment}: "
        said = Message(f"{where}{summary}" if isinstance(summary, str) else (where, *summary))
        return Alert(name, expression, self.hold(hold), labels, said, description, origin, self.links)

    def group(self, purpose: str) -> str:
        """The name of a group of rules: unique among all pipelines of an environment."""
        return f"{self.plan.name}-{purpose}"
