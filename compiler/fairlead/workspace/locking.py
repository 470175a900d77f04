"""What `fairlead lock` does without a network: takes an image's digest or a candidate into a lock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fairlead.output.replace import replace_file
from fairlead.plan.builder import build
from fairlead.plan.nodes import Image, Node, Serve, Tune
from fairlead.project.candidate import Candidate
from fairlead.project.lock import Lock, LockedImage, LockedModel, LockMetadata
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.source.words import nearest_word
from fairlead.spec.units import ImageRef, Name
from fairlead.workspace.discover import lock_file
from fairlead.workspace.load import Workspace
from fairlead.workspace.lockfile import new_lock, with_canary, with_image, with_model
from fairlead.workspace.meanwhile import refuse_changed

UNUSED_IMAGE = Code(
    "FL2023",
    "an image that the pipeline does not use",
    """
    The image is none that a step or the server of this pipeline runs in, in this environment, so a digest for it would
    stand in the lock without any effect, while the image that was meant stays as it is.

    Wrong, where the specification says `image: ghcr.io/acme/tumor-classifier`:

        $ fairlead lock tumor-classifier -e staging --image ghcr.io/acme/tumor@sha256:…

    Right: the reference as the specification has it, with the digest behind it.

        $ fairlead lock tumor-classifier -e staging --image ghcr.io/acme/tumor-classifier@sha256:…
    """,
)
OTHER_PIPELINE = Code(
    "FL2024",
    "a candidate of another pipeline",
    """
    The record says which pipeline was trained, and it is not the one whose lock is to be written. Its model would be
    served under another's name, to callers who expect other columns.

    Wrong: `fairlead lock churn --candidate` with a record from `candidates/tumor-classifier/`.

    Right: name the pipeline that the record is of. After a renaming, train once under the new name.
    """,
)
OLDER_CANDIDATE = Code(
    "FL2025",
    "a candidate that is older than what is served",
    """
    The registry numbers versions upwards, and the lock has a later one than the record. A run that was late, or a
    record that was found again, would bring an old model back without anybody having decided that.

    Wrong: to lock the old record.

    Right: to go back on purpose, use `fairlead rollback`; to go forward, lock the newest record.
    """,
)
UNDER_WAY = Code(
    "FL2026",
    "a rollout is under way",
    """
    The lock holds a version that is being tried beside the one that is served. A third one can't be judged against
    both, and would put an end to the trial unseen.

    Wrong: to lock the next candidate now.

    Right: finish the rollout or take it back first.
    """,
)
UNPINNED = Code(
    "FL2027",
    "an image without a digest",
    """
    A lock holds what an image is, and a tag says only what it is called: whoever may push can move it.

    Wrong:

        $ fairlead lock churn -e staging --image ghcr.io/acme/churn:main

    Right, with the digest that pushing printed:

        $ fairlead lock churn -e staging --image ghcr.io/acme/churn@sha256:…
    """,
)
ELSEWHERE = Code(
    "FL2028",
    "a candidate whose model is not among the project's artifacts",
    """
    Registering copies a model to `models/<pipeline>/` below `artifacts` and verifies it there: that copy is what
    serving loads, and nobody but the pipeline's own training writes it. The record names a folder somewhere else, where
    others may.

    Wrong, where fairlead.yaml says `artifacts: {uri: s3://acme-ml-artifacts}`:

    ```json
    {"model": {"uri": "s3://scratch/models/churn/sha256-…/"}}
    ```

    Right: train again with the project's own `artifacts`, or mend them in fairlead.yaml where they have moved.
    """,
)


ROLLED_BACK = Code(
    "FL2029",
    "a version that was rolled back",
    """
    The lock has this version as `previous`, and serves an older one: somebody rolled it back here. Whatever was wrong
    with it is so still, and a promotion that comes by itself, or by habit, would bring it back unseen.

    Wrong: to promote it again.

    Right: promote a newer one; or, if this one was not the cause, go forward to it again, which the history then says.

    ```console
    $ fairlead rollback churn --in production
    ```
    """,
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A lock as it should be. `text` is what stands there already where nothing changes."""

    file: str
    text: str
    said: str
    """What was locked, in words: a line for each change."""
    changed: bool = True


def lock_image(workspace: Workspace, unit: Unit, reference: ImageRef, tree: str | None) -> Locked:
    """The lock of `unit` with the digest of an image. Raises Refused."""
    file, before = lock_before(workspace, unit)
    if reference.digest is None:
        message = f"`{reference}` has no digest"
        raise _refused(UNPINNED, file, message, "write @sha256: and the digest behind it")
    digest = reference.digest
    key = str(replace(reference, digest=None))
    plan, found = build(unit, workspace.units[unit.environment])
    if plan is None:
        raise Refused(found)
    used = sorted({image.repository for node in plan.nodes.values() for image in images_of(node)})
    if key not in used:
        message = f"nothing of {unit.name} in {unit.environment} runs in `{key}`"
        listed = f"it uses {', '.join(used)}" if used else "it uses no image there"
        raise Refused([Diagnostic(UNUSED_IMAGE, unit.place("model", "code"), message, listed, nearest_word(key, used))])
    text = with_image(before or new_lock(lock_metadata(unit)), key, LockedImage(digest=digest, tree=tree))
    return Locked(file, text, f"{key} is {digest}", changed=text != before)


