"""Whether some node could hold each Pod, if it were empty: its labels, its taints, and what it has to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from fairlead.cluster.kubectl import Object
from fairlead.doctor.amounts import amount
from fairlead.doctor.codes import NO_NODE
from fairlead.doctor.finding import By, Finding
from fairlead.doctor.pods import Pod, pods
from fairlead.doctor.questions import Questions, Unanswered
from fairlead.doctor.scope import Scope, at, mapping, sequence
from fairlead.source.diagnostics import Severity

_PASSING = "node.kubernetes.io/"
"""What starts the taints that come and go with a node's conditions, as `not-ready` does."""


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Pods that no node could hold; those that ask for the same are one finding."""
    nodes = [each for each in questions.all("v1", "Node") if not at(each, "spec", "unschedulable")]
    reasons: dict[str, list[By]] = {}
    for pod in pods(scope.resources):
        if reason := why_not(pod, nodes):
            reasons.setdefault(reason, []).append(pod.by)
    if not reasons:
        return
    adds = _adds_nodes(questions)
    help_ = "correct the profile in `hardware`, or add such nodes"
    if adds:
        help_ = f"{adds} may add such a node: see that one of its kinds of node is like that"
    for reason, whom in reasons.items():
        yield Finding(NO_NODE, reason, help_, tuple(whom), severity=Severity.WARNING if adds else None)


def why_not(pod: Pod, nodes: list[Object]) -> str:
    """Why none of some nodes could hold a Pod; empty where one could."""
    if not nodes:
        return "the cluster has no node that takes Pods"
    wanted = mapping(pod.spec.get("nodeSelector"))
    left = [each for each in nodes if _has(each, wanted)]
    if not left:
        labels = ", ".join(f"{key}={value}" for key, value in wanted.items())
        return f"none of {len(nodes)} nodes has the labels {labels}"
    tolerated = [each for each in left if not _untolerated(each, sequence(pod.spec.get("tolerations")))]
    if not tolerated:
        taint = _untolerated(left[0], sequence(pod.spec.get("tolerations")))
        return f"{_with(len(left), wanted)} takes the Pod: it does not tolerate {taint} of {_name(left[0])}"
    requests = pod.total("requests")
    if any(not _short(each, requests) for each in tolerated):
        return ""
    name, most = _closest(tolerated, requests)
    has = at(most, "status", "allocatable", name) or "none"
    asked = f"the Pod requests {_shown(name, requests[name])} of {name}, and {_name(most)} has {has}"
    return f"{_with(len(tolerated), wanted)} has enough to give: {asked}"


def _has(node: Object, wanted: Mapping[str, Any]) -> bool:
    labels = mapping(at(node, "metadata", "labels"))
    return all(labels.get(key) == value for key, value in wanted.items())


def _untolerated(node: Object, tolerations: Any) -> str:
    """A taint that keeps Pods away and is not tolerated; empty where there is none."""
    for taint in sequence(at(node, "spec", "taints")):
        if str(at(taint, "key")).startswith(_PASSING):
            continue
        if at(taint, "effect") in ("NoSchedule", "NoExecute") and not any(
            _tolerates(mapping(each), mapping(taint)) for each in tolerations
        ):
            value = at(taint, "value")
            return f"{at(taint, 'key')}{f'={value}' if value else ''}:{at(taint, 'effect')}"
    return ""


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint.get("key"))
    return toleration.get("key") == taint.get("key") and toleration.get("value", "") == taint.get("value", "")


def _short(node: Object, requests: Mapping[str, Decimal]) -> list[str]:
    """What a node has too little of."""
    allocatable = mapping(at(node, "status", "allocatable"))
    return [name for name, value in requests.items() if amount(allocatable.get(name, 0)) < value]


def _closest(nodes: list[Object], requests: Mapping[str, Decimal]) -> tuple[str, Object]:
    """The node that has too little of the fewest things, and one of these, of which it has the most."""
    best = min(nodes, key=lambda each: len(_short(each, requests)))
    name = _short(best, requests)[0]
    like = [each for each in nodes if len(_short(each, requests)) == len(_short(best, requests))]
    most = max(
        (each for each in like if name in _short(each, requests)),
        key=lambda each: amount(mapping(at(each, "status", "allocatable")).get(name, 0)),
    )
    return name, most


def _with(count: int, wanted: Mapping[str, Any]) -> str:
    nodes = f"none of {count} nodes" if count > 1 else "not even the only node"
    nodes += " with the labels that are asked for" if wanted else ""
    return nodes


def _name(node: Object) -> str:
    return str(at(node, "metadata", "name"))


def _shown(name: str, value: Decimal) -> str:
    if name in ("memory", "ephemeral-storage"):
        return f"{(value / 1024**3).quantize(Decimal('0.1')).normalize():f}Gi"
    return f"{value.normalize():f}"


def _adds_nodes(questions: Questions) -> str:
    """What adds nodes to the cluster; empty where nothing is known to."""
    try:
        if any(questions.serves(each, "NodePool") for each in questions.versions("karpenter.sh")):
            return "Karpenter"
        if questions.get("v1", "ConfigMap", "kube-system", "cluster-autoscaler-status"):
            return "the cluster autoscaler"
    except Unanswered:
        return "an autoscaler, which this account may not look for,"
    return ""
