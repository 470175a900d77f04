"""What this target has to say about a specification."""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Code, Severity

UNMEASURED: Final = Code(
    "FL4301",
    "an objective that no rule can be built for",
    """
    A rule for a service level objective counts requests and those of them that broke it. Here nothing on the platform
    counts them, or the bound of a latency is no bucket boundary of the histogram that measures it: a histogram knows
    how many requests took at most 250 ms only where 250 ms is one of its boundaries. An alert that guesses between
    two boundaries is wrong on the nights that matter, so none is written.

    ```yaml
    monitoring:
      slos:
        latency: {objective: 99%, below: 300ms}     # FL4301: the boundaries are 250ms and 500ms
    ```

    Mended:

    ```yaml
    monitoring:
      slos:
        latency: {objective: 99%, below: 250ms}
    ```
    """,
)
NO_BUDGET: Final = Code(
    "FL4302",
    "an objective without an error budget",
    """
    An objective of 100% allows no failure at all. What is left of its error budget can't be computed, because there
    is none (a division by zero), and every single failure would page. Nothing that people build answers always.

    ```yaml
    monitoring:
      slos: {availability: 100%}      # FL4302
    ```

    Mended:

    ```yaml
    monitoring:
      slos: {availability: 99.95%}
    ```
    """,
)
CANNOT_FIRE: Final = Code(
    "FL4303",
    "a burn rate that can't be reached",
    """
    An alert fires when failures exceed its burn rate times the error budget. Where the budget is large that product
    is more than all requests: with an objective of 90%, the budget is 10% of requests, and 14.4 times that is 144%.
    Nothing fails more often than always, so that alert would stand there for show. It is left out; the alerts on
    longer windows, whose burn rates are lower, still tell.

    ```yaml
    monitoring:
      slos: {availability: 90%}       # FL4303: 14.4 * 10% = 144%
    ```

    Mended, where the service can promise as much:

    ```yaml
    monitoring:
      slos: {availability: 95%}       # 14.4 * 5% = 72%
    ```
    """,
    Severity.NOTE,
)
SHORT_WINDOW: Final = Code(
    "FL4304",
    "a window too short for its alerts",
    """
    A page means that a share of the error budget went within hours: 2% within 1h, or 5% within 6h. In a short window
    that share is what the objective allows anyway. In 2 days an hour is 2.1% of the time, so 2% of the budget within
    1h is slower than steady. The alert then fires from a burn rate of 1, which is often.

    ```yaml
    monitoring:
      slos:
        window: 2d                    # FL4304
        availability: 99%
    ```

    Mended:

    ```yaml
    monitoring:
      slos:
        window: 30d
        availability: 99%
    ```
    """,
    Severity.WARNING,
)
