"""Latency bounds between two buckets of the histogram that measures them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fairlead.catalogue.measurements import Measurement
from fairlead.plan.nodes import Slo
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.spec.units import Duration

NO_BUCKET = Code(
    "FL3102",
    "a latency bound that is no bucket of its histogram",
    """
    A histogram counts how many requests were faster than each of a few fixed bounds, and knows nothing in between. The
    share of requests below a bound that is none of them would have to be guessed from its neighbours, and the guess is
    worst where it matters most, far out in the tail.

    ```yaml
    slos:
      latency: {objective: 99%, below: 300ms, at: edge}     # FL3102: Envoy counts below 250ms and below 500ms
    ```

    Mended:

    ```yaml
    slos:
      latency: {objective: 99%, below: 250ms, at: edge}
    ```

    Which boundaries there are depends on who measures: the model server, Knative's queue-proxy or the gateway.
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Every bound of a latency is a boundary of the histogram that it is read from."""
    for slo in plan.of(Slo):
        found = slo.measurement
        if slo.below is None or not isinstance(found, Measurement) or found.bucket_at(slo.below.seconds):
            continue
        below, above = found.around(slo.below.seconds)
        sides = [bucket.seconds for bucket in (below, above) if bucket is not None]
        if not sides:
            continue
        texts = [_text(side) for side in sides]
        where = f"the boundaries around it are {texts[0]} and {texts[1]}" if len(texts) == 2 else _end(texts[0], above)
        closest = min(sides, key=lambda side: abs(side - slo.below.seconds) if slo.below else side)
        message = f"{slo.below} is no bucket of `{found.bucket}`, which measures it here: {where}"
        path = (*slo.path, "below")
        yield Diagnostic(NO_BUCKET, plan.unit.place(*path), message, "write one of the boundaries", _text(closest))


def _end(text: str, above: object) -> str:
    return f"the least boundary is {text}" if above is not None else f"the greatest boundary is {text}"


def _text(seconds: Decimal) -> str:
    """A boundary as the language writes durations. Those next to a bound are whole milliseconds, as the bound is."""
    return str(Duration.of(milliseconds=int(seconds * 1000)))
