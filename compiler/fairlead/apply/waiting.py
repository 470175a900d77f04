"""Waiting until what was applied is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fairlead.apply import codes
from fairlead.apply.health import Health, health
from fairlead.apply.wanted import Wanted
from fairlead.cluster.kubectl import Kubectl, identity
from fairlead.resources.resource import Identity
from fairlead.source.diagnostics import Diagnostic, Refused, in_order
from fairlead.source.places import Place
from fairlead.spec.secrets import masked

GRACE: Final = 30.0
"""Seconds for which a failure has to be reported: one of before the change may still be there when it was applied."""
TIMEOUT: Final = 600.0
"""Seconds for which a wave is waited for where nobody says anything else."""
NOT_THERE: Final = Health(ready=False, reason="it is not there any more")


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, for each wave. A timeout of None waits for nothing."""

    timeout: float | None = TIMEOUT
    interval: float = 3.0
    grace: float = GRACE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def wait(kubectl: Kubectl, wave: Sequence[Wanted], patience: Patience, tell: Callable[[str], None]) -> None:
    """Returns when all of a wave is ready. Raises Refused with what has failed or took too long, and Failed."""
    if patience.timeout is None:
        return
    started = patience.clock()
    failing: dict[Identity, float] = {}
    last = ""
    while True:
        found = {identity(each): health(each) for each in kubectl.get(each.ref for each in wave)}
        waiting = {each: found.get(each.ref.identity, NOT_THERE) for each in wave}
        waiting = {each: state for each, state in waiting.items() if not state.ready}
        if not waiting:
            return
        now = patience.clock()
        for each, state in waiting.items():
            if state.failed:
                failing.setdefault(each.ref.identity, now)
            else:
                failing.pop(each.ref.identity, None)
        failed = {each: state for each, state in waiting.items() if _is_final(each, failing, now, patience)}
        if failed:
            raise _refused(failed, "has failed")
        if now - started >= patience.timeout:
            raise _refused(waiting, f"is not ready after {patience.timeout:g} s")
        said = "; ".join(f"{each.ref.identity}: {state.reason}" for each, state in list(waiting.items())[:3])
        if said != last:
            more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
            tell(f"waiting for {said}{more}")
            last = said
        patience.sleep(min(patience.interval, patience.timeout))


def _is_final(each: Wanted, failing: Mapping[Identity, float], now: float, patience: Patience) -> bool:
    since = failing.get(each.ref.identity)
    return since is not None and now - since >= patience.grace


def _refused(waiting: Mapping[Wanted, Health], what: str) -> Refused:
    found = []
    for each, state in waiting.items():
        ref = each.ref
        message = f"{ref.identity} {what}: {' '.join(masked(state.reason).split())}"
        where = f" --namespace {ref.namespace}" if ref.namespace else ""
        help_ = f"`kubectl{where} describe {ref.kind.lower()} {ref.name}` says more; later waves were not applied"
        found.append(Diagnostic(codes.NOT_HEALTHY, Place.start_of(each.path), message, help_))
    return Refused(in_order(found))
