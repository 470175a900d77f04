"""Reading the metrics that workflows give.

They live in the memory of Argo's controller. A gauge stays what it was until the next run, however long ago the last
one was, and is gone when the controller restarts. So every rule looks back over `LOOKBACK` periods, and takes the
greatest value where a restart left two series.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.resources import metric_names
from fairlead.resources.metric_names import MetricName
from fairlead.spec.units import Duration
from fairlead_targets.prometheus.cases.case import Series
from fairlead_targets.prometheus.cases.samples import described, labels_for
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.promql.expressions import Expression, OverTime, Selector, aggregate

LOOKBACK = 2
"""How many periods back a rule looks for the last value."""


def emitted(context: Context, metric: MetricName, /, **labels: str) -> Selector:
    """The series of a metric that this pipeline's workflows give, with some labels' values."""
    own = {metric_names.PIPELINE: context.plan.name, metric_names.NAMESPACE: context.namespace, **labels}
    return Selector(metric.series, tuple((label, "=", value) for label, value in own.items()))


def latest(
    selector: Selector, window: Duration, function: OverTime = "last_over_time", by: Sequence[str] = ()
) -> Expression:
    """The last value within a window, one for each combination of the labels `by`; the greatest where there are several
    series.
    """
    return aggregate("max", selector.over(function, window), by)


def series(selector: Selector, values: str) -> Series:
    """A series that the selector selects."""
    return Series(described(selector.metric, labels_for(selector.matchers)), values)
