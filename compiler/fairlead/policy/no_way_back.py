"""A served version without one to go back to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.policy.base import Policy
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.nodes import place_of

NAME: Final = "serving.no-way-back"
NO_WAY_BACK = Code(
    "FL7107",
    "a served version without one to go back to",
    """
    `fairlead rollback` serves the version again that the lock of an environment holds under `previous`. This lock
    serves a later version than the first, and holds none: should the version turn out bad, only a new training or a
    promotion from another environment helps.

    A lock that `fairlead promote` wrote keeps the version before. One that was written by hand, or begins with a later
    version, has none until the next promotion.
    """,
    Severity.NOTE,
)


class NoWayBack(Policy):
    """What is served in a protected environment can be rolled back."""

    name = NAME
    code = NO_WAY_BACK

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit = plan.unit
        lock = unit.lock
        if lock is None or lock.model is None or lock.previous is not None or lock.rollout is not None:
            return
        if unit.settings.protected and unit.pipeline.serving is not None and lock.model.version > 1:
            message = f"version {lock.model.version} is served, and there is no version before it to go back to"
            help_ = "the next promotion keeps this one under `previous`"
            place = place_of(unit.lock_root or unit.root, ("model", "version"))
            yield Diagnostic(self.code, place, message, help_)