def lock_candidate(workspace: Workspace, unit: Unit, candidate: Candidate, record: str) -> Locked:
    """The lock of `unit` with a candidate's version, read from the file `record`. Raises Refused.

    It becomes what `lock_version` makes of it.
    """
    if candidate.pipeline != unit.name:
        message = f"this record is of `{candidate.pipeline}`, and the lock is of `{unit.name}`"
        raise _refused(OTHER_PIPELINE, record, message, "name the pipeline that was trained")
    file, before = lock_before(workspace, unit)
    return lock_version(unit, candidate.model, file, before, record)


def lock_version(unit: Unit, model: LockedModel, file: str, before: str | None, where: str) -> Locked:
    """The lock of `unit`, whose text is `before`, with another version, which is told of in `where`. Raises Refused.

    Where the environment's rollout has steps and a version is served, the new one starts as a canary with the first
    step's share; otherwise it is served, and the version before it becomes `previous`.
    """
    lock = unit.lock
    artifacts = unit.project.artifacts
    own = artifacts.uri.child("models").child(unit.name) if artifacts is not None else None
    if own is not None and not model.uri.is_within(own):
        message = f"the model is in {model.uri}, and the models of {unit.name} are in {own}"
        raise _refused(ELSEWHERE, where, message, "train again with the project's own `artifacts`")
    said = f"version {model.version} of {unit.name} ({model.digest})"
    if lock is not None and before is not None and holds(lock, model):
        return Locked(file, before, f"{said} is in the lock already", changed=False)
    if lock is not None and lock.rollout is not None:
        canary = lock.rollout.canary.version
        message = f"version {canary} of {unit.name} is being tried in {unit.environment}, at {lock.rollout.weight}"
        raise _refused(UNDER_WAY, file, message, "finish the rollout or take it back first")
    served = lock.model if lock else None
    if served is not None and model.version < served.version:
        message = f"version {model.version} is older than version {served.version}, which {unit.environment} serves"
        raise _refused(OLDER_CANDIDATE, where, message, "lock the newest record, or roll back on purpose")
    left = lock.previous if lock else None
    if served is not None and left is not None and left.digest == model.digest and left.version > served.version:
        message = f"version {model.version} of {unit.name} was rolled back in {unit.environment} to {served.version}"
        help_ = f"promote a newer one, or go forward again: `fairlead rollback {unit.name} --in {unit.environment}`"
        raise _refused(ROLLED_BACK, file, message, help_)
    if not unit.settings.trains:
        # What training used says something about the environment that trains alone.
        model = model.model_copy(update={"usage": {}})
    text = before or new_lock(lock_metadata(unit))
    steps = unit.pipeline.serving.rollout.canary if unit.pipeline.serving else ()
    if served is not None and steps:
        return Locked(file, with_canary(text, model, steps[0]), f"{said} starts as a canary at {steps[0]}")
    return Locked(file, with_model(text, model), f"{said} is served")


def images_of(node: Node) -> list[Image]:
    """The images that a node's steps and server run in."""
    found = [node.run.image] if node.run else []
    if isinstance(node, Tune):
        found += [node.score.image, node.choose.image]
    if isinstance(node, Serve):
        found.append(node.image)
    return found


def holds(lock: Lock, model: LockedModel) -> bool:
    """Whether a lock serves or tries this very version."""
    held = [lock.model, lock.rollout.canary if lock.rollout else None]
    return any(each is not None and each.digest == model.digest for each in held)


def lock_before(workspace: Workspace, unit: Unit) -> tuple[str, str | None]:
    """The lock's file and its text; no text where there is no lock yet."""
    file = lock_file(unit.file, unit.environment)
    return file, workspace.text_of(file)


def lock_metadata(unit: Unit) -> LockMetadata:
    """Whose lock it is."""
    return LockMetadata(pipeline=Name(unit.name), environment=Name(unit.environment))


def _refused(code: Code, file: str, message: str, help_: str) -> Refused:
    return Refused([Diagnostic(code, Place.start_of(file), message, help_)])


def write_lock(workspace: Workspace, locked: Locked) -> None:
    """Writes a lock, whole or not at all; nothing where it is as it should be.

    The caller has held the lock of `root` since before the workspace was read: another command's change would be lost.
    Raises Refused where somebody else changed the file meanwhile, and OSError.
    """
    if not locked.changed:
        return
    root = workspace.root
    refuse_changed(workspace, [locked.file])
    replace_file(root, root / locked.file, locked.text.encode())
