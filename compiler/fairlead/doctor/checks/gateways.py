"""Whether the gateways that routes are attached to are there, are ready, and take routes from the namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.cluster.kubectl import Object
from fairlead.doctor.codes import GATEWAY, MISSING
from fairlead.doctor.finding import By, Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, mapping, selects, sequence

GROUP = "gateway.networking.k8s.io"
VERSION = f"{GROUP}/v1"
ISTIO = "networking.istio.io"


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What is wrong with the gateways that are referred to."""
    for (namespace, name), whom in _gateways(scope).items():
        yield from _one(scope, questions, namespace, name, tuple(whom))
    for (namespace, name), whom in _istio(scope).items():
        versions = questions.versions(ISTIO)
        if not any(questions.get(version, "Gateway", namespace, name) for version in versions):
            message = f"there is no Gateway {name} of Istio in {namespace}"
            yield Finding(MISSING, message, "make it, or correct `platform.gateway.ref`", tuple(whom))


def _gateways(scope: Scope) -> dict[tuple[str, str], list[By]]:
    found: dict[tuple[str, str], list[By]] = {}
    for route in scope.of("HTTPRoute"):
        for position, parent in enumerate(sequence(at(route.manifest, "spec", "parentRefs"))):
            if at(parent, "group") in (None, GROUP) and at(parent, "kind") in (None, "Gateway"):
                where = (str(at(parent, "namespace") or scope.namespace), str(at(parent, "name")))
                found.setdefault(where, []).append(by(route, ("spec", "parentRefs", position)))
    gateway = scope.project.platform.gateway
    if gateway.kind == "gateway-api" and gateway.ref is not None:
        services = scope.by("InferenceService")
        if services:
            namespace, _, name = gateway.ref.partition("/")
            found.setdefault((namespace, name), []).extend(services)
    return found


def _istio(scope: Scope) -> dict[tuple[str, str], list[By]]:
    found: dict[tuple[str, str], list[By]] = {}
    for route in scope.of("VirtualService"):
        for each in sequence(at(route.manifest, "spec", "gateways")):
            if each != "mesh":
                namespace, slash, name = str(each).partition("/")
                where = (namespace, name) if slash else (scope.namespace, str(each))
                found.setdefault(where, []).append(by(route, ("spec", "gateways")))
    return found


def _one(scope: Scope, questions: Questions, namespace: str, name: str, whom: tuple[By, ...]) -> Iterator[Finding]:
    gateway = questions.get(VERSION, "Gateway", namespace, name)
    if gateway is None:
        message = f"there is no Gateway {name} in {namespace}"
        yield Finding(MISSING, message, "make it, or correct `platform.gateway.ref` in fairlead.yaml", whom)
        return
    class_ = str(at(gateway, "spec", "gatewayClassName"))
    if questions.get(VERSION, "GatewayClass", "", class_) is None:
        message = f"Gateway {name} in {namespace} is of the class {class_}, which is not there"
        yield Finding(GATEWAY, message, "install what implements the Gateway API", whom)
    for condition in sequence(at(gateway, "status", "conditions")):
        if at(condition, "type") in ("Accepted", "Programmed") and at(condition, "status") == "False":
            said = at(condition, "message") or at(condition, "reason")
            message = f"Gateway {name} in {namespace} is not {str(at(condition, 'type')).lower()}: {said}"
            help_ = f"`kubectl --namespace {namespace} describe gateway {name}` says more"
            yield Finding(GATEWAY, message, help_, whom)
    labels = mapping(at(questions.get("v1", "Namespace", "", scope.namespace), "metadata", "labels"))
    if not _takes(gateway, namespace, scope.namespace, {"kubernetes.io/metadata.name": scope.namespace, **labels}):
        message = f"no listener of Gateway {name} in {namespace} takes routes from {scope.namespace}"
        help_ = "permit the namespace in the listener's `allowedRoutes`"
        yield Finding(GATEWAY, message, help_, whom)


def _takes(gateway: Object, own: str, namespace: str, labels: Mapping[str, str]) -> bool:
    for listener in sequence(at(gateway, "spec", "listeners")):
        allowed = mapping(at(listener, "allowedRoutes", "namespaces"))
        permitted = allowed.get("from", "Same")
        if permitted == "All" or (permitted == "Same" and own == namespace):
            return True
        if permitted == "Selector" and selects(allowed.get("selector"), labels):
            return True
    return False
