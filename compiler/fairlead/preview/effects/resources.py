"""Effects that show in the resources alone: what is deleted or replaced, alerts, and what nothing else explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from fairlead.plan.draw.details import counted
from fairlead.preview.compare import Rules
from fairlead.preview.model import Change, Effect, ResourceChange, Severity
from fairlead.source.places import Place
from fairlead.spec.secrets import one_line

DESTRUCTIVE: Final = {
    "Namespace": "everything in it is deleted with it",
    "CustomResourceDefinition": "every resource of the kind is deleted with it",
    "PersistentVolume": "the data on it may be lost, by its reclaim policy",
    "PersistentVolumeClaim": "the data on it is lost, unless its volume is retained",
    "StatefulSet": "its Pods end",
    "Deployment": "its Pods end",
    "DaemonSet": "its Pods end",
    "Service": "its address answers no more",
    "InferenceService": "its endpoint answers no more",
    "LLMInferenceService": "its endpoint answers no more",
    "InferenceGraph": "its endpoint answers no more",
    "Gateway": "everything behind it is cut off",
    "HTTPRoute": "requests to its hosts fail",
    "VirtualService": "requests to its hosts go another way",
    "Ingress": "requests to its hosts fail",
    "EventBus": "events that are under way are lost",
    "Secret": "what reads it can't start",
    "Application": "what it has applied goes with it, where it has a finalizer",
    "ApplicationSet": "its applications go with it, and what they have applied",
    "Kustomization": "what it has applied goes with it, where it prunes",
    "Job": "it ends where it is",
}
"""What deleting a kind means."""
PROTECTIVE: Final = {
    "NetworkPolicy": "its Pods can be reached, and reach, more than before",
    "AuthorizationPolicy": "callers are no longer held to it",
    "PeerAuthentication": "requests may come unencrypted",
    "PodDisruptionBudget": "an upgrade of nodes may take all replicas at once",
    "ResourceQuota": "nothing limits the namespace any more",
    "LimitRange": "nothing limits Pods without limits any more",
}
"""What it means when something that protects is deleted."""


def removal_effects(
    environment: str | None, pipeline: str | None, found: Iterable[ResourceChange], *, whole: bool
) -> Iterator[Effect]:
    """What deleting and replacing means. `whole` says that the pipeline itself is gone or renamed, which is said."""
    for change in found:
        if change.kind is None:
            continue
        if change.change is Change.REMOVED:
            severity, kind, why = Severity.DESTROYS, "deleted", DESTRUCTIVE.get(change.kind)
            if why is None and change.kind in PROTECTIVE:
                severity, kind, why = Severity.RISK, "unprotected", PROTECTIVE[change.kind]
            if why is None or (whole and change.kind != "PersistentVolumeClaim"):
                continue
            yield _effect(severity, kind, f"{change.title} is deleted: {why}", environment, pipeline, change, gone=True)
        elif change.change is Change.REPLACED and not whole:
            fixed = [field.path for field in change.fields if field.replaces]
            if fixed:
                message = f"{change.title} is deleted and made anew, for {', '.join(fixed)} can't be changed"
                yield _effect(Severity.DESTROYS, "replaced", message, environment, pipeline, change)


def _effect(
    severity: Severity,
    kind: str,
    message: str,
    environment: str | None,
    pipeline: str | None,
    change: ResourceChange,
    *,
    gone: bool = False,
    place: Place | None = None,
) -> Effect:
    text = one_line(message)
    return Effect(severity, kind, text, environment, pipeline, change.node, place or change.place, gone)


def alert_effects(
    environment: str | None, pipeline: str | None, change: ResourceChange, rules: Rules
) -> Iterator[Effect]:
    """Alerts of a PrometheusRule that are new, gone or changed; recording rules only feed them and are not said."""
    was, now = _alerts(rules.before), _alerts(rules.after)
    gone = [name for name in was if name not in now]
    new = [name for name in now if name not in was]
    if gone:
        word = "alert" if len(gone) == 1 else "alerts"
        message = f"{word} {', '.join(gone)} removed"
        yield _effect(Severity.RISK, "alert", message, environment, pipeline, change, gone=True, place=rules.place)
    if new:
        word = "alert" if len(new) == 1 else "alerts"
        yield _effect(Severity.BEHAVIOUR, "alert", f"{word} {', '.join(new)} added", environment, pipeline, change)
    for name in was:
        if name in now and len(was[name]) != len(now[name]):
            message = f"alert {name} has {len(was[name])} -> {len(now[name])} rules"
            yield _effect(Severity.BEHAVIOUR, "alert", message, environment, pipeline, change)
        elif name in now and was[name] != now[name]:
            parts = [part for part in ("expr", "for", "labels") if _part(was[name], part) != _part(now[name], part)]
            words = {"expr": "its condition", "for": "how long it must hold", "labels": "its labels"}
            if parts:
                message = f"alert {name} changed: {', '.join(words[part] for part in parts)}"
                yield _effect(Severity.BEHAVIOUR, "alert", message, environment, pipeline, change)


def _part(rules: list[dict[str, Any]], part: str) -> list[Any]:
    return [rule.get(part) for rule in rules]


def _alerts(manifest: Any) -> dict[str, list[dict[str, Any]]]:
    """The rules of each alert; one name may have several, as page and ticket."""
    found: dict[str, list[dict[str, Any]]] = {}
    spec = manifest.get("spec") if isinstance(manifest, dict) else None
    for group in (spec or {}).get("groups") or []:
        for rule in group.get("rules") or []:
            if isinstance(rule, dict) and "alert" in rule:
                found.setdefault(str(rule["alert"]), []).append(rule)
    return found


def unexplained(
    environment: str | None, pipeline: str | None, found: Iterable[ResourceChange], *, shown: int = 3
) -> Iterator[Effect]:
    """What no rule has words for, in the words of the manifests: nothing that changes may stay unsaid."""
    for change in found:
        if change.explained or change.change is Change.REWRITTEN:
            continue
        if change.change in (Change.ADDED, Change.REMOVED):
            word = "new" if change.change is Change.ADDED else "gone"
            message = f"{change.title} is {word}"
        elif change.fields and change.kind is None:
            message = f"{change.title}: {counted(len(change.fields), 'value')} changed"
        elif change.fields:
            parts = [f"{each.path} {_said(each.before)} -> {_said(each.after)}" for each in change.fields[:shown]]
            more = len(change.fields) - shown
            message = f"{change.title}: {', '.join(parts)}" + (f" and {more} more" if more > 0 else "")
        elif change.change is Change.REPLACED:
            message = f"{change.title} is made anew under this name"
        else:
            message = f"{change.title}: {counted(_lines(change.diff), 'line')} of text changed"
        # A page is for people, as a model card is: nothing that runs reads it.
        severity = Severity.NOTICE if change.kind is None and change.path.endswith(".md") else Severity.BEHAVIOUR
        gone = change.change is Change.REMOVED
        yield _effect(severity, "resource", message, environment, pipeline, change, gone=gone)


def _said(text: str | None) -> str:
    if text is None:
        return "nothing"
    return text if len(text) <= 40 else f"{text[:39]}…"


def _lines(diff: str) -> int:
    lines = diff.splitlines()[2:]
    return sum(line.startswith(("+", "-")) for line in lines)
