"""What the step from one lock to the next means."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.history.model import Data, Happening, Image, Kind, Version
from fairlead.project.lock import Lock, LockedModel


def version_of(model: LockedModel, lock: Lock, gates: tuple[str, ...] | None) -> Version:
    """A version, with the data and images that the lock has beside it."""
    return Version(
        model.version,
        model.run,
        str(model.uri),
        str(model.digest),
        dict(model.metrics),
        dict(model.packages),
        str(model.reference.digest) if model.reference else None,
        gates,
        tuple(
            Data(str(name), str(data.digest), str(data.manifest) if data.manifest else None)
            for name, data in sorted(lock.data.items())
        ),
        tuple(
            Image(reference, str(image.digest), str(image.tree) if image.tree else None)
            for reference, image in sorted(lock.images.items())
        ),
    )


def between(
    before: Lock | None, after: Lock | None, environment: str, gates: tuple[str, ...] | None
) -> Iterator[Happening]:
    """What happened between two locks of an environment; None where there is no lock."""
    if after is None:
        if before is not None:
            what = f"version {before.model.version} is no longer locked" if before.model else "it held no version"
            yield Happening(Kind.STOPPED, f"the lock was removed: {what}", environment)
        return
    found = [*_serving(before, after, environment, gates), *_rollout(before, after, environment, gates)]
    if before is not None or not found:  # a version has all data and images beside it, and at first all are new
        found += [*_data(before, after, environment), *_images(before, after, environment)]
    if not found and before is None:
        found = [Happening(Kind.LOCK, "the lock was made, and serves no version", environment)]
    elif not found and before != after:
        found = [Happening(Kind.LOCK, "the lock changed in other ways", environment)]
    yield from found


def _serving(before: Lock | None, after: Lock, environment: str, gates: tuple[str, ...] | None) -> Iterator[Happening]:
    was, now = before.model if before else None, after.model
    if was == now:
        return
    if now is None:
        assert was is not None
        yield Happening(Kind.STOPPED, f"version {was.version} is no longer served", environment)
        return
    version = version_of(now, after, gates)
    if was is None:
        yield Happening(Kind.SERVES, f"version {now.version} begins to be served", environment, version)
        return
    tried = before.rollout.canary if before and before.rollout else None
    arrow = f"version {was.version} -> {now.version}"
    if _same(was, now):
        message = f"what the lock says of version {now.version} changed; its bytes are the same"
        yield Happening(Kind.LOCK, message, environment, version)
    elif tried is not None and _same(tried, now):
        message = f"{arrow}: the canary gets all traffic"
        yield Happening(Kind.CANARY_SERVED, message, environment, version)
    elif before and before.previous is not None and _same(before.previous, now):
        message = f"{arrow}: back to the version of before"
        yield Happening(Kind.ROLLBACK, message, environment, version)
    else:
        again = f"version {now.version} is other bytes now" if was.version == now.version else f"{arrow}, at once"
        yield Happening(Kind.SERVES, again, environment, version)


def _rollout(before: Lock | None, after: Lock, environment: str, gates: tuple[str, ...] | None) -> Iterator[Happening]:
    was, now = before.rollout if before else None, after.rollout
    if was == now:
        return
    if now is None:
        assert was is not None
        if after.model is None or not _same(was.canary, after.model):
            message = f"the canary, version {was.canary.version}, is taken back at {was.weight}"
            yield Happening(Kind.CANARY_TAKEN_BACK, message, environment)
        return
    version = version_of(now.canary, after, gates)
    if was is None or not _same(was.canary, now.canary):
        instead = f" instead of version {was.canary.version}" if was is not None else ""
        message = f"version {now.canary.version} gets {now.weight} as a canary{instead}"
        yield Happening(Kind.CANARY, message, environment, version)
    elif was.weight != now.weight:
        message = f"the canary, version {now.canary.version}: {was.weight} -> {now.weight}"
        yield Happening(Kind.CANARY_STEP, message, environment, version)


def _data(before: Lock | None, after: Lock, environment: str) -> Iterator[Happening]:
    was, now = before.data if before else {}, after.data
    for name in sorted({*was, *now}):
        if was.get(name) == now.get(name):
            continue
        message = f"the data of {name}: {now[name].digest}" if name in now else f"the data of {name} is not pinned"
        yield Happening(Kind.DATA, message, environment)


def _images(before: Lock | None, after: Lock, environment: str) -> Iterator[Happening]:
    was, now = before.images if before else {}, after.images
    for reference in sorted({*was, *now}):
        if was.get(reference) == now.get(reference):
            continue
        if reference not in now:
            yield Happening(Kind.IMAGE, f"the image {reference} is not locked", environment)
            continue
        tree = f", built from tree {now[reference].tree}" if now[reference].tree else ""
        yield Happening(Kind.IMAGE, f"the image {reference}: {now[reference].digest}{tree}", environment)


def _same(one: LockedModel, other: LockedModel) -> bool:
    return (one.version, one.digest) == (other.version, other.digest)
