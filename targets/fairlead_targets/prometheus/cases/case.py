"""Cases: series that go in, and the alerts that must come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from fairlead.spec.units import Duration
from fairlead_targets.prometheus.promql.numbers import number
from fairlead_targets.prometheus.rules import Alert, Group, GroupsManifest

MINUTE: Final = Duration.parse("1m")
"""How far apart the samples of a case are, where a rule file needs none further apart."""
STEPS: Final = 12
"""Into how many steps a long period is cut, so that a test over weeks is no slower than one over hours: at every step
of every case promtool evaluates every rule of the file."""
ENDINGS: Final = (".test.yaml", "-long.test.yaml")
"""The names of a purpose's files with tests: of the shorter interval, and of the longer one where there is one."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series with its samples in promtool's notation."""

    name: str
    values: str


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that fires, with the value that its annotations show and the labels that its expression keeps."""

    alert: Alert
    value: Decimal = Decimal(0)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that an expression must have."""

    expression: str
    labels: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """What goes in, when it is looked at, and what fires then; of all alerts that are `watched`, nothing else does."""

    name: str
    at: Duration
    series: tuple[Series, ...]
    watched: tuple[Alert, ...]
    firing: tuple[Firing, ...] = ()
    samples: tuple[Sample, ...] = ()
    step: Duration = MINUTE
    """How far apart samples are."""
    pace: Duration | None = None
    """How far apart evaluations are, where that is not the step."""

    @property
    def interval(self) -> Duration:
        """How far apart evaluations are."""
        return self.pace or self.step

    def manifest(self) -> dict[str, Any]:
        """The case as promtool reads it."""
        document: dict[str, Any] = {
            "name": self.name,
            "interval": self.step.promql,
            "input_series": [{"series": series.name, "values": series.values} for series in self.series],
            "alert_rule_test": [self._expected(name) for name in dict.fromkeys(alert.name for alert in self.watched)],
        }
        if self.samples:
            document["promql_expr_test"] = [
                {
                    "expr": sample.expression,
                    "eval_time": self.at.promql,
                    "exp_samples": [{"labels": sample.labels, "value": sample.value}],
                }
                for sample in self.samples
            ]
        return document

    def _expected(self, name: str) -> dict[str, Any]:
        firing = [
            {
                "exp_labels": {**found.alert.labels, **found.labels},
                "exp_annotations": found.alert.annotations(found.value, found.labels),
            }
            for found in self.firing
            if found.alert.name == name
        ]
        return {"eval_time": self.at.promql, "alertname": name, "exp_alerts": firing}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one purpose, with their cases."""

    purpose: str
    groups: tuple[Group, ...]
    cases: tuple[Case, ...]

    @property
    def alerts(self) -> list[Alert]:
        """All alerts, in order."""
        return [alert for group in self.groups for alert in group.alerts]

    def rules(self) -> GroupsManifest:
        """The rule file."""
        return {"groups": [group.manifest() for group in self.groups]}

    def tests(self) -> dict[str, dict[str, Any]]:
        """The files with its unit tests, by name, for a folder beside that of the rules.

        promtool evaluates at one interval a file, so cases over weeks have a file of their own. Raises ValueError
        where a set has cases of more than two intervals.
        """
        found: dict[str, dict[str, Any]] = {}
        intervals = sorted({case.interval for case in self.cases})
        for interval, ending in zip(intervals, ENDINGS[: len(intervals)], strict=True):
            found[self.purpose + ending] = {
                "rule_files": [f"../rules/{self.purpose}.yaml"],
                "evaluation_interval": interval.promql,
                "tests": [case.manifest() for case in self.cases if case.interval == interval],
            }
        return found


def steady(value: Decimal | int, length: Duration, step: Duration = MINUTE) -> str:
    """Samples of a gauge that stands still."""
    return f"{number(value)}+0x{steps(length, step)}"


def growing(rates: Sequence[tuple[Decimal, int]]) -> str:
    """Samples of a counter that starts at 0 and then grows by `rate` a step, for so many steps each."""
    parts, reached = [], Decimal(0)
    for position, (rate, count) in enumerate(rates):
        # A part `a+bxn` has n + 1 samples, of which only the very first part has one at time zero.
        start, more = (reached, count) if position == 0 else (reached + rate, count - 1)
        parts.append(f"{number(start)}+{number(rate)}x{more}")
        reached += rate * count
    return " ".join(parts)


def steps(length: Duration, step: Duration = MINUTE) -> int:
    """How many steps a duration has, the last one maybe only begun."""
    return -(-length.milliseconds // step.milliseconds)


def stride(period: Duration) -> Duration:
    """The step of cases over several periods: whole minutes, and at least one."""
    return Duration.of(minutes=max(1, period.milliseconds // (STEPS * MINUTE.milliseconds)))


def silent(watched: Sequence[Alert], at: Duration, step: Duration = MINUTE) -> Case:
    """No series at all, and nothing fires."""
    return Case("no data", at, (), tuple(watched), step=step)
