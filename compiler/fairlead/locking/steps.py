"""What the step from one lock to the next is called: the title of its commit and the branch that it is proposed on."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.project.lock import Lock, LockedModel
from fairlead.project.unit import Unit


@dataclass(frozen=True, slots=True)
class Step:
    """A version that moves on or back."""

    title: str
    """One line, as the subject of a commit."""
    branch: str
    """The branch that it is proposed on, where nobody names another one: the same step has the same branch."""


def step(unit: Unit, after: Lock) -> Step:
    """The step from the lock of `unit` to `after`."""
    before = unit.lock
    was, now = before.model if before else None, after.model
    tried, trying = before.rollout if before else None, after.rollout
    name, where = unit.name, unit.environment
    if now is not None and not _same(was, now):
        number = now.version
        if tried is not None and _same(tried.canary, now):
            return _named(unit, f"Serve version {number} of {name} to all in {where}", "promote", f"{number}-100")
        if before is not None and _same(before.previous, now):
            return _named(unit, f"Serve version {number} of {name} again in {where}", "rollback", str(number))
        return _named(unit, f"Promote version {number} of {name} to {where}", "promote", str(number))
    if trying is not None and trying != tried:
        number, share = trying.canary.version, str(trying.weight)
        title = f"Try version {number} of {name} in {where} at {share}"
        return _named(unit, title, "promote", f"{number}-{share.removesuffix('%').replace('.', '-')}")
    if tried is not None and trying is None:
        number = tried.canary.version
        return _named(unit, f"Take back version {number} of {name} in {where}", "rollback", f"{number}-canary")
    return _named(unit, f"Lock the images of {name} in {where}", "promote", "images")


def _named(unit: Unit, title: str, what: str, end: str) -> Step:
    return Step(title, f"fairlead/{what}/{unit.name}-{unit.environment}-{end}")


def _same(one: LockedModel | None, other: LockedModel) -> bool:
    return one is not None and (one.version, one.digest) == (other.version, other.digest)
