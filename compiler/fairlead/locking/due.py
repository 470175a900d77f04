"""What could move on now, in every environment: the question that a schedule asks, and a person on a Monday morning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fairlead.locking.codes import NOTHING_TO_PROMOTE, TOO_EARLY, UNDATED
from fairlead.locking.history import Cut, Past, Unknown, ever
from fairlead.locking.moving import promote
from fairlead.locking.steps import step
from fairlead.project.lock import Lock
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.reader import read
from fairlead.spec.validate import validated
from fairlead.workspace.load import Workspace
from fairlead.workspace.locking import Locked, holds


class State(StrEnum):
    """How it is with a step."""

    DUE = "due"
    WAITS = "waits"
    """For `soak` or `hold`, or nobody can say since when, or whether it was here before."""
    STAYS = "stays"
    """It was taken back here, or is refused: only a person moves it."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of a pipeline in an environment."""

    state: State
    pipeline: str
    spec: str
    environment: str
    message: str
    title: str | None = None
    """As its commit is called; none where the step can't be made."""
    branch: str | None = None
    starts: bool = False
    """Whether a version comes into the environment, in place of getting another share of the traffic there."""
    automatic: bool = False
    """Whether the specification lets it be merged when all checks pass, and nobody has to approve it."""
    approval: tuple[str, ...] = ()


def due(workspace: Workspace, units: Iterable[Unit], now: datetime, past: Past | None = None) -> list[Step]:
    """The next step of each of `units`, of pipelines without errors, in their order; none where all is as it should be.

    A candidate that comes into the environment that trains is not among them: object stores are not asked. Neither is
    what is retired or suspended.
    """
    past = past or Past(workspace.root)
    return [found for unit in units for found in _next(workspace, unit, now, past)]


def _next(workspace: Workspace, unit: Unit, now: datetime, past: Past) -> Iterator[Step]:
    pipeline, rollout = unit.pipeline, unit.lock.rollout if unit.lock else None
    if pipeline.metadata.retired or pipeline.suspend or (rollout is None and unit.settings.after is None):
        return
    try:
        locked = promote(workspace, unit, lambda: None, now, past)
    except Refused as error:
        found = error.diagnostics[0]
        if found.code is not NOTHING_TO_PROMOTE:
            yield _made(unit, State.WAITS if found.code in (TOO_EARLY, UNDATED) else State.STAYS, _said(found))
        return
    after = _lock(locked)
    if not locked.changed or after is None:
        return
    try:
        was_here = rollout is None and _was_here(past, locked, unit.lock, after)
    except Cut as error:
        yield _made(unit, State.WAITS, f"whether this version was here before can't be said: {error}; fetch all of it")
        return
    if was_here:
        message = "this version was served or tried here before and taken back: nothing but a person promotes it again"
        yield _made(unit, State.STAYS, message, after)
        return
    yield _made(unit, State.DUE, locked.said.splitlines()[-1], after)


def _was_here(past: Past, locked: Locked, before: Lock | None, after: Lock) -> bool:
    """Whether the version that comes was in the lock before. Raises Cut where the history ends too early to say."""
    coming = after.rollout.canary if after.rollout is not None else after.model
    if coming is None or (before is not None and holds(before, coming)):
        return False
    try:
        return ever(past, locked.file, lambda lock: holds(lock, coming))
    except Cut:
        raise
    except Unknown:
        return False  # without a history nothing was here


def _made(unit: Unit, state: State, message: str, after: Lock | None = None) -> Step:
    train = unit.pipeline.model.train if unit.pipeline.model is not None else None
    approval = tuple(str(team) for team in train.approval) if train is not None else ()
    retraining = unit.pipeline.retraining
    found = step(unit, after) if after is not None else None
    return Step(
        state,
        unit.name,
        unit.file,
        unit.environment,
        message,
        found.title if found else None,
        found.branch if found else None,
        starts=unit.lock is None or unit.lock.rollout is None,
        automatic=retraining is not None and retraining.promote == "automatic" and not approval,
        approval=approval,
    )


def _said(found: Diagnostic) -> str:
    return f"{found.message}; {found.help}" if found.help else found.message


def _lock(locked: Locked) -> Lock | None:
    root = read(locked.file, locked.text.encode()).root
    return validated(Lock, root)[0] if root is not None else None
