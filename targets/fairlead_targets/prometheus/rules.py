"""Rules as values: what is recorded, what alerts, and how both look in a rule file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.resource import Origin
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.expressions import Expression
from fairlead_targets.prometheus.promql.syntax import checked

Severity = Literal["page", "ticket"]
SEVERITIES: Final[tuple[Severity, ...]] = ("page", "ticket")
"""A page wakes somebody; a ticket waits for working hours."""


class RuleManifest(TypedDict):
    """A rule, as Prometheus reads it; either `record` or `alert` is there."""

    record: NotRequired[str]
    alert: NotRequired[str]
    expr: str
    # `for` is a word of Python's, so this key can only be written with its quotes: see `Alert.manifest`.
    labels: NotRequired[dict[str, str]]
    annotations: NotRequired[dict[str, str]]


class GroupManifest(TypedDict):
    """A group of rules, which are evaluated one after the other."""

    name: str
    rules: list[RuleManifest]


class GroupsManifest(TypedDict):
    """A rule file, and the `spec` of a PrometheusRule."""

    groups: list[GroupManifest]


@dataclass(frozen=True, slots=True)
class Found:
    """A label that a rule's expression keeps: one rule tells of many things, and its message of which."""

    label: str


Text = str | tuple[str | Found, ...]
"""Text, maybe with labels' values in it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, with the alert's value in it where `style` says how it is written."""

    before: Text
    style: Literal["percentage", "number"] | None = None
    after: str = ""

    @property
    def template(self) -> str:
        """As Prometheus expands it (Go templates). Text of a specification that looks like an action is none here."""
        before = "".join(
            _literally(part) if isinstance(part, str) else f"{{{{ $labels.{part.label} }}}}" for part in self._parts
        )
        if self.style is None:
            return before
        after = _literally(self.after)
        shown = "humanizePercentage" if self.style == "percentage" else 'printf "%.4g"'
        return f"{before}{{{{ $value | {shown} }}}}{after}"

    def expanded(self, value: Decimal, found: Mapping[str, str] | None = None) -> str:
        """What Prometheus makes of it for a value and the labels that were found (template/template.go: both styles
        have four digits).
        """
        labels = found or {}
        before = "".join(part if isinstance(part, str) else labels[part.label] for part in self._parts)
        if self.style is None:
            return before
        shown = f"{float(value * 100):.4g}%" if self.style == "percentage" else f"{float(value):.4g}"
        return f"{before}{shown}{self.after}"

    @property
    def _parts(self) -> tuple[str | Found, ...]:
        return (self.before,) if isinstance(self.before, str) else self.before


def _literally(text: str) -> str:
    return text.replace("{{", '{{ "{{" }}')


@dataclass(frozen=True, slots=True)
class Record:
    """A series that is computed once and read by many."""

    name: str
    """`level:metric:operations` (Prometheus, "Recording rules")."""
    expression: Expression
    labels: Mapping[str, str]
    origin: Origin

    def manifest(self) -> RuleManifest:
        """The rule as Prometheus reads it."""
        return {"record": self.name, "expr": checked(self.expression), "labels": dict(self.labels)}


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is told, once it has held for a while."""

    name: str
    expression: Expression
    hold: Duration
    labels: Mapping[str, str]
    summary: Message
    description: Message
    origin: Origin
    links: Mapping[str, str] = field(default_factory=dict)
    """`runbook_url` and `dashboard_url`, where the specification gives them."""

    def manifest(self) -> RuleManifest:
        """The rule as Prometheus reads it."""
        return {  # type: ignore[typeddict-unknown-key]
            "alert": self.name,
            "expr": checked(self.expression),
            "for": self.hold.promql,
            "labels": dict(self.labels),
            "annotations": {
                "summary": self.summary.template,
                "description": self.description.template,
                **{key: _literally(url) for key, url in self.links.items()},
            },
        }

    def annotations(self, value: Decimal, found: Mapping[str, str] | None = None) -> dict[str, str]:
        """The annotations of the alert as it fires with a value, and with the labels that its expression keeps."""
        return {
            "summary": self.summary.expanded(value, found),
            "description": self.description.expanded(value, found),
            **self.links,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated in order, so that an alert reads what was recorded just before it."""

    name: str
    rules: Sequence[Record | Alert]

    @property
    def alerts(self) -> list[Alert]:
        """The group's alerts."""
        return [rule for rule in self.rules if isinstance(rule, Alert)]

    def manifest(self) -> GroupManifest:
        """The group as Prometheus reads it."""
        return {"name": self.name, "rules": [rule.manifest() for rule in self.rules]}
