"""Canaries that nothing judges, or that end before anything could."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.measurements import Measurement, Unmeasured
from fairlead.plan.nodes import Serve, Slo
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.spec.units import Duration

SHORT_HOLD = Code(
    "FL3105",
    "a canary that ends before an alert could judge it",
    """
    The page alert of an objective looks at the last hour and the last five minutes together (Site Reliability Workbook,
    chapter 5). A canary that is held for less than the hour is judged on a window that is mostly about the version
    before it: the share of failures is diluted, and a bad version takes over without an alert.

    ```yaml
    serving:
      rollout: {canary: [10%, 50%], hold: 15m}      # FL3105: 15m of an hour
    ```

    Mended:

    ```yaml
    serving:
      rollout: {canary: [10%, 50%], hold: 2h}
    ```
    """,
)
UNJUDGED = Code(
    "FL3106",
    "a canary that nothing judges",
    """
    A canary is compared with the stable version by the pipeline's objectives, version by version. Without an objective
    that can tell versions apart there is nothing to compare, and the rollout only delays what it was to prevent.

    ```yaml
    serving: {rollout: {canary: [10%], hold: 2h}}       # FL3106: there are no objectives
    ```

    Mended:

    ```yaml
    serving: {rollout: {canary: [10%], hold: 2h}}
    monitoring: {slos: {availability: 99.9%}}
    ```
    """,
    Severity.WARNING,
)

LONG_WINDOW = Duration.parse("1h")
"""The long window of the page alert that judges a canary, whatever the objective's own window: the burn rate scales."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Each share of a canary is held for as long as the alert that judges it looks back."""
    serve, unit = plan.only(Serve), plan.unit
    if serve is None or not serve.rollout.canary:
        return
    hold = serve.rollout.hold
    canary = unit.place("serving", "rollout", "canary")
    slos = list(plan.of(Slo))
    if hold < LONG_WINDOW:
        message = (
            f"each share is held for {hold}, and the page alert that would judge it looks back {LONG_WINDOW}: "
            f"{hold} < {LONG_WINDOW}"
        )
        related = tuple(Related(key_place(unit, *slo.path), "the objective of that alert") for slo in slos[:1])
        place = unit.place("serving", "rollout", "hold")
        yield Diagnostic(SHORT_HOLD, place, message, "hold for 1h or longer", str(LONG_WINDOW), related)
    judges = [slo for slo in slos if isinstance(slo.measurement, Measurement) and slo.measurement.per_version]
    if judges or any(isinstance(slo.measurement, Unmeasured) for slo in slos):
        return
    if slos:
        sources = ", ".join(
            sorted({slo.measurement.source for slo in slos if isinstance(slo.measurement, Measurement)})
        )
        message = f"none of the {len(slos)} objectives can tell canary and stable apart: they are measured by {sources}"
        help_ = "measure one at the server, or by a gateway that counts by version"
    else:
        message = "a canary is compared by objectives, and `monitoring.slos` has none"
        help_ = "add `availability` or `latency` under `monitoring.slos`"
    yield Diagnostic(UNJUDGED, canary, message, help_)
