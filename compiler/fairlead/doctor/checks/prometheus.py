"""Whether the Prometheus operator reads the rules, monitors and receivers that are written.

What selectors mean is the operator's: no selector selects nothing, an empty one everything; without a selector of
namespaces, only the namespace of the Prometheus itself counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fairlead.cluster.kubectl import Object
from fairlead.doctor.codes import HIDDEN_METRICS, NOT_SELECTED
from fairlead.doctor.finding import By, Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, mapping, selects

GROUP: Final = "monitoring.coreos.com"


class Reader(NamedTuple):
    """Who reads objects of a kind, and by which of its fields."""

    version: str
    kind: str
    selector: str
    namespaces: str


READERS: Final[Mapping[str, Sequence[Reader]]] = {
    "PrometheusRule": (
        Reader(f"{GROUP}/v1", "Prometheus", "ruleSelector", "ruleNamespaceSelector"),
        Reader(f"{GROUP}/v1", "ThanosRuler", "ruleSelector", "ruleNamespaceSelector"),
    ),
    "PodMonitor": (
        Reader(f"{GROUP}/v1", "Prometheus", "podMonitorSelector", "podMonitorNamespaceSelector"),
        Reader(f"{GROUP}/v1alpha1", "PrometheusAgent", "podMonitorSelector", "podMonitorNamespaceSelector"),
    ),
    "ServiceMonitor": (
        Reader(f"{GROUP}/v1", "Prometheus", "serviceMonitorSelector", "serviceMonitorNamespaceSelector"),
        Reader(f"{GROUP}/v1alpha1", "PrometheusAgent", "serviceMonitorSelector", "serviceMonitorNamespaceSelector"),
    ),
    "AlertmanagerConfig": (
        Reader(f"{GROUP}/v1", "Alertmanager", "alertmanagerConfigSelector", "alertmanagerConfigNamespaceSelector"),
    ),
}


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What nobody reads, and rules that could not see what they are about."""
    for kind, readers in READERS.items():
        resources = list(scope.of(kind))
        if not resources or not any(questions.serves(str(each.manifest["apiVersion"]), kind) for each in resources):
            continue
        objects = [(reader, each) for reader in readers for each in questions.all(reader.version, reader.kind)]
        own = _labels_of_namespace(scope, questions)
        missing: list[By] = []
        for resource in resources:
            labels = mapping(at(resource.manifest, "metadata", "labels"))
            if not any(_reads(reader, each, labels, scope.namespace, own) for reader, each in objects):
                missing.append(by(resource))
        if missing:
            yield Finding(NOT_SELECTED, _said(kind, objects), _help(scope, objects), tuple(missing))
        if kind == "PrometheusRule":
            yield from _hidden(scope, objects)


def _labels_of_namespace(scope: Scope, questions: Questions) -> Mapping[str, str]:
    found = questions.get("v1", "Namespace", "", scope.namespace)
    labels: Mapping[str, str] = mapping(at(found, "metadata", "labels"))
    return {"kubernetes.io/metadata.name": scope.namespace, **labels}


def _reads(
    reader: Reader, found: Object, labels: Mapping[str, str], namespace: str, of_namespace: Mapping[str, str]
) -> bool:
    spec = mapping(found.get("spec"))
    if not selects(spec.get(reader.selector), labels):
        return False
    if reader.namespaces not in spec:
        return bool(at(found, "metadata", "namespace") == namespace)
    return selects(spec[reader.namespaces], of_namespace)


def _said(kind: str, objects: Sequence[tuple[Reader, Object]]) -> str:
    if not objects:
        readers = " or ".join(dict.fromkeys(reader.kind for reader in READERS[kind]))
        return f"there is no {readers} that could read a {kind}"
    reader, first = objects[0]
    spec = mapping(first.get("spec"))
    name, namespace = at(first, "metadata", "name"), at(first, "metadata", "namespace")
    more = f", nor do {len(objects) - 1} others" if len(objects) > 1 else ""
    selector = _shown(spec.get(reader.selector), "nothing")
    where = _shown(spec.get(reader.namespaces), f"namespace {namespace} alone")
    return (
        f"{reader.kind} {name} in {namespace} does not read this {kind}{more}:"
        f" `{reader.selector}` selects {selector}, and `{reader.namespaces}` {where}"
    )


def _shown(selector: Any, without: str) -> str:
    if not isinstance(selector, Mapping):
        return without
    labels = mapping(selector.get("matchLabels"))
    parts = [f"{key}={value}" for key, value in labels.items()]
    for each in selector.get("matchExpressions") or ():
        values = f" ({', '.join(map(str, at(each, 'values') or ()))})" if at(each, "values") else ""
        parts.append(f"{at(each, 'key')} {at(each, 'operator')}{values}")
    return " and ".join(parts) or "everything"


def _help(scope: Scope, objects: Sequence[tuple[Reader, Object]]) -> str:
    if not objects:
        return "make one, or have Prometheus read the plain rules that lie beside these"
    reader, first = objects[0]
    spec = mapping(first.get("spec"))
    own = mapping(at(spec, reader.selector, "matchLabels"))
    if own:
        key, value = next(iter(own.items()))
        return f"add the label to the specifications: `metadata: {{labels: {{{key}: {value}}}}}`, or widen the selector"
    return f"widen the selectors, or label the namespace {scope.namespace} for them"


def _hidden(scope: Scope, objects: Sequence[tuple[Reader, Object]]) -> Iterator[Finding]:
    if not any(True for _ in scope.of("WorkflowTemplate")):
        return
    for reader, found in objects:
        label = at(found, "spec", "enforcedNamespaceLabel")
        if reader.kind == "Prometheus" and isinstance(label, str) and label:
            name, namespace = at(found, "metadata", "name"), at(found, "metadata", "namespace")
            message = (
                f"Prometheus {name} in {namespace} sets `{label}` to a rule's namespace in its expressions, and the"
                f" metrics of workflows carry that of Argo's controller"
            )
            help_ = "exclude these rules from the enforcement (`excludedFromEnforcement`)"
            yield Finding(HIDDEN_METRICS, message, help_, scope.by("WorkflowTemplate"))
