"""What resources refer to by name, as Kubernetes, Argo, KServe and the others spell it.

A Secret, for instance, is named under `secretKeyRef`, `envFrom[].secretRef`, a volume's `secret.secretName`, Argo's
`accessKeySecret`, the operator's `credentials`. The words are matched wherever they stand, so that what a patch adds
is seen too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fairlead.doctor.finding import By, by
from fairlead.doctor.scope import at, mapping, sequence
from fairlead.resources.resource import Resource
from fairlead.source.nodes import Path

TEMPLATE: Final = "{{"
"""What starts a value that is only known when a workflow runs."""
QUEUE: Final = "kueue.x-k8s.io/queue-name"
"""The label, or Argo's Pod label, by which Kueue knows the queue."""


class Referred(NamedTuple):
    """Something that is referred to; `namespace` is empty for what belongs to the cluster."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" in {self.namespace}" if self.namespace else "")


@dataclass
class Reference:
    """What is referred to, from where, and which of its keys are needed by what."""

    to: Referred
    by: list[By] = field(default_factory=list)
    keys: dict[str, list[By]] = field(default_factory=dict)


_NAMED: Final = {
    "serviceAccountName": ("v1", "ServiceAccount", True),
    "storageClassName": ("storage.k8s.io/v1", "StorageClass", False),
    "priorityClassName": ("scheduling.k8s.io/v1", "PriorityClass", False),
    "podPriorityClassName": ("scheduling.k8s.io/v1", "PriorityClass", False),
    "runtimeClassName": ("node.k8s.io/v1", "RuntimeClass", False),
    "claimName": ("v1", "PersistentVolumeClaim", True),
    "secretName": ("v1", "Secret", True),
    QUEUE: ("kueue.x-k8s.io/v1beta1", "LocalQueue", True),
}
"""Keys whose value is a name: of what, and whether that is in a namespace."""


def references(resources: Iterator[Resource], namespace: str) -> list[Reference]:
    """What some resources refer to and do not bring themselves, each once."""
    listed = list(resources)
    own = {(each.identity.kind, each.identity.name) for each in listed}
    found: dict[Referred, Reference] = {}
    for resource in listed:
        where = resource.identity.namespace or namespace
        for path, to, keys in _in(resource.manifest, (), where):
            if TEMPLATE in to.name or (to.kind, to.name) in own:
                continue
            reference = found.setdefault(to, Reference(to))
            needed = by(resource, path)
            reference.by.append(needed)
            for key in keys:
                reference.keys.setdefault(key, []).append(needed)
    return list(found.values())


def _in(value: Any, path: Path, namespace: str) -> Iterator[tuple[Path, Referred, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = (*path, str(key))
            yield from _named(str(key), inner, value, here, namespace)
            yield from _in(inner, here, namespace)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _in(item, (*path, position), namespace)
    elif isinstance(value, str) and value.startswith("{") and path and path[-1] in ("manifest", "artifact-repository"):
        # A resource that Argo creates, or its configuration, which is text in the text. The target writes JSON, which
        # is YAML as well.
        try:
            inner = json.loads(value)
        except ValueError:
            return  # somebody's own text, with templates in it
        yield from ((path, to, keys) for _, to, keys in _in(inner, (), namespace))


def _named(
    key: str, inner: Any, around: Mapping[str, Any], path: Path, namespace: str
) -> Iterator[tuple[Path, Referred, tuple[str, ...]]]:
    if key in _NAMED and isinstance(inner, str) and inner:
        version, kind, namespaced = _NAMED[key]
        if kind == "ServiceAccount" and inner == "default":
            return  # every namespace has it
        if not around.get("optional"):
            yield path, Referred(version, kind, namespace if namespaced else "", inner), _items(around)
    elif key in ("imagePullSecrets", "secrets"):
        for each in sequence(inner):
            if isinstance(name := at(each, "name"), str):
                yield path, Referred("v1", "Secret", namespace, name), ()
    elif key == "configMap" and isinstance(inner, str):  # Argo's artifactRepositoryRef
        yield path, Referred("v1", "ConfigMap", namespace, inner), _key(around)
    elif key == "storageUri" and isinstance(inner, str) and inner.startswith("pvc://"):
        claim = inner.removeprefix("pvc://").partition("/")[0]
        yield path, Referred("v1", "PersistentVolumeClaim", namespace, claim), ()
    elif key in ("runtimeRef", "runtime", "roleRef"):
        yield from _platforms(key, inner, path, namespace)
    elif isinstance(inner, Mapping) and isinstance(name := inner.get("name"), str) and not inner.get("optional"):
        holder = _kind_of(key, inner, path)
        if holder:
            yield path, Referred("v1", holder, namespace, name), (*_key(inner), *_items(inner))


def _kind_of(key: str, inner: Mapping[str, Any], path: Path) -> str | None:
    """Whether a mapping with a name is about a Secret or a ConfigMap."""
    word = key.lower()
    if "configmap" in word:
        # What Argo memoizes in is made by Argo.
        return None if len(path) > 1 and path[-2] == "cache" else "ConfigMap"
    if word in ("secretkeyref", "secretref", "secret") or (
        "key" in inner and ("secret" in word or word == "credentials")
    ):
        return "Secret"
    return None


def _platforms(key: str, inner: Any, path: Path, namespace: str) -> Iterator[tuple[Path, Referred, tuple[str, ...]]]:
    name = inner if isinstance(inner, str) else at(inner, "name")
    kind = at(inner, "kind")
    if not isinstance(name, str):
        return
    if key == "runtime" and path[0] == "spec" and isinstance(inner, str) and "model" in path:
        yield path, Referred("serving.kserve.io/v1alpha1", "ServingRuntime", namespace, name), ()
    elif key == "runtimeRef" and kind in ("ClusterTrainingRuntime", "TrainingRuntime"):
        where = namespace if kind == "TrainingRuntime" else ""
        yield path, Referred("trainer.kubeflow.org/v1alpha1", str(kind), where, name), ()
    elif key == "roleRef" and kind in ("ClusterRole", "Role"):
        where = namespace if kind == "Role" else ""
        yield path, Referred("rbac.authorization.k8s.io/v1", str(kind), where, name), ()


def _key(value: Mapping[str, Any]) -> tuple[str, ...]:
    key = value.get("key")
    return (key,) if isinstance(key, str) and TEMPLATE not in key else ()


def _items(value: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["key"]) for each in sequence(value.get("items")) if "key" in mapping(each))
