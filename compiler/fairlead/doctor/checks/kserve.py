"""Whether KServe is configured as the services need it: `inferenceservice-config`, beside its controller."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.doctor.codes import KSERVE_CONFIG
from fairlead.doctor.controllers import IMAGES, controllers
from fairlead.doctor.finding import Finding, by, unknown
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
