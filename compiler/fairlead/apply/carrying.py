"""Carries a plan out: inventories first, so that nothing is ever lost; then wave by wave; deletion at the very end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from fairlead.apply.codes import NOT_HEALTHY
from fairlead.apply.inventory import Inventory, Owner, manifest
from fairlead.apply.plan import Step
from fairlead.apply.planning import Planned, Request
from fairlead.apply.trying import PROJECT, state
from fairlead.apply.waiting import TIMEOUT, Patience, wait
from fairlead.apply.wanted import Wanted, documents
from fairlead.apply.waves import waves
from fairlead.cluster import codes
from fairlead.cluster.failures import diagnostic, refused
from fairlead.cluster.kubectl import Failed, Kubectl, identity
from fairlead.output.desired import ResourceRef
from fairlead.preview.model import Change
from fairlead.resources.order import rank
from fairlead.resources.resource import Identity
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place


def carry_out(
    kubectl: Kubectl, request: Request, planned: Planned, patience: Patience, tell: Callable[[str], None]
) -> None:
    """Makes the cluster what was planned. Raises Refused where it can't go on; another apply then goes on from there.

    What an interrupted apply has made is in an inventory before it is made, and what it has not deleted is in one until
    it is deleted.
    """
    uids = {about: str(each["metadata"].get("uid", "")) for about, each in planned.live.items()}
    inventories = {each.owner: each for each in planned.inventories}
    inventories = _record(kubectl, request, inventories, _beginning(request, inventories, uids))
    groups = waves(request.wanted)
    for number, wave in enumerate(groups, 1):
        tell(f"wave {number} of {len(groups)}: {_counted(wave)}")
        try:
            _make_room(kubectl, wave, planned, patience, tell)
            applied = kubectl.apply(documents(wave), force=request.force)
            uids |= {identity(each): str(each["metadata"].get("uid", "")) for each in applied}
            wait(kubectl, wave, patience, tell)
        except Failed as error:
            raise refused(error, Place.start_of(wave[0].path), f"in wave {number} of {len(groups)}") from error
    _prune(kubectl, planned.plan.of(Change.REMOVED), tell)
    _record(kubectl, request, inventories, _end(request, inventories, uids))


def _make_room(
    kubectl: Kubectl, wave: Iterable[Wanted], planned: Planned, patience: Patience, tell: Callable[[str], None]
) -> None:
    """Deletes those of a wave that can only be made anew, and waits until they are gone."""
    replaced = {step.ref: step for step in planned.plan.steps if step.replaced}
    steps = [replaced[each.ref] for each in wave if each.ref in replaced]
    if not steps:
        return
    _delete(kubectl, steps, tell, "nothing of this wave was applied; plan again and look at it")
    # Who waits for nothing waits for this all the same: what is still there can't be made anew.
    timeout = patience.timeout if patience.timeout is not None else TIMEOUT
    started = patience.clock()
    while left := kubectl.get(step.ref for step in steps):
        if patience.clock() - started >= timeout:
            names = ", ".join(str(identity(each)) for each in left)
            message = f"{names} was deleted to be made anew, and is not gone after {timeout:g} s"
            raise Refused([Diagnostic(NOT_HEALTHY, PROJECT, message, "see which finalizer holds it, and apply again")])
        patience.sleep(patience.interval)


def _owner(request: Request, part: str) -> Owner:
    return Owner(request.project, request.environment, part)


def _by_part(request: Request, uids: Mapping[Identity, str]) -> dict[Owner, dict[ResourceRef, str]]:
    wanted: dict[Owner, dict[ResourceRef, str]] = {}
    for each in request.wanted:
        wanted.setdefault(_owner(request, each.part), {})[each.ref] = uids.get(each.ref.identity, "")
    return wanted


def _beginning(
    request: Request, before: Mapping[Owner, Inventory], uids: Mapping[Identity, str]
) -> dict[Owner, dict[ResourceRef, str]]:
    """What inventories list while it is applied: what was there, and what will be."""
    wanted = _by_part(request, uids)
    return {
        owner: {**(before[owner].entries if owner in before else {}), **wanted.get(owner, {})}
        for owner in {**before, **wanted}
    }


def _end(
    request: Request, before: Mapping[Owner, Inventory], uids: Mapping[Identity, str]
) -> dict[Owner, dict[ResourceRef, str]]:
    wanted = _by_part(request, uids)
    return {owner: wanted.get(owner, {}) for owner in {**before, **wanted}}


def _record(
    kubectl: Kubectl,
    request: Request,
    before: Mapping[Owner, Inventory],
    after: Mapping[Owner, Mapping[ResourceRef, str]],
) -> dict[Owner, Inventory]:
    """Writes the inventories that are not as they should be, each only in the state in which it was read."""
    written: dict[Owner, Inventory] = {}
    for owner in sorted(after):
        old, entries = before.get(owner), dict(after[owner])
        if old is not None and dict(old.entries) == entries:
            written[owner] = old
            continue
        new = Inventory(owner, entries, old.resource_version if old else None, old.uid if old else "")
        try:
            if old is not None and not entries:
                ref = ResourceRef("v1", "ConfigMap", request.namespace, owner.name)
                kubectl.delete(ref, old.uid, old.resource_version)
                continue
            content = manifest(new, request.namespace, request.commit)
            (made,) = kubectl.create(content) if old is None else kubectl.replace(content)
        except Failed as error:
            raise refused(error, PROJECT, f"the inventory of {owner}") from error
        metadata = made["metadata"]
        written[owner] = replace(new, resource_version=str(metadata["resourceVersion"]), uid=str(metadata["uid"]))
    return written


def _prune(kubectl: Kubectl, steps: Iterable[Step], tell: Callable[[str], None]) -> None:
    """Deletes what was planned to be, and only in the state in which it was then."""
    _delete(kubectl, steps, tell, "everything else was applied; plan again and look at it")


def _delete(kubectl: Kubectl, steps: Iterable[Step], tell: Callable[[str], None], help_: str) -> None:
    last_first = sorted(steps, key=lambda step: rank(step.ref.identity), reverse=True)
    try:
        there = {identity(each): each for each in kubectl.get(step.ref for step in last_first)}
    except Failed as error:
        raise refused(error, PROJECT, "before deleting") from error
    changed = [
        step
        for step in last_first
        if (found := there.get(step.ref.identity)) is not None
        and (found["metadata"].get("uid"), state(found)) != (step.uid, step.state)
    ]
    if changed:
        raise Refused([_stale(step, help_) for step in changed])
    for step in last_first:
        if step.ref.identity not in there:
            continue
        # The generation was compared above. Where there is none, the server compares, at the very moment.
        _, _, version = step.state.partition("resourceVersion ")
        try:
            kubectl.delete(step.ref, step.uid, version or None)
        except Failed as error:
            if "(NotFound)" in error.said:
                continue
            said = diagnostic(error, PROJECT, str(step.ref.identity))
            raise Refused([_stale(step, help_) if said.code is codes.STALE else said]) from error
        tell(f"deleted {step.ref.identity}")


def _stale(step: Step, help_: str) -> Diagnostic:
    message = f"{step.ref.identity} has changed since it was planned to delete it, and is still there"
    return Diagnostic(codes.STALE, PROJECT, message, help_)


def _counted(wave: list[Wanted]) -> str:
    kinds: dict[str, int] = {}
    for each in wave:
        kinds[each.ref.kind] = kinds.get(each.ref.kind, 0) + 1
    return ", ".join(kind if count == 1 else f"{count} {kind}" for kind, count in kinds.items())
