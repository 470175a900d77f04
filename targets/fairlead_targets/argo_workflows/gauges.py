"""The values that drift and quality find, as gauges of the template that finds them, and of templates around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.plan.nodes import Drift, DriftScore, Node, Quality
from fairlead.resources import metric_names
from fairlead.resources.metric_names import MetricName
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.metrics import metric
from fairlead_targets.argo_workflows.steps import Result

MOST = 100
"""Metrics that one template may have: `maxItems` of `metrics.prometheus` in Argo Workflows' CRDs."""
NO_VALUE = "NaN"
"""The value of a gauge whose step had too few rows to compute one: it compares with nothing, so no alert fires."""
ROWS = Result(name="rows")


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value that a step writes, and the metric that it becomes."""

    result: Result
    metric: models.Prometheus


def gauges(context: Context, node: Node) -> list[Gauge]:
    """What a step finds: the rows that it looked at, and a value for each feature or metric."""
    if isinstance(node, Drift):
        methods = {score.feature: score.method for score in context.plan.of(DriftScore)}
        results = {name: Result(name=f"score-{name}", default=NO_VALUE) for name in node.watched}
        scores = (
            _gauge(context, metric_names.DRIFT_SCORE, result, feature=name, method=methods[name])
            for name, result in results.items()
        )
        return [_gauge(context, metric_names.DRIFT_ROWS, ROWS), *scores]
    if isinstance(node, Quality):
        names = dict.fromkeys(str(clause.metric) for clause in node.expectations)
        results = {name: Result(name=f"metric-{name}", default=NO_VALUE) for name in names}
        values = (_gauge(context, metric_names.QUALITY_METRIC, result, metric=name) for name, result in results.items())
        return [_gauge(context, metric_names.QUALITY_ROWS, ROWS), *values]
    return []


def _gauge(context: Context, name: MetricName, result: Result, **labels: str) -> Gauge:
    value = f"{{{{outputs.parameters.{result.name}}}}}"
    return Gauge(result, metric(context, name, value, "{{status}} == Succeeded", **labels))


def first(found: Sequence[Gauge]) -> models.Metrics | None:
    """The gauges that the step's own template tells."""
    return _metrics(found[:MOST]) if found else None


def around(inner: str, found: Sequence[Gauge]) -> list[models.Template]:
    """Templates for the gauges beyond those that the template `inner` may have, the outermost last.

    Each runs the one before as its only task, hands its results on, and tells as many of them as a template may.
    """
    made: list[models.Template] = []
    wrapped = inner
    for start in range(MOST, len(found), MOST):
        name = f"{inner}-more-{start // MOST}"
        made.append(
            models.Template(
                name=name,
                outputs=models.Outputs(parameters=[_handed_on(wrapped, gauge.result.name) for gauge in found[start:]]),
                metrics=_metrics(found[start : start + MOST]),
                dag=models.DAGTemplate(tasks=[models.DAGTask(name=wrapped, template=wrapped)]),
            )
        )
        wrapped = name
    return made


def _handed_on(task: str, result: str) -> models.Parameter:
    source = models.ValueFrom(parameter=f"{{{{tasks.{task}.outputs.parameters.{result}}}}}")
    return models.Parameter(name=result, value_from=source)


def _metrics(found: Sequence[Gauge]) -> models.Metrics:
    return models.Metrics(prometheus=[gauge.metric for gauge in found])
