"""Settings of retraining that nothing looks at."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import is_own
from fairlead.source.diagnostics import Code, Diagnostic, Severity

NO_SCHEDULE = Code(
    "FL3181",
    "a time zone without a schedule",
    """
    The time zone is that of the schedule. Retraining on drift, quality or new data follows no clock.

    ```yaml
    retraining: {on: [drift], timezone: Europe/Zurich}          # FL3181
    ```

    Mended:

    ```yaml
    retraining: {on: [drift], schedule: "0 4 * * 1", timezone: Europe/Zurich}
    ```
    """,
    Severity.WARNING,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A time zone is that of a schedule."""
    retraining = plan.unit.pipeline.retraining
    if retraining is None or retraining.timezone is None or retraining.schedule is not None:
        return
    if is_own(plan.unit, "retraining", "timezone"):
        place = plan.unit.place("retraining", "timezone")
        message = f"the time zone {retraining.timezone} is that of a schedule, and `retraining` has none"
        yield Diagnostic(NO_SCHEDULE, place, message, "add `schedule`, or remove it")
