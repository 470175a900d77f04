"""The target `prometheus`: rules, their unit tests, and the way from an alert to a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from fairlead.plan.nodes import Drift, Node, Quality, Retrain, Score, Serve, Slo, Train
from fairlead.plan.plan import Plan
from fairlead.resources import conventions, metric_names
from fairlead.resources.resource import Deferred, Origin
from fairlead.target import Compiled, Options, Target
from fairlead_targets.prometheus.alertmanager import AlertmanagerConfig, retrain_route
from fairlead_targets.prometheus.cases.case import RuleSet
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.options import PrometheusOptions
from fairlead_targets.prometheus.resources import PrometheusRule, files, prometheus_rule
from fairlead_targets.prometheus.runs import runs
from fairlead_targets.prometheus.serving.ruleset import server
from fairlead_targets.prometheus.slo.ruleset import objectives
from fairlead_targets.prometheus.watch.drift import drift
from fairlead_targets.prometheus.watch.quality import quality

PURPOSES: dict[type[Node], str] = {Slo: "slo", Drift: "drift", Quality: "quality", Train: "training", Score: "batch"}
"""The rules that a node leads to, by their purpose."""


class PrometheusRules(Target):
    """Rules for Prometheus, from objectives, drift, quality and schedules."""

    name: ClassVar[str] = "prometheus"
    summary: ClassVar[str] = "recording rules, alerts and their unit tests; PrometheusRule and AlertmanagerConfig"
    options: ClassVar[type[Options]] = PrometheusOptions
    shapes: ClassVar[Mapping[tuple[str, str], Any]] = {
        ("monitoring.coreos.com/v1", "PrometheusRule"): PrometheusRule,
        ("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig"): AlertmanagerConfig,
    }

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """The rules of one pipeline in one environment; none for a pipeline that is retired."""
        if not isinstance(options, PrometheusOptions):
            raise TypeError(f"the options of {self.name} are PrometheusOptions, not {type(options).__name__}")
        if plan.unit.pipeline.metadata.retired:
            return Compiled()
        context = Context(plan, options)
        slos, found = objectives(context)
        sets = [rules for rules in (slos, server(context), drift(context), quality(context), *_runs(context)) if rules]
        operator = plan.unit.project.platform.prometheus_operator is not None
        written = [(rules, rules.rules()) for rules in sets]
        resources = [prometheus_rule(context, rules, content) for rules, content in written] if operator else []
        triggers = frozenset(
            alert.labels[metric_names.RETRAIN_LABEL]
            for rules in sets
            for alert in rules.alerts
            if metric_names.RETRAIN_LABEL in alert.labels
        )
        route = retrain_route(context, triggers)
        return Compiled(
            resources=[*resources, *([route] if route else [])],
            files=[file for rules, content in written for file in files(rules, content)],
            deferred=list(_deferred(context)) if operator else [],
            diagnostics=found,
        )


def _runs(context: Context) -> Iterator[RuleSet]:
    """Training and batch scoring, where they happen and don't wait."""
    plan, unit = context.plan, context.unit
    train, retrain, batch = plan.only(Train), plan.only(Retrain), plan.only(Score)
    if train is not None and not train.waits:
        scheduled = retrain is not None and retrain.schedule is not None and not retrain.suspended
        period = retrain.schedule.longest_period() if scheduled and retrain and retrain.schedule else None
        why = Origin("retrain", unit.place("retraining", "schedule"), "training has a schedule")
        yield runs(context, train, "train", "training", period, why)
    if batch is not None and not batch.waits and not batch.suspended:
        why = Origin(batch.id, unit.place("serving", "batch", "schedule"), f"scores on the schedule {batch.schedule}")
        yield runs(context, batch, "batch", "batch", batch.schedule.longest_period(), why)


def _deferred(context: Context) -> Iterator[Deferred]:
    """What would be here, and waits with its node."""
    seen: set[str] = set()
    monitored = context.unit.pipeline.monitoring is not None
    for node in context.plan.nodes.values():
        purpose = PURPOSES.get(type(node)) or ("serving" if isinstance(node, Serve) and monitored else None)
        if purpose is None or node.waits is None or purpose in seen:
            continue
        seen.add(purpose)
        why = Origin(node.id, node.place, f"would watch {node.title}")
        name = conventions.rules(context.plan.name, purpose)
        yield Deferred("PrometheusRule", name, node.waits.reason, node.waits.detail, why)
