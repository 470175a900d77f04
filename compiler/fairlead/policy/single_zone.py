"""Servers of a protected environment that are all in one zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic

NAME: Final = "serving.single-zone"
SINGLE_ZONE = Code(
    "FL7101",
    "all servers of a protected environment in one zone",
    """
    `serving.zones` names one zone, so all replicas go down with it, however many there are. In an environment that is
    not protected nobody minds; in a protected one this is an error.

    ```yaml
    serving: {replicas: {min: 3}, zones: [eu-central-1a]}         # FL7101, in a protected environment
    ```

    Mended:

    ```yaml
    serving: {replicas: {min: 3}, zones: [eu-central-1a, eu-central-1b]}
    ```

    Where it has to be one zone for now, a waiver says why and for how long:

    ```yaml
    waivers:
      - {check: serving.single-zone, reason: one zone until the move, until: 2027-03-31}
    ```
    """,
)


class SingleZone(Policy):
    """Replicas of a protected environment are spread over more than one zone."""

    name = NAME
    code = SINGLE_ZONE

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit, serving = plan.unit, plan.unit.pipeline.serving
        if serving is None or serving.batch is not None or len(serving.zones) != 1 or not unit.settings.protected:
            return
        message = f"all replicas are in the zone `{serving.zones[0]}`, and `{unit.environment}` is protected"
        help_ = f"name another zone as well, or accept it with a waiver of `{NAME}`"
        yield Diagnostic(self.code, unit.place("serving", "zones", 0), message, help_)
