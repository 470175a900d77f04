"""Whether what the output refers to by name, and does not bring, is in the cluster: with the keys that are needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.doctor.codes import MISSING, MISSING_KEY
from fairlead.doctor.finding import Finding, by, unknown
from fairlead.doctor.questions import Questions, Unanswered
from fairlead.doctor.references import Reference, Referred, references
from fairlead.doctor.scope import Scope, at, mapping
from fairlead.source.diagnostics import Severity

CREATE: Final = {
    "ServiceAccount": "kubectl --namespace {namespace} create serviceaccount {name}",
    "ConfigMap": "kubectl --namespace {namespace} create configmap {name} …",
    "Secret": "kubectl --namespace {namespace} create secret generic {name} …",
}
"""How some kinds are made by hand."""
DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"
"""The annotation of the class that volumes have where none is named."""


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What is not there."""
    yield from not_there(references(iter(scope.resources), scope.namespace), questions)
    yield from _no_default(scope, questions)


def _no_default(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Volumes of no class that is named, in a cluster without a default one: they would wait for ever."""
    whom = tuple(
        by(each, ("spec", "jetstream", "persistence"))
        for each in scope.of("EventBus")
        if (persistence := at(each.manifest, "spec", "jetstream", "persistence"))
        and not at(persistence, "storageClassName")
    )
    if not whom:
        return
    try:
        classes = questions.all("storage.k8s.io/v1", "StorageClass")
    except Unanswered as error:
        yield unknown("whether there is a default StorageClass", str(error), whom)
        return
    if not any(at(each, "metadata", "annotations", DEFAULT) == "true" for each in classes):
        help_ = f"annotate one with `{DEFAULT}: true`, or name one by a patch"
        yield Finding(MISSING, "there is no default StorageClass", help_, whom)


def not_there(found: list[Reference], questions: Questions, severity: Severity | None = None) -> Iterator[Finding]:
    """Those of some references that lead nowhere, and keys that are not in what they lead to."""
    secrets: dict[str, list[str]] = {}
    for reference in found:
        if reference.to.kind == "Secret":
            secrets.setdefault(reference.to.namespace, []).append(reference.to.name)
    for namespace, names in secrets.items():
        questions.look_at_secrets(namespace, names)
    for reference in sorted(found, key=lambda each: each.to):
        try:
            yield from _one(reference, questions, severity)
        except Unanswered as error:
            yield unknown(f"whether there is {_a(reference.to)}", str(error), tuple(reference.by))


def _one(reference: Reference, questions: Questions, severity: Severity | None) -> Iterator[Finding]:
    to = reference.to
    keys = _keys(to, questions)
    if keys is None:
        form = CREATE.get(to.kind)
        command = form.format(namespace=to.namespace, name=to.name) if form else ""
        help_ = f"make it: `{command}`" if command else "make it, or correct the name in the specification"
        yield Finding(MISSING, f"there is no {to}", help_, tuple(reference.by), severity=severity)
        return
    for key, whom in reference.keys.items():
        if key not in keys:
            has = ", ".join(sorted(keys)) or "none"
            yield Finding(MISSING_KEY, f"{to} has no key `{key}`", f"its keys: {has}", tuple(whom), severity=severity)


def _keys(to: Referred, questions: Questions) -> frozenset[str] | None:
    """The keys of what is referred to, none for what has no such thing; None where it is not there."""
    if to.kind == "Secret":
        return questions.secret_keys(to.namespace, to.name)
    versions = [to.api_version]
    group = to.api_version.rpartition("/")[0]
    if group:
        # Whoever installs a platform chooses the version; a name is a name in all of them.
        versions += [each for each in questions.versions(group) if each != to.api_version]
    found = next((each for version in versions if (each := questions.get(version, *to[1:]))), None)
    if found is None and to.kind == "ServingRuntime":
        found = questions.get(to.api_version, "ClusterServingRuntime", "", to.name)
    if found is None:
        return None
    return frozenset({**mapping(found.get("data")), **mapping(found.get("binaryData"))})


def _a(to: Referred) -> str:
    return f"{'an' if to.kind[0] in 'AEIO' else 'a'} {to}"
