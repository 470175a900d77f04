"""Following a run: its steps as they begin and end, and how the whole has ended."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fairlead.cluster.failures import diagnostic
from fairlead.cluster.kubectl import Failed, Kubectl
from fairlead.output.desired import ResourceRef
from fairlead.plan import contract
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.spec.secrets import masked
from fairlead.trigger import codes
from fairlead.trigger.objections import FINAL, follow
from fairlead.trigger.start import API

STEPS: Final = ("Pod", "Retry", "Skipped", "Suspend")
"""The kinds of node that are steps; the others hold some together. What is tried again has a `Retry` around Pods."""
ENDED: Final = ("Failed", "Error")
_ATTEMPT: Final = re.compile(r"\(\d+\)$")
"""How an attempt's name ends, as `train(0)`; one of several beside each other ends in its item, as `trial(0:…)`."""
VERDICTS: Final = {
    contract.REFUSED: "the gate refused the model",
    contract.BAD_DATA: "data is not as its contract says",
}
"""What exit codes of steps mean, which are then those of the command."""
PATIENCE: Final = 5
"""How often in a row the cluster may fail to answer."""


@dataclass(frozen=True)
class Watch:
    """How a run is followed; times are in seconds. A timeout of None waits for ever."""

    timeout: float | None = None
    interval: float = 5.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Ended:
    """How a run has ended. `exit_code` is that of the command."""

    phase: str
    exit_code: int
    reason: str = ""


def wait_for(
    kubectl: Kubectl, namespace: str, name: str, watch: Watch, tell: Callable[[str], None], place: Place
) -> Ended:
    """Returns when a run has ended. Raises Refused where it can't be followed to its end."""
    ref = ResourceRef(API, "Workflow", namespace, name)
    started, failures = watch.clock(), 0
    said: dict[str, str] = {}
    while True:
        try:
            found = kubectl.get([ref])
            failures = 0
        except Failed as error:
            failures += 1
            if failures >= PATIENCE or error.is_missing:
                raise _lost(namespace, name, place, diagnostic(error, place).message) from error
            found = None
        if found == []:
            raise _lost(namespace, name, place, "it was deleted")
        if found:
            status = found[0].get("status") or {}
            nodes = nodes_of(status)
            for line in _news(nodes, said):
                tell(line)
            if status.get("phase") in FINAL:
                return ended(status, nodes)
        if watch.timeout is not None and watch.clock() - started >= watch.timeout:
            raise _lost(namespace, name, place, f"it has not ended after {watch.timeout:g} s")
        watch.sleep(watch.interval)


def nodes_of(status: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """A run's nodes; none where Argo keeps them elsewhere. Those of a large run are compressed."""
    nodes = status.get("nodes")
    packed = status.get("compressedNodes")
    if not nodes and isinstance(packed, str):
        try:
            nodes = json.loads(gzip.decompress(base64.b64decode(packed)))
        except (OSError, EOFError, ValueError, binascii.Error, zlib.error):
            return {}
    listed = nodes if isinstance(nodes, Mapping) else {}
    return {str(key): each for key, each in listed.items() if isinstance(each, Mapping)}


def ended(status: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> Ended:
    """How a run that has ended did."""
    phase = str(status.get("phase"))
    if phase == "Succeeded":
        return Ended(phase, 0)
    failed = [each for each in nodes.values() if each.get("phase") in ENDED and each.get("type") in STEPS]
    exits = {str((each.get("outputs") or {}).get("exitCode")) for each in failed}
    reasons = dict.fromkeys(_line(each) for each in failed if not _is_attempt(each))
    reason = "; ".join(reasons) or str(status.get("message") or "")
    for code, verdict in VERDICTS.items():
        if str(code) in exits:
            return Ended(phase, code, f"{verdict} ({reason})" if reason else verdict)
    return Ended(phase, 1, reason)


def failure(found: Ended, namespace: str, name: str, place: Place) -> Diagnostic:
    """What to say of a run that did not succeed."""
    reason = f": {masked(found.reason)}" if found.reason else ""
    help_ = f"`argo --namespace {namespace} logs {name}` has what its steps wrote"
    return Diagnostic(codes.RUN_FAILED, place, f"the run {name} ended as {found.phase}{reason}", help_)


def _news(nodes: Mapping[str, Mapping[str, Any]], said: dict[str, str]) -> Iterator[str]:
    """What has happened since the last time, in the order in which steps began."""
    for key, each in sorted(nodes.items(), key=lambda item: str(item[1].get("startedAt") or "~")):
        phase = str(each.get("phase") or "Pending")
        if each.get("type") not in STEPS or said.get(key) == phase:
            continue
        said[key] = phase
        # Of attempts, only those that fail are worth a line.
        if phase != "Pending" and (not _is_attempt(each) or phase in ENDED):
            yield _line(each)


def _is_attempt(node: Mapping[str, Any]) -> bool:
    return _ATTEMPT.search(str(node.get("displayName"))) is not None


def _line(node: Mapping[str, Any]) -> str:
    message = " ".join(str(node.get("message") or "").split())
    return f"{node.get('displayName')}: {node.get('phase')}" + (f", {message}" if message else "")


def _lost(namespace: str, name: str, place: Place, why: str) -> Refused:
    help_ = f"follow it: `{follow(namespace, name)}`"
    return Refused([Diagnostic(codes.LOST, place, f"the run {name} was started and is not followed: {why}", help_)])
