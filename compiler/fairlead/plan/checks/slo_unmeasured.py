"""Objectives that nothing on the platform measures."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.measurements import Unmeasured
from fairlead.plan.nodes import Slo
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic

UNMEASURED = Code(
    "FL3101",
    "an objective that nothing measures",
    """
    An objective is only as good as the series that it is computed from. What counts requests and times them depends on
    the model server, on the serving mode and on what stands in front of it; here, nothing does. A rule on a series that
    does not exist never fires, so the dashboard would be green for ever.

    ```yaml
    serving: {mode: standard}                   # inside the cluster, past the gateway
    monitoring:
      slos:
        latency: {objective: 99%, below: 250ms, at: edge}       # FL3101
    ```

    Mended, by sending requests through the gateway, which counts them:

    ```yaml
    serving: {mode: standard, access: {expose: gateway}}
    ```

    The message says what is missing. Measuring `at: server` is the other way, where the server has a histogram; it is
    blind to queueing.
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every objective has something that measures it."""
    for slo in plan.of(Slo):
        if not isinstance(slo.measurement, Unmeasured):
            continue
        decisive = (*slo.path, "at")
        place = plan.unit.place(*decisive) if plan.unit.has(decisive) else key_place(plan.unit, *slo.path)
        message = f"nothing here measures {slo.signal.replace('_', ' ')}: {slo.measurement.reason}"
        yield Diagnostic(UNMEASURED, place, message, slo.measurement.help)
