"""The metrics that workflows emit, under the names on which emitters and rules agree."""

from __future__ import annotations

from fairlead.resources import metric_names
from fairlead.resources.metric_names import MetricName, Purpose
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.context import Context

STARTED = "{{workflow.creationTimestamp.s}}"
"""When the run was started, in seconds since 1970."""


def metric(context: Context, name: MetricName, value: str, when: str | None = None, **labels: str) -> models.Prometheus:
    """One value of a metric. `labels` are those besides the pipeline and its namespace."""
    given = {metric_names.PIPELINE: context.name, metric_names.NAMESPACE: context.namespace, **labels}
    if tuple(given) != name.labels:
        raise ValueError(f"{name.own} has the labels {name.labels}, not {tuple(given)}")
    return models.Prometheus(
        name=name.own,
        help=name.help,
        labels=[models.MetricLabel(key=key, value=text) for key, text in given.items()],
        when=when,
        gauge=models.Gauge(value=value, realtime=False) if name.kind == "gauge" else None,
        counter=models.Counter(value=value) if name.kind == "counter" else None,
    )


def of_run(context: Context, purpose: Purpose, *, success: bool) -> models.Metrics:
    """How runs end; with `success`, also when one succeeded, where a run that did is always one that did its work."""
    failed, succeeded = "{{workflow.status}} != Succeeded", "{{workflow.status}} == Succeeded"
    found = [
        metric(context, metric_names.RUN_FAILED, "1", failed, purpose=purpose),
        metric(context, metric_names.RUN_FAILED, "0", succeeded, purpose=purpose),
        metric(context, metric_names.LAST_FAILURE, STARTED, failed, purpose=purpose),
    ]
    if success:
        found.append(metric(context, metric_names.LAST_SUCCESS, STARTED, succeeded, purpose=purpose))
    return models.Metrics(prometheus=found)


def of_training(context: Context) -> models.Metrics:
    """When a training succeeded. On the inner template: a run that was not admitted succeeds without training."""
    when = "{{status}} == Succeeded"
    return models.Metrics(prometheus=[metric(context, metric_names.LAST_SUCCESS, STARTED, when, purpose="train")])
