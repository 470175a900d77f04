"""The Pods that come of resources: what each asks of a node, and how it would look to admission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from fairlead.doctor.amounts import amount
from fairlead.doctor.finding import By, by
from fairlead.doctor.scope import at, mapping, sequence
from fairlead.resources.resource import Resource
from fairlead.source.nodes import Path

COMPONENTS: Final = ("predictor", "transformer", "explainer")
"""The parts of an InferenceService, each with Pods of its own."""
_OF_ADMISSION: Final = ("name", "image", "command", "args", "ports", "resources", "securityContext", "imagePullPolicy")
"""What admission may judge of a container; volumes and variables refer to what need not be there yet."""


@dataclass(frozen=True)
class Pod:
    """A Pod: its containers beside each other, and what is said of all of them."""

    by: By
    containers: tuple[Mapping[str, Any], ...]
    spec: Mapping[str, Any]
    """nodeSelector, tolerations, securityContext and the like."""
    labels: Mapping[str, str]
    whole: bool = True
    """Whether the output says all of it: of a graph's Pods, KServe's router says most."""

    def total(self, what: str) -> dict[str, Decimal]:
        """The sum of its containers' `requests` or `limits`; a limit without a request requests as much."""
        found: dict[str, Decimal] = {}
        for each in self.containers:
            amounts = mapping(at(each, "resources", what))
            if what == "requests":
                amounts = {**mapping(at(each, "resources", "limits")), **amounts}
            for name, value in amounts.items():
                try:
                    found[name] = found.get(name, Decimal(0)) + amount(value)
                except ValueError:
                    continue  # by a patch: known only when the workflow runs, or nonsense that admission refuses
        return found

    def manifest(self, name: str, namespace: str) -> dict[str, Any]:
        """A Pod for a dry run, without what it may wait for: accounts, volumes and variables."""
        containers = [{key: each[key] for key in _OF_ADMISSION if key in each} for each in self.containers]
        for number, each in enumerate(containers):
            each.setdefault("name", f"c{number}")
            each.setdefault("image", "unknown")
        kept = ("nodeSelector", "tolerations", "securityContext", "hostNetwork", "hostPID", "hostIPC")
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": dict(self.labels)},
            "spec": {
                "automountServiceAccountToken": False,
                **{key: self.spec[key] for key in kept if key in self.spec},
                "containers": containers,
            },
        }


def pods(resources: Iterable[Resource]) -> Iterator[Pod]:
    """The Pods of some resources, which together are all that an environment has."""
    listed = list(resources)
    runtimes = {each.identity.name: each.manifest["spec"] for each in listed if each.identity.kind == "ServingRuntime"}
    for resource in listed:
        kind = resource.identity.kind
        spec = mapping(resource.manifest.get("spec"))
        labels = mapping(at(resource.manifest, "metadata", "labels"))
        if kind == "WorkflowTemplate":
            yield from _workflow(resource, spec)
        elif kind == "InferenceService":
            yield from _service(resource, spec, labels, runtimes)
        elif kind == "InferenceGraph":
            yield Pod(by(resource, ("spec",)), ({"resources": spec.get("resources", {})},), spec, labels, whole=False)
        elif kind in ("EventSource", "Sensor"):
            template = mapping(spec.get("template"))
            yield Pod(by(resource), (mapping(template.get("container")),), template, _labels(template, labels))
        elif kind != "ServingRuntime":
            for path, found in _templates(spec, ("spec",)):
                containers = tuple(mapping(each) for each in sequence(found["containers"]))
                yield Pod(by(resource, path), containers, found, labels)


def _workflow(resource: Resource, spec: Mapping[str, Any]) -> Iterator[Pod]:
    for position, each in enumerate(sequence(spec.get("templates"))):
        template = mapping(each)
        main = template.get("container") or template.get("script")
        containers = [main] if main else list(sequence(at(template, "containerSet", "containers")))
        if not containers:
            continue
        containers = [*containers, *sequence(template.get("sidecars"))]
        # What a template says of its Pods comes before what the workflow says of all.
        whole = {key: spec[key] for key in ("nodeSelector", "tolerations", "securityContext") if key in spec}
        whole |= {key: template[key] for key in ("nodeSelector", "tolerations", "securityContext") if key in template}
        labels = _labels({"metadata": spec.get("podMetadata")}, {}) | _labels(template, {})
        named = tuple({"name": "main", **mapping(item)} for item in containers)
        yield Pod(by(resource, ("spec", "templates", position)), named, whole, labels)


def _service(
    resource: Resource,
    spec: Mapping[str, Any],
    labels: Mapping[str, str],
    runtimes: Mapping[str, Mapping[str, Any]],
) -> Iterator[Pod]:
    parts: list[tuple[Path, Mapping[str, Any]]] = [
        (("spec", name), mapping(spec[name])) for name in COMPONENTS if name in spec
    ]
    for position, canary in enumerate(sequence(spec.get("canary"))):
        parts.append((("spec", "canary", position, "predictor"), mapping(at(canary, "predictor"))))
    for path, part in parts:
        model = mapping(part.get("model"))
        runtime = runtimes.get(str(model.get("runtime")), {})
        containers = [dict(mapping(each)) for each in sequence(part.get("containers") or runtime.get("containers"))]
        if model:
            containers = containers or [{"name": "kserve-container"}]
            # What the model says of resources counts, and not what its runtime says.
            containers[0]["resources"] = model.get("resources") or containers[0].get("resources", {})
        if containers:
            yield Pod(by(resource, path), tuple(containers), {**runtime, **part}, labels)


def _templates(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Pod specifications, wherever they are."""
    if isinstance(value, Mapping):
        if isinstance(value.get("containers"), list | tuple):
            yield path, value
            return
        for key, inner in value.items():
            yield from _templates(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _templates(item, (*path, position))


def _labels(template: Mapping[str, Any], otherwise: Mapping[str, str]) -> dict[str, str]:
    return dict(mapping(at(template, "metadata", "labels")) or otherwise)
