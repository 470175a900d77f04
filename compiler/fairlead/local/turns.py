"""Whose turn it is, where several runs of one pipeline go on at once.

Two runs don't do the same work: one does it, and the other takes what it gave. And what compares with the champion or
registers belongs to one run at a time, from the first such step to the run's end; in a cluster, by a mutex.
"""

from __future__ import annotations

from typing import Final

from fairlead.local.events import Listener, Said
from fairlead.local.outcomes import Claim, Outcomes
from fairlead.local.step import Step
from fairlead.plan.companions import CHAMPION_MODEL

RELEASING: Final = "releasing"
"""What is claimed by the run that compares and registers."""
RELEASES: Final = ("gate", "register", "propose")
"""The nodes whose steps do."""


class Turns:
    """The claims of one run. They end with the process at the latest, however it ends."""

    def __init__(self, outcomes: Outcomes, listener: Listener) -> None:
        self._outcomes = outcomes
        self._listener = listener
        self._claims: dict[str, Claim] = {}
        self._said: set[str] = set()

    def may_release(self, step: Step) -> bool:
        """Whether it is this run's turn, for a step that compares with the champion or registers; others need none."""
        if step.id != CHAMPION_MODEL and step.node.id not in RELEASES:
            return True
        return self._claimed(
            RELEASING, RELEASING, step, "another run of this pipeline is about to register its model; waiting for it"
        )

    def may_work(self, step: Step, key: str) -> bool:
        """Whether this run has the right to work on what a step gives, which is kept under `key`."""
        waiting = f"another run is working on `{step.id}` with the same inputs; waiting for what it gives"
        return self._claimed(step.id, key, step, waiting)

    def done(self, step: Step) -> None:
        """Lets others work on what the step gives."""
        claim = self._claims.pop(step.id, None)
        if claim is not None:
            claim.release()

    def end(self) -> None:
        """Lets others have everything."""
        for claim in self._claims.values():
            claim.release()
        self._claims.clear()

    def _claimed(self, name: str, key: str, step: Step, waiting: str) -> bool:
        if name in self._claims:
            return True
        claim = self._outcomes.claim(key)
        if claim is None:
            if waiting not in self._said:
                self._said.add(waiting)
                self._listener(Said(step=step.id, message=waiting))
            return False
        self._claims[name] = claim
        return True
