"""Which version is served, and which one is tried beside it: what a commit to a lock does."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Score, Serve
from fairlead.preview.effects.pair import Both, arrow, effect_of, mapping_changes
from fairlead.preview.model import Effect, Severity
from fairlead.project.lock import LockedModel, LockedRollout, Signature
from fairlead.source.nodes import find, place_of


def version_effects(pair: Both, before: Serve | Score, after: Serve | Score) -> Iterator[Effect]:
    """A first version, another version, a canary that starts, goes on, ends well or is taken back."""
    was, now = before.version, after.version
    trial, other = _trial(before), _trial(after)
    finished = trial is not None and other is None and now is not None and now.digest == trial.canary.digest
    if finished and trial is not None and now is not None:
        message = f"version {now.version} takes all requests: canary {trial.weight} -> 100%"
        yield _effect(pair, Severity.RISK, "rollout", message, after, differences(was, now))
        return
    if was is None and now is not None:
        verb = "is served" if isinstance(after, Serve) else "scores"
        message = f"a first version {verb}: {now.version}"
        yield _effect(pair, Severity.RISK, "first-version", message, after, differences(None, now))
    elif was is not None and now is None:
        what = "nothing is served any more" if isinstance(after, Serve) else "nothing is scored any more"
        yield _effect(pair, Severity.DESTROYS, "version-gone", f"the lock holds no version: {what}", after)
    elif was is not None and now is not None and was != now:
        yield from _moved(pair, was, now, after)
    yield from _canary(pair, trial, other, now, after)


def _trial(node: Serve | Score) -> LockedRollout | None:
    return node.canary if isinstance(node, Serve) else None


def _moved(pair: Both, was: LockedModel, now: LockedModel, node: Serve | Score) -> Iterator[Effect]:
    if was.digest == now.digest and was.version == now.version:
        message = f"the lock says something else about version {now.version}, whose bytes are the same"
        yield _effect(pair, Severity.NOTICE, "lock", message, node, differences(was, now))
    elif now.version < was.version:
        message = f"rolls back to version {now.version} at once, from {was.version}"
        yield _effect(pair, Severity.RISK, "rollback", message, node, differences(was, now))
    elif now.version == was.version:
        message = f"version {now.version} has other bytes than before"
        yield _effect(pair, Severity.RISK, "rollout", message, node, differences(was, now))
    else:
        how = "at 100 %" if isinstance(node, Serve) else "from its next run on"
        message = f"rolls out version {now.version} {how}, after version {was.version}"
        yield _effect(pair, Severity.RISK, "rollout", message, node, differences(was, now))


def _canary(
    pair: Both, was: LockedRollout | None, now: LockedRollout | None, served: LockedModel | None, node: Serve | Score
) -> Iterator[Effect]:
    if was == now:
        return
    if now is None:
        assert was is not None, "they differ"
        message = f"the canary of version {was.canary.version} is taken back: {was.weight} -> 0%"
        yield _effect(pair, Severity.RISK, "canary", message, node)
    elif was is None or was.canary.digest != now.canary.digest:
        message = f"rolls out version {now.canary.version} at {now.weight}"
        message += f", beside version {served.version}" if served is not None else ""
        message += f"; the canary of version {was.canary.version} ends" if was is not None else ""
        yield _effect(pair, Severity.RISK, "canary", message, node, differences(served, now.canary))
    elif was.weight != now.weight:
        message = f"canary {arrow(was.weight, now.weight)} for version {now.canary.version}"
        yield _effect(pair, Severity.RISK, "canary", message, node)
    else:
        message = f"the lock says something else about version {now.canary.version}, which is tried"
        yield _effect(pair, Severity.NOTICE, "lock", message, node, differences(was.canary, now.canary))


def _effect(
    pair: Both, severity: Severity, kind: str, message: str, node: Serve | Score, why: tuple[str, ...] = ()
) -> Effect:
    """An effect of a lock, at the place in it: in the lock of base for what head's has no more."""
    path = ("rollout" if kind == "canary" else "model",)
    was, now = pair.before.unit.lock_root, pair.after.unit.lock_root
    in_base = was is not None and find(was, path) is not None and (now is None or find(now, path) is None)
    root = was if in_base else now
    place = place_of(root, path) if root is not None else node.place
    return effect_of(pair.after, severity, kind, message, place, node.id, why, in_base=in_base)


def differences(before: LockedModel | None, after: LockedModel) -> tuple[str, ...]:
    """What the locks know of two versions: where from, metrics, packages and signature."""
    lines = [f"run {after.run}"] if after.run else []
    if before is None:
        lines += [f"metrics: {', '.join(f'{k} {v:g}' for k, v in sorted(after.metrics.items()))}"] * bool(after.metrics)
        return tuple(lines)
    metrics = mapping_changes(before.metrics, after.metrics, lambda value: f"{value:g}")
    packages = mapping_changes(before.packages, after.packages)
    lines += [f"metrics: {', '.join(metrics)}"] * bool(metrics)
    lines += [f"packages: {', '.join(packages)}"] * bool(packages)
    signature = _signature(before.signature, after.signature)
    lines += [f"signature: {', '.join(signature)}; callers may have to change"] * bool(signature)
    return tuple(lines)


def _signature(before: Signature, after: Signature) -> list[str]:
    found = []
    for side in ("inputs", "outputs"):
        was, now = ({each.name: each.type for each in getattr(one, side)} for one in (before, after))
        found += [f"{side.removesuffix('s')} {line}" for line in mapping_changes(was, now)]
    return found
