"""Drift that looks away between two looks, or that no score can raise."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fairlead.catalogue.drift import DRIFT
from fairlead.plan.nodes import DriftScore
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.spec.units.base import decimal_text

BLIND_TIME = Code(
    "FL3128",
    "a window that is shorter than the time between two looks",
    """
    Drift and quality look back over `window`, and do so `every` so often. Where the window is shorter, what happened
    between two looks is never looked at.

    ```yaml
    drift: {every: 24h, window: 1h}             # FL3128: 23 of 24 hours are never looked at
    ```

    Mended:

    ```yaml
    drift: {every: 1h, window: 24h}
    ```
    """,
)
OUT_OF_REACH = Code(
    "FL3129",
    "a drift threshold that no score can exceed",
    """
    The statistic of `ks`, the distance of `jensen-shannon` and the score of `chi2` are never above 1, so an alert above
    that can't fire.

    ```yaml
    drift: {method: ks, threshold: 5}           # FL3129
    ```

    Mended:

    ```yaml
    drift: {method: ks, threshold: 0.1}
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Windows overlap, and thresholds can be exceeded."""
    monitoring = plan.unit.pipeline.monitoring
    for key in ("drift", "quality"):
        section = getattr(monitoring, key, None)
        if section is None or section.window >= section.every:
            continue
        path: Path = ("monitoring", key)
        unseen = type(section.every).of(milliseconds=section.every.milliseconds - section.window.milliseconds)
        message = f"of every {section.every} only the last {section.window} is looked at, and {unseen} never is"
        written = "window" if plan.unit.has((*path, "window")) else "every"
        place = plan.unit.place(*path, written)
        other = (*path, "every" if written == "window" else "window")
        related = (Related(plan.unit.place(*other), "the other of the two"),) if plan.unit.has(other) else ()
        yield Diagnostic(BLIND_TIME, place, message, "make `window` at least as long as `every`", related=related)
    yield from _thresholds(plan)


def _thresholds(plan: Plan) -> Iterator[Diagnostic]:
    drift, told = ("monitoring", "drift"), set()
    for score in plan.of(DriftScore):
        upper: Decimal | None = DRIFT[score.method].upper
        if upper is None or score.threshold < upper:
            continue
        own = (*drift, "features", score.feature, "threshold")
        path = own if plan.unit.has(own) else (*drift, "threshold")
        place = plan.unit.place(*path) if plan.unit.has(path) else key_place(plan.unit, *drift)
        if place in told:
            continue
        told.add(place)
        limit, threshold = decimal_text(upper), decimal_text(score.threshold)
        message = f"the score of `{score.method}` is at most {limit}, and so never above the threshold of {threshold}"
        help_ = f"write less than {limit}; {decimal_text(DRIFT[score.method].threshold)} is usual"
        yield Diagnostic(OUT_OF_REACH, place, message, help_)
