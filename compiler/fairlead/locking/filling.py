"""`fairlead lock`: fills the locks of some units with what is asked for, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.locking.answers import Answers
from fairlead.locking.codes import NOT_LOCKED_YET, NOTHING_TO_PROMOTE, refuse
from fairlead.locking.questions import Questions, questions_of, version_question
from fairlead.plan.builder import build
from fairlead.project.lock import Lock, LockedModel, LockMetadata
from fairlead.project.unit import Unit, registered_of
from fairlead.source.diagnostics import Diagnostic, Refused, has_errors
from fairlead.spec.units import Name
from fairlead.workspace.load import Workspace
from fairlead.workspace.local_lock import ENVIRONMENT, load_local_lock, local_lock_file
from fairlead.workspace.lockfile import new_lock, with_data, with_image, with_model
from fairlead.workspace.locking import Locked, holds, lock_before, lock_metadata, lock_version


def fill(workspace: Workspace, units: Iterable[Unit], answers: Answers, *, update: bool) -> list[Locked]:
    """The locks of `units` as they should be. What could not be found out is in `answers`; nothing is written here.

    Without `update` only what a lock lacks is asked for. Raises Refused, with every finding, where anything failed.
    """
    asked: list[tuple[Unit, Questions]] = []
    found: list[Diagnostic] = []
    for unit in units:
        plan, said = build(unit, workspace.units[unit.environment])
        found += [each for each in said if plan is None]
        if plan is not None:
            asked.append((unit, questions_of(unit, plan, update)))
    if has_errors(found):
        raise Refused(found)
    locks = []
    for unit, questions in asked:
        try:
            locks.append(_filled(workspace, unit, questions, answers))
        except Refused as error:
            answers.findings += error.diagnostics
    if has_errors(answers.findings):
        raise Refused(answers.findings)
    return locks


def fill_local(workspace: Workspace, unit: Unit, answers: Answers) -> Locked:
    """The lock of this machine with the newest version that `fairlead run` registered here.

    Raises Refused where there is none, or where it can't be found out.
    """
    file = local_lock_file(unit.name)
    registry = registered_of(unit)
    place = unit.place("model", "train")
    if registry is None:
        refuse(
            NOTHING_TO_PROMOTE, place, f"{unit.name} trains no model, so none is registered", "there is no lock for it"
        )
    model = answers.newest(version_question(unit, registry, place))
    if has_errors(answers.findings):
        raise Refused(answers.findings)
    if model is None:
        message = f"no version of {registry} is registered on this machine"
        refuse(NOTHING_TO_PROMOTE, place, message, f"run `fairlead run {unit.file}` first")
    lock, text = load_local_lock(workspace, unit.name)
    metadata = LockMetadata(pipeline=Name(unit.name), environment=Name(ENVIRONMENT))
    said = f"version {model.version} of {unit.name} ({model.digest}) is served on this machine"
    before = text or new_lock(metadata)
    if lock is not None and lock.model is not None and lock.model.digest == model.digest:
        return Locked(file, before, "unchanged", changed=False)
    return Locked(file, with_model(before, model), said)


def _filled(workspace: Workspace, unit: Unit, questions: Questions, answers: Answers) -> Locked:
    file, before = lock_before(workspace, unit)
    text = before or new_lock(lock_metadata(unit))
    said: list[str] = []
    for question in questions.images:
        image = answers.image(question)
        known = unit.lock.images.get(question.key) if unit.lock else None
        if image is None or (known is not None and known.digest == image.digest and image.tree in (None, known.tree)):
            continue
        text = with_image(text, question.key, image)
        said.append(f"{question.key} is {image.digest}")
    for source in questions.data:
        data = answers.data(source)
        pinned = unit.lock.data.get(Name(source.source)) if unit.lock else None
        if data is None or (pinned is not None and pinned.digest == data.digest):
            continue
        text = with_data(text, source.source, data)
        said.append(f"the data {source.source} is {data.digest}")
    model = answers.newest(questions.version) if questions.version is not None else None
    if model is not None and questions.version is not None:
        reason = _passed_over(unit.lock, model)
        if reason is None:
            locked = lock_version(unit, model, file, text, file)
            text, said = locked.text, [*said, locked.said]
        elif reason:
            message = f"version {model.version} of {unit.name} is registered and not locked: {reason}"
            answers.findings.append(Diagnostic(NOT_LOCKED_YET, questions.version.place, message, ""))
    if not said:
        return Locked(file, before or text, "unchanged", changed=False)
    return Locked(file, text, "\n".join(said))


def _passed_over(lock: Lock | None, model: LockedModel) -> str | None:
    """Why the newest version is not locked; nothing where the lock has it, and None where it is locked now."""
    if lock is None or lock.model is None:
        return None
    if holds(lock, model) or model.version <= lock.model.version:
        return ""
    if lock.rollout is not None:
        return f"version {lock.rollout.canary.version} is still being tried; `fairlead promote` goes on with it"
    if lock.previous is not None and lock.previous.digest == model.digest:
        return "it was rolled back; `fairlead rollback` again would serve it again"
    return None
