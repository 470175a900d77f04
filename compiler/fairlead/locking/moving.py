"""`fairlead promote` and `fairlead rollback`: the lock of an environment after a version has moved on or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fairlead.locking.codes import NO_WAY_BACK, NOTHING_TO_PROMOTE, TOO_EARLY, UNDATED, refuse
from fairlead.locking.history import Past, Unknown, since
from fairlead.project.candidate import Candidate
from fairlead.project.lock import Lock, LockedModel
from fairlead.project.unit import Unit
from fairlead.source.places import Place
from fairlead.spec.units import Duration
from fairlead.workspace.discover import lock_file
from fairlead.workspace.load import Workspace
from fairlead.workspace.lockfile import (
    new_lock,
    with_canary_served,
    with_image,
    with_previous_served,
    with_weight,
    without_rollout,
)
from fairlead.workspace.locking import Locked, images_of, lock_before, lock_candidate, lock_metadata, lock_version

Candidates = Callable[[], tuple[str, Candidate] | None]
"""Finds the newest candidate and the address of its record, where one is needed."""


def promote(
    workspace: Workspace, unit: Unit, candidates: Candidates, now: datetime | None, past: Past | None = None
) -> Locked:
    """The lock of `unit` with the version that comes next. Raises Refused.

    Where a rollout is under way that is its next share of the traffic, or its end. Otherwise it is the version of the
    environment before, or, in the one that trains, the newest candidate. `now` is the time to which soaking and
    holding count; None asks for neither. `past` is the history that they are read from, that of the workspace's folder
    where none is given.
    """
    past = past or Past(workspace.root)
    if unit.lock is not None and unit.lock.rollout is not None:
        return _next_share(workspace, unit, unit.lock, now, past)
    if unit.settings.after is None:
        found = candidates()
        if found is None:
            message = f"there is no candidate record of {unit.name} below `artifacts`"
            refuse(NOTHING_TO_PROMOTE, unit.place("metadata", "name"), message, "train first: the last step writes one")
        record, candidate = found
        return lock_candidate(workspace, unit, candidate, record)
    return _from_before(workspace, unit, str(unit.settings.after), now, past)


def rollback(unit: Unit, lock: Lock | None, file: str, text: str | None) -> Locked:
    """The lock with its canary taken back, or with the version of before served again. Raises Refused.

    `lock` is what `text` says, of an environment or of this machine.
    """
    if lock is not None and text is not None and lock.rollout is not None:
        said = f"version {lock.rollout.canary.version} of {unit.name} is no longer tried{_still(lock.model)}"
        return Locked(file, without_rollout(text), said)
    if lock is None or text is None or lock.previous is None:
        what = (
            "holds no version" if lock is None or lock.model is None else f"serves version {lock.model.version} first"
        )
        message = f"{file} {what}, and there is none before it"
        refuse(NO_WAY_BACK, Place.start_of(file), message, "there is nothing that it could go back to")
    said = f"version {lock.previous.version} of {unit.name} ({lock.previous.digest}) is served again"
    return Locked(file, with_previous_served(text), said)


def _still(model: LockedModel | None) -> str:
    return f", and version {model.version} is served to all" if model is not None else ""


def _next_share(workspace: Workspace, unit: Unit, lock: Lock, now: datetime | None, past: Past) -> Locked:
    """A rollout one share further."""
    rollout, (file, text) = lock.rollout, lock_before(workspace, unit)
    assert rollout is not None
    assert text is not None
    serving = unit.pipeline.serving
    if serving is not None and now is not None:
        what = f"version {rollout.canary.version} is watched at {rollout.weight} in {unit.environment}"

        def held(then: Lock) -> bool:
            return then.rollout is not None and (then.rollout.canary.digest, then.rollout.weight) == (
                rollout.canary.digest,
                rollout.weight,
            )

        _wait(past, file, held, serving.rollout.hold, now, what, unit.place("serving", "rollout"))
    weights = serving.rollout.canary if serving is not None else ()
    later = [weight for weight in weights if weight.fraction > rollout.weight.fraction]
    name = f"version {rollout.canary.version} of {unit.name}"
    if later:
        return Locked(file, with_weight(text, later[0]), f"{name} is tried at {later[0]}")
    return Locked(file, with_canary_served(text), f"{name} ({rollout.canary.digest}) is served to all")


def _from_before(workspace: Workspace, unit: Unit, before: str, now: datetime | None, past: Past) -> Locked:
    """The version of the environment before, and digests of images that this one lacks."""
    source = workspace.units[before][unit.name]
    file, text = lock_before(workspace, unit)
    source_file = lock_file(source.file, before)
    model = source.lock.model if source.lock is not None else None
    if model is None or source.lock is None:
        message = f"{before} serves no version of {unit.name} yet, and {unit.environment} comes after it"
        help_ = f"`fairlead promote {unit.name} --to {before}` first"
        refuse(NOTHING_TO_PROMOTE, Place.start_of(source_file), message, help_)
    text, said = _with_images(workspace, unit, source.lock, text)
    locked = lock_version(unit, model, file, text, source_file)
    if locked.changed and now is not None and unit.settings.soak is not None:
        what = f"version {model.version} serves in {before}"
        place = unit.project_place("environments", unit.environment, "soak")

        def served(then: Lock) -> bool:
            return then.model is not None and then.model.digest == model.digest

        _wait(past, source_file, served, unit.settings.soak, now, what, place)
    changed = locked.changed or bool(said)
    return Locked(file, locked.text, "\n".join([*said, locked.said]), changed=changed)


def _with_images(workspace: Workspace, unit: Unit, before: Lock, text: str | None) -> tuple[str | None, list[str]]:
    """`text` with the digests that the lock before has and this one lacks, of images that this environment uses."""
    from fairlead.plan.builder import build

    plan, _ = build(unit, workspace.units[unit.environment])
    used = (
        {image.repository for node in plan.nodes.values() for image in images_of(node)} if plan is not None else set()
    )
    said = []
    for key in sorted(used - set(unit.lock.images if unit.lock else ())):
        if key in before.images:
            text = with_image(text or new_lock(lock_metadata(unit)), key, before.images[key])
            said.append(f"{key} is {before.images[key].digest}")
    return text, said


def _wait(
    past: Past,
    file: str,
    is_so: Callable[[Lock], bool],
    length: Duration,
    now: datetime,
    what: str,
    place: Place,
) -> None:
    """Raises Refused where the lock in `file` has not been so for long enough."""
    try:
        began = since(past, file, is_so)
    except Unknown as error:
        refuse(UNDATED, place, f"since when {what} can't be said: {error}", "commit the lock, or promote with --now")
    left = began + timedelta(seconds=float(length.seconds)) - now
    if left > timedelta():
        message = f"{what} since {began:%Y-%m-%d %H:%M} UTC, and {length} are asked for"
        refuse(TOO_EARLY, place, message, f"wait for {_length(left)}, or promote with --now in an emergency")


def _length(left: timedelta) -> str:
    minutes = -(-int(left.total_seconds()) // 60)
    hours, minutes = divmod(max(1, minutes), 60)
    return f"{hours}h{minutes}m" if hours else f"{minutes}m"
