"""`retraining`: when the loop closes."""

from __future__ import annotations

from typing import Literal

from fairlead.spec.base import Items, Section
from fairlead.spec.units import Cron, Duration, TimeZone


class Retraining(Section):
    """When the pipeline trains again, and how a better model is promoted."""

    schedule: Cron | None = None
    """When to train regardless."""
    timezone: TimeZone | None = None
    """The time zone of the schedule; UTC where nothing is said."""
    on: Items[Literal["drift", "quality", "new-data"]] = ()
    """What else starts a training; it needs no schedule."""
    cooldown: Duration = Duration.parse("24h")
    """How long after a training another trigger is ignored."""
    promote: Literal["pull-request", "automatic"] = "pull-request"
    """pull-request: a person merges the candidate. automatic: it is opened, and merged when its checks pass."""
