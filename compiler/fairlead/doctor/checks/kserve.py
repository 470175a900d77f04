"""Whether KServe is configured as the services need it: `inferenceservice-config`, beside its controller."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fairlead.doctor.checks.kinds import KNATIVE, MODE
from fairlead.doctor.codes import KNATIVE_FEATURES, KSERVE_CONFIG
from fairlead.doctor.controllers import IMAGES, controllers
from fairlead.doctor.finding import By, Finding, by, unknown
from fairlead.doctor.pods import COMPONENTS
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, mapping
from fairlead.source.diagnostics import Severity

CONFIG = "inferenceservice-config"
HELP = "see that KServe is installed completely"
VISIBILITY = "networking.kserve.io/visibility"


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What is configured otherwise."""
    services = list(scope.of("InferenceService"))
    if not services or not questions.serves(str(services[0].manifest["apiVersion"]), "InferenceService"):
        return
    namespace = next((each.namespace for each in controllers(questions, IMAGES["kserve"])), "kserve")
    found = questions.get("v1", "ConfigMap", namespace, CONFIG)
    if found is None:
        yield unknown("how KServe is configured", f"there is no ConfigMap {CONFIG} in {namespace}", help_=HELP)
        return
    try:
        ingress = json.loads(at(found, "data", "ingress") or "{}")
    except ValueError:
        yield unknown("how KServe is configured", f"`ingress` of {CONFIG} in {namespace} is no JSON", help_=HELP)
        return
    yield from _gateway(scope, mapping(ingress), f"{CONFIG} in {namespace}")


FEATURES: Final = {
    "nodeSelector": "kubernetes.podspec-nodeselector",
    "tolerations": "kubernetes.podspec-tolerations",
    "priorityClassName": "kubernetes.podspec-priorityclassname",
    "affinity": "kubernetes.podspec-affinity",
    "topologySpreadConstraints": "kubernetes.podspec-topologyspreadconstraints",
    "runtimeClassName": "kubernetes.podspec-runtimeclassname",
    "schedulerName": "kubernetes.podspec-schedulername",
}
"""The fields of a Pod that Knative takes only where a feature of this name is enabled."""


def knative(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Features that services in Knative mode need, and that are not enabled."""
    needed: dict[str, list[By]] = {}
    for service in scope.of("InferenceService"):
        if at(service.manifest, "metadata", "annotations", MODE) in KNATIVE:
            for part in COMPONENTS:
                for field in mapping(at(service.manifest, "spec", part)).keys() & FEATURES.keys():
                    needed.setdefault(FEATURES[field], []).append(by(service, ("spec", part, field)))
    if not needed or not questions.serves("serving.knative.dev/v1", "Service"):
        return
    namespace = next((each.namespace for each in controllers(questions, IMAGES["knative"])), "knative-serving")
    config = mapping(at(questions.get("v1", "ConfigMap", namespace, "config-features"), "data"))
    for feature, whom in sorted(needed.items()):
        if str(config.get(feature)).lower() not in ("enabled", "allowed"):
            message = f"`{feature}` is not enabled in config-features in {namespace}"
            help_ = f"enable it: `kubectl --namespace {namespace} edit configmap config-features`"
            yield Finding(KNATIVE_FEATURES, message, help_, tuple(whom))


def _gateway(scope: Scope, ingress: Mapping[str, Any], where: str) -> Iterator[Finding]:
    services = list(scope.of("InferenceService"))
    canaries = tuple(by(each, ("spec", "canary")) for each in services if at(each.manifest, "spec", "canary"))
    open_ = tuple(
        by(each) for each in services if at(each.manifest, "metadata", "labels", VISIBILITY) != "cluster-local"
    )
    platform = scope.project.platform
    if platform.gateway.kind != "gateway-api" and not canaries:
        return
    whom = canaries or open_
    if not whom:
        return
    severity = None if canaries else Severity.WARNING
    if not ingress.get("enableGatewayApi"):
        message = f"`enableGatewayApi` is off in {where}, so KServe makes no HTTPRoute"
        yield Finding(KSERVE_CONFIG, message, "set it to true in `ingress`", whom, severity=severity)
    if ingress.get("disableIngressCreation"):
        message = f"`disableIngressCreation` is on in {where}, so nothing leads to a service from outside"
        yield Finding(KSERVE_CONFIG, message, "set it to false in `ingress`", whom, severity=severity)
    used, said = ingress.get("kserveIngressGateway"), platform.gateway.ref
    if said and used and used != said:
        message = f"KServe attaches its routes to {used} ({where}), and fairlead.yaml says {said}"
        yield Finding(
            KSERVE_CONFIG,
            message,
            "say the same in both",
            place=scope.place("platform", "gateway", "ref"),
            severity=Severity.WARNING,
        )
