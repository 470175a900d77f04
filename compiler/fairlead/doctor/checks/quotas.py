"""Whether the namespace's quotas leave room for each Pod."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fairlead.doctor.amounts import amount
from fairlead.doctor.codes import OVER_QUOTA
from fairlead.doctor.finding import By, Finding
from fairlead.doctor.pods import Pod, pods
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, mapping
from fairlead.source.diagnostics import Severity


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Pods of which a quota permits none, or none at present."""
    quotas = questions.all("v1", "ResourceQuota", scope.namespace)
    never: dict[str, list[By]] = {}
    later: dict[str, list[By]] = {}
    for pod in pods(scope.resources):
        for quota in quotas:
            spec = mapping(quota.get("spec"))
            scoped = bool(spec.get("scopes") or spec.get("scopeSelector"))
            name = str(quota["metadata"]["name"])
            for what, hard in mapping(spec.get("hard")).items():
                asked = _asked(pod, what)
                if asked is None:
                    continue
                used = at(quota, "status", "used", what) or 0
                if asked > amount(hard):
                    message = f"the quota {name} permits {hard} of {what}, and a Pod takes {asked.normalize():f}"
                    # Which Pods a scope is about, only the server knows.
                    (later if scoped else never).setdefault(message, []).append(pod.by)
                elif asked + amount(used) > amount(hard):
                    message = f"the quota {name} permits {hard} of {what}, and {used} are used: a Pod has no room now"
                    later.setdefault(message, []).append(pod.by)
    for message, whom in never.items():
        yield Finding(OVER_QUOTA, message, "raise the quota, or choose smaller hardware", tuple(whom))
    for message, whom in later.items():
        help_ = "raise the quota, or wait until something ends"
        yield Finding(OVER_QUOTA, message, help_, tuple(whom), severity=Severity.WARNING)


def _asked(pod: Pod, what: str) -> Decimal | None:
    """What a Pod takes of a quota; None for what Pods have nothing to do with, or this one takes nothing of."""
    if what in ("pods", "count/pods"):
        return Decimal(1)
    if what in ("cpu", "memory", "ephemeral-storage"):
        return pod.total("requests").get(what)
    kind, _, resource = what.partition(".")
    return pod.total(kind).get(resource) if kind in ("requests", "limits") else None
