"""Patches and waivers: what a pipeline does in its own way, and what it is let off."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.preview.effects.pair import Both, arrow
from fairlead.preview.model import Effect, Severity
from fairlead.spec.adjustments import Patch


def effects(pair: Both) -> Iterator[Effect]:
    """Patches and waivers that are new, gone or changed."""
    yield from _patches(pair)
    was, now = ({each.check: each for each in plan.unit.pipeline.waivers} for plan in (pair.before, pair.after))
    earlier, positions = (
        {each.check: number for number, each in enumerate(plan.unit.pipeline.waivers)}
        for plan in (pair.before, pair.after)
    )
    for check, waiver in now.items():
        before = was.get(check)
        path = ("waivers", positions[check])
        if before is None:
            message = f"waiver added: {check} until {waiver.until}: {waiver.reason}"
            yield pair.effect(Severity.RISK, "waiver", message, path)
            continue
        if before.until != waiver.until:
            message = f"waiver of {check} lasts until {arrow(before.until, waiver.until)}"
            yield pair.effect(
                Severity.RISK if waiver.until > before.until else Severity.NOTICE, "waiver", message, path
            )
        if before.reason != waiver.reason:
            yield pair.effect(Severity.NOTICE, "waiver", f"waiver of {check} has another reason: {waiver.reason}", path)
    for check in was:
        if check not in now:
            path = ("waivers", earlier[check])
            yield pair.effect(Severity.BEHAVIOUR, "waiver", f"waiver removed: {check}", path, gone=True)


def _patches(pair: Both) -> Iterator[Effect]:
    was, now = pair.before.unit.pipeline.patches, pair.after.unit.pipeline.patches
    gone = [patch for patch in was if patch not in now]
    for position, patch in enumerate(now):
        if patch in was:
            continue
        earlier = next((each for each in gone if each.target == patch.target), None)
        if earlier is not None:
            gone.remove(earlier)
        word = "added" if earlier is None else "changed"
        message = f"patch {word} on {_target(patch)}: {patch.why}"
        yield pair.effect(Severity.BEHAVIOUR, "patch", message, ("patches", position))
    for patch in gone:
        position = list(was).index(patch)
        message = f"patch removed from {_target(patch)}: {patch.why}"
        yield pair.effect(Severity.BEHAVIOUR, "patch", message, ("patches", position), gone=True)


def _target(patch: Patch) -> str:
    return f"{patch.target.kind} {patch.target.name}" if patch.target.name else f"every {patch.target.kind}"
