"""What single checks find in clusters that are not as the output needs them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead.doctor.checks import argo, gateways, kinds, kserve, named, prometheus, quotas, reconcilers
from fairlead.doctor.controllers import IMAGES, controllers
from fairlead.doctor.finding import Finding
from fairlead.doctor.scope import selects
from fairlead.source.diagnostics import Severity
from tests.unit.doctor.conftest import Asked
from tests.unit.doctor.scopes import found, resource, scope

ARGO, KSERVE, GATEWAYS = "argoproj.io/v1alpha1", "serving.kserve.io/v1beta1", "gateway.networking.k8s.io/v1"
TEMPLATE = resource("WorkflowTemplate", "churn-train", ARGO, spec={"templates": []})
OTHER_GATEWAY = (
    "warning FL8311: KServe attaches its routes to other/x (inferenceservice-config in kserve),"
    " and fairlead.yaml says gateways/private"
)
UNREAD = (
    "error FL8310: Prometheus main in monitoring does not read this PrometheusRule:"
    " `ruleSelector` selects nothing, and `ruleNamespaceSelector` everything"
)
GATEWAY = {"kind": "gateway-api", "ref": "gateways/private"}


def service(**spec: Any) -> Any:
    return resource("InferenceService", "churn", KSERVE, spec=spec)


def deployment(image: str, *arguments: str, namespace: str = "argo", **labels: str) -> dict[str, Any]:
    container = {"name": "c", "image": image, "args": list(arguments)}
    return found(
        "Deployment", image.rpartition("/")[2].partition(":")[0], "apps/v1", namespace,
        metadata={"labels": labels}, spec={"template": {"spec": {"containers": [container]}}},
        status={"availableReplicas": 1},
    )  # fmt: skip


def said(findings: Any) -> list[str]:
    return [f"{each.level} {each.code.id}: {each.message}" for each in findings]


def test_the_versions_that_are_served_instead_are_named(asked: Asked) -> None:
    old = found("InferenceGraph", "x", "serving.kserve.io/v1alpha1", "ml")
    newer = resource("InferenceGraph", "churn", "serving.kserve.io/v1")
    assert said(kinds.check(scope(newer), asked(old))) == [
        "error FL8301: the cluster has no InferenceGraph in serving.kserve.io/v1, but in serving.kserve.io/v1alpha1"
    ]


@pytest.mark.parametrize(
    ("annotations", "kind"),
    [
        ({"serving.kserve.io/autoscalerClass": "keda"}, "ScaledObject"),
        ({"serving.kserve.io/deploymentMode": "Knative"}, "Service"),
        ({"serving.kserve.io/deploymentMode": "Serverless"}, "Service"),
        ({"serving.kserve.io/deploymentMode": "Standard"}, None),
    ],
)
def test_what_a_controller_makes_of_a_service_is_needed_too(annotations: dict[str, str], kind: str | None) -> None:
    made = resource("InferenceService", "churn", KSERVE, metadata={"annotations": annotations}, spec={})
    assert {name for _, name in kinds.needed([made])} == {"InferenceService", *([kind] if kind else [])}


def test_the_job_in_a_template_is_needed_too() -> None:
    manifest = json.dumps({"apiVersion": "trainer.kubeflow.org/v1alpha1", "kind": "TrainJob"})
    template = resource("WorkflowTemplate", "a", ARGO, spec={"templates": [{"resource": {"manifest": manifest}}]})
    assert ("trainer.kubeflow.org/v1alpha1", "TrainJob") in kinds.needed([template])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), []),
        (("--namespaced", "--managed-namespace", "ml"), []),
        (("--namespaced",), ["argo"]),
        (("--namespaced", "--managed-namespace=other"), ["other"]),
    ],
)
def test_a_controller_of_another_namespace_is_said(
    asked: Asked, arguments: tuple[str, ...], expected: list[str]
) -> None:
    questions = asked(deployment("quay.io/argoproj/workflow-controller:v4.1.0", *arguments))
    assert said(argo.check(scope(TEMPLATE), questions)) == [
        f"error FL8312: the controller of Argo Workflows looks into {each} alone, and not into ml" for each in expected
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"instanceID": "blue"}, "takes only workflows with the instance id blue"),
        ({"config": "instanceID: blue\n"}, "takes only workflows with the instance id blue"),
        ({"namespace": "other"}, "looks into other alone"),
        ({"config": "namespace: ml\n"}, None),
        ({"parallelism": "5"}, None),
    ],
)
def test_the_controllers_settings_are_read(asked: Asked, data: dict[str, str], expected: str | None) -> None:
    config = found("ConfigMap", "workflow-controller-configmap", namespace="argo", data=data)
    questions = asked(deployment("quay.io/argoproj/workflow-controller:v4.1.0"), config)
    prefix = "error FL8312: the controller of Argo Workflows"
    where = "(workflow-controller-configmap in argo)"
    assert said(argo.check(scope(TEMPLATE), questions)) == ([f"{prefix} {expected} {where}"] if expected else [])


def test_a_version_of_nats_that_is_not_offered_is_said(asked: Asked) -> None:
    bus = resource("EventBus", "events", ARGO, spec={"jetstream": {"version": "2.10.10"}})
    text = "eventBus:\n  jetstream:\n    versions:\n    - version: 2.9.1\n    - version: 2.11.0\n"
    config = found("ConfigMap", "argo-events-controller-config", namespace="events",
                   data={"controller-config.yaml": text})  # fmt: skip
    controller = deployment("quay.io/argoproj/argo-events:v1.9.7", "controller", namespace="events")
    assert said(argo.check(scope(bus), asked(controller, config))) == [
        "error FL8316: Argo Events offers NATS 2.9.1, 2.11.0 (events), and not 2.10.10"
    ]


@pytest.mark.parametrize(
    ("persistence", "annotations", "expected"),
    [
        ({"volumeSize": "2Gi"}, {}, ["error FL8305: there is no default StorageClass"]),
        ({"volumeSize": "2Gi"}, {"storageclass.kubernetes.io/is-default-class": "true"}, []),
        ({"volumeSize": "2Gi", "storageClassName": "fast"}, {}, []),
        (None, {}, []),
    ],
)
def test_a_volume_of_no_class_needs_a_default_one(
    asked: Asked, persistence: Any, annotations: dict[str, str], expected: list[str]
) -> None:
    bus = resource("EventBus", "events", ARGO, spec={"jetstream": {"persistence": persistence}})
    fast = found("StorageClass", "fast", "storage.k8s.io/v1", metadata={"annotations": annotations})
    assert said(named.check(scope(bus), asked(fast))) == expected


def kserve_found(asked: Asked, made: Any, **ingress: Any) -> list[str]:
    config = found("ConfigMap", "inferenceservice-config", namespace="kserve", data={"ingress": json.dumps(ingress)})
    return said(kserve.check(scope(made, platform={"gateway": GATEWAY}), asked(config)))


def test_a_canary_needs_the_gateway_api_of_kserve(asked: Asked) -> None:
    canary = service(canary=[{"trafficPercent": 10}])
    assert kserve_found(asked, canary) == [
        "error FL8311: `enableGatewayApi` is off in inferenceservice-config in kserve, so KServe makes no HTTPRoute"
    ]
    assert kserve_found(asked, canary, enableGatewayApi=True, kserveIngressGateway="gateways/private") == []
    assert kserve_found(asked, service(), enableGatewayApi=True, kserveIngressGateway="other/x") == [OTHER_GATEWAY]


def test_a_configuration_of_kserve_that_is_not_found_is_unknown(asked: Asked) -> None:
    held = scope(service(), platform={"gateway": GATEWAY})
    (only,) = kserve.check(held, asked(found("InferenceService", "other", KSERVE, "x")))
    assert only.message.startswith("it is not known how KServe is configured")


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (None, {"FL8317"}),
        ({"kubernetes.podspec-tolerations": "disabled"}, {"FL8317"}),
        ({"kubernetes.podspec-tolerations": "enabled"}, set()),
    ],
)
def test_what_knative_takes_only_where_it_is_enabled_is_said(
    asked: Asked, data: dict[str, str] | None, codes: set[str]
) -> None:
    made = resource(
        "InferenceService", "churn", KSERVE,
        metadata={"annotations": {"serving.kserve.io/deploymentMode": "Knative"}},
        spec={"predictor": {"tolerations": [{"key": "gpu"}]}},
    )  # fmt: skip
    there = [found("Service", "x", "serving.knative.dev/v1", "x")]
    if data is not None:
        there.append(found("ConfigMap", "config-features", namespace="knative-serving", data=data))
    questions = asked(*there)
    assert {each.code.id for each in kserve.knative(scope(made), questions)} == codes
    assert list(kserve.knative(scope(service(predictor={"tolerations": []})), questions)) == []


def gateway(listener: dict[str, Any], *conditions: dict[str, str]) -> dict[str, Any]:
    return found(
        "Gateway", "private", GATEWAYS, "gateways",
        spec={"gatewayClassName": "istio", "listeners": [listener]}, status={"conditions": list(conditions)},
    )  # fmt: skip


CLASS = found("GatewayClass", "istio", GATEWAYS)
ROUTE = resource(
    "HTTPRoute", "churn-host", GATEWAYS, spec={"parentRefs": [{"name": "private", "namespace": "gateways"}]}
)
TEAM = {"matchLabels": {"team": "ml"}}


@pytest.mark.parametrize(
    ("allowed", "labels", "takes"),
    [
        ({"from": "All"}, {}, True),
        ({"from": "Same"}, {}, False),
        ({}, {}, False),
        ({"from": "Selector", "selector": TEAM}, {"team": "ml"}, True),
        ({"from": "Selector", "selector": TEAM}, {"team": "other"}, False),
        ({"from": "Selector", "selector": {"matchLabels": {"kubernetes.io/metadata.name": "ml"}}}, {}, True),
    ],
)
def test_a_gateway_takes_routes_as_its_listeners_say(
    asked: Asked, allowed: dict[str, Any], labels: dict[str, str], takes: bool
) -> None:
    there = gateway({"allowedRoutes": {"namespaces": allowed}})
    questions = asked(there, CLASS, found("Namespace", "ml", metadata={"labels": labels}))
    expected = [] if takes else ["error FL8313: no listener of Gateway private in gateways takes routes from ml"]
    assert said(gateways.check(scope(ROUTE), questions)) == expected


def test_a_gateway_that_is_missing_not_ready_or_of_no_class_is_said(asked: Asked) -> None:
    assert said(gateways.check(scope(ROUTE), asked())) == ["error FL8305: there is no Gateway private in gateways"]
    open_ = {"allowedRoutes": {"namespaces": {"from": "All"}}}
    not_ready = {"type": "Programmed", "status": "False", "reason": "NoAddress", "message": "no address"}
    assert said(gateways.check(scope(ROUTE), asked(gateway(open_, not_ready)))) == [
        "error FL8313: Gateway private in gateways is of the class istio, which is not there",
        "error FL8313: Gateway private in gateways is not programmed: no address",
    ]


def test_rules_are_read_by_any_prometheus_or_ruler_that_selects_them(asked: Asked) -> None:
    rules = resource("PrometheusRule", "churn-slo", "monitoring.coreos.com/v1", spec={})
    none = found("Prometheus", "main", "monitoring.coreos.com/v1", "monitoring", spec={"ruleNamespaceSelector": {}})
    assert said(prometheus.check(scope(rules), asked(none))) == [UNREAD]
    ruler = found("ThanosRuler", "ruler", "monitoring.coreos.com/v1", "ml", spec={"ruleSelector": {}})
    assert said(prometheus.check(scope(rules), asked(ruler))) == []


def test_rules_about_workflows_see_no_metrics_under_an_enforced_namespace(asked: Asked) -> None:
    rules = resource("PrometheusRule", "churn-slo", "monitoring.coreos.com/v1", spec={})
    enforced = {"ruleSelector": {}, "ruleNamespaceSelector": {}, "enforcedNamespaceLabel": "namespace"}
    main = found("Prometheus", "main", "monitoring.coreos.com/v1", "monitoring", spec=enforced)
    (only,) = prometheus.check(scope(rules, TEMPLATE), asked(main))
    assert (only.code.id, only.level) == ("FL8315", Severity.WARNING)
    assert said(prometheus.check(scope(rules), asked(main))) == []


def test_a_quota_of_some_pods_only_is_no_certain_refusal(asked: Asked) -> None:
    pod = {"containers": [{"resources": {"requests": {"cpu": "4"}}}]}
    made = resource("Deployment", "a", "apps/v1", spec={"template": {"spec": pod}})
    scoped = found("ResourceQuota", "q", namespace="ml", spec={"hard": {"cpu": "2", "pods": "5"}, "scopes": ["x"]})
    assert [each.level for each in quotas.check(scope(made), asked(scoped))] == [Severity.WARNING]


def test_a_reconciler_that_is_elsewhere_is_only_doubtful(asked: Asked) -> None:
    application = resource("ApplicationSet", "acme", ARGO, namespace="argocd", spec={})
    found_: list[Finding] = list(reconcilers.check(scope(project=(application,)), asked()))
    assert {each.code.id for each in found_} == {"FL8301", "FL8304", "FL8305"}
    assert {each.level for each in found_} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("image", "labels", "version"),
    [
        ("quay.io/argoproj/workflow-controller:v4.1.2", {}, "4.1"),
        ("registry.example:5000/mirror/workflow-controller:v3.7.14@sha256:00", {}, "3.7"),
        ("quay.io/argoproj/workflow-controller:latest", {"app.kubernetes.io/version": "v4.1.0"}, "4.1"),
        ("quay.io/argoproj/workflow-controller@sha256:00", {}, None),
    ],
)
def test_a_version_is_that_of_the_tag_or_of_the_label(
    asked: Asked, image: str, labels: dict[str, str], version: str | None
) -> None:
    (only,) = controllers(asked(deployment(image, **labels)), IMAGES["argo-workflows"])
    assert only.version == version


@pytest.mark.parametrize(
    ("selector", "labels", "expected"),
    [
        (None, {}, False),
        ({}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}, {"a": "b"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {"a": "b"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Unheard"}]}, {"a": "b"}, False),
    ],
)
def test_selectors_mean_what_kubernetes_means(selector: Any, labels: dict[str, str], expected: bool) -> None:
    assert selects(selector, labels) is expected
