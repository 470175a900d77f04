"""The metrics that a pipeline's own workflows give: names, labels and help, for who emits them and who queries them.

They are emitted by Argo Workflows' controller. It puts `argo_workflows_` before the name that a template gives, and
requires that every template that emits a metric gives it the same help text: the first one counts, and a different one
is refused (workflow/metrics/metrics_custom.go, 3.7 and 4.1). So the texts stand here, once.

Values live in the controller's memory, and end with it: query gauges through `last_over_time` over twice their period.
Counters are emitted as 0 by every run that succeeds, so that a series exists before its first failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "argo_workflows_"
"""What the controller puts before the name that a template gives."""

PIPELINE: Final = "pipeline"
NAMESPACE: Final = "workload_namespace"
"""The pipeline's namespace. Not `namespace`: a scrape gives every series that of the controller under this name, and
would rename ours to `exported_namespace`, or not, as `honorLabels` says."""
PURPOSE: Final = "purpose"
"""What ran: one of `PURPOSES`."""
FEATURE: Final = "feature"
"""The name of a column, or `prediction`."""
METHOD: Final = "method"
"""How drift was measured, in the language's own words: `psi`, `ks`, …"""
METRIC: Final = "metric"
"""The name of a quality metric, in the language's own words: `recall`, …"""

Purpose = Literal["train", "drift", "quality", "batch"]
PURPOSES: Final[tuple[Purpose, ...]] = ("train", "drift", "quality", "batch")

RETRAIN_LABEL: Final = "retrain"
"""The label of an alert that may start a training; its value is `drift` or `quality`."""
PIPELINE_LABEL: Final = "pipeline"
"""The label of an alert that names its pipeline."""


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric, as a template emits it."""

    own: str
    """The name in the template."""
    kind: Literal["gauge", "counter"]
    """What it is in Argo; Prometheus sees a gauge in both cases, without the suffix that counters get elsewhere."""
    help: str
    labels: tuple[str, ...]

    @property
    def series(self) -> str:
        """The name that Prometheus sees."""
        return PREFIX + self.own


DRIFT_SCORE: Final = MetricName(
    "fairlead_drift_score",
    "gauge",
    "How far a feature has drifted from the training reference, in the units of its method; NaN with too few rows.",
    (PIPELINE, NAMESPACE, FEATURE, METHOD),
)
DRIFT_ROWS: Final = MetricName(
    "fairlead_drift_rows", "gauge", "Logged rows in the window that drift was measured on.", (PIPELINE, NAMESPACE)
)
QUALITY_METRIC: Final = MetricName(
    "fairlead_quality_metric",
    "gauge",
    "A metric of the served model against ground truth; NaN with too few labelled rows.",
    (PIPELINE, NAMESPACE, METRIC),
)
QUALITY_ROWS: Final = MetricName(
    "fairlead_quality_rows", "gauge", "Predictions in the window whose ground truth is known.", (PIPELINE, NAMESPACE)
)
RUN_FAILED: Final = MetricName(
    "fairlead_run_failed_total",
    "counter",
    "Runs that ended without success, refused candidates among them.",
    (PIPELINE, NAMESPACE, PURPOSE),
)
LAST_SUCCESS: Final = MetricName(
    "fairlead_run_last_success_timestamp_seconds",
    "gauge",
    "When the last run that succeeded was started, in seconds since 1970.",
    (PIPELINE, NAMESPACE, PURPOSE),
)
LAST_FAILURE: Final = MetricName(
    "fairlead_run_last_failure_timestamp_seconds",
    "gauge",
    "When the last run that did not succeed was started, in seconds since 1970.",
    (PIPELINE, NAMESPACE, PURPOSE),
)
ALL: Final = (
    DRIFT_SCORE,
    DRIFT_ROWS,
    QUALITY_METRIC,
    QUALITY_ROWS,
    RUN_FAILED,
    LAST_SUCCESS,
    LAST_FAILURE,
)
