"""Who can reach a server, under which host, and what is scraped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.targets.kserve.served import Served, churn, lock, project, serve

CALLERS = "{access: {expose: gateway, callers: [triage/ui, billing/worker]}}"
MESH = "{kind: istio, ref: istio-ingress/gateway}"


def allowed(served: Served, port: int) -> list[Any]:
    """The peers that a NetworkPolicy lets through to a port."""
    rules = served.get("NetworkPolicy")["spec"]["ingress"]
    return [peer for rule in rules for peer in rule["from"] if port in [each["port"] for each in rule["ports"]]]


def namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def test_only_the_callers_namespaces_and_the_gateways_reach_the_server(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(CALLERS), lock())
    policy = served.get("NetworkPolicy")["spec"]
    assert policy["podSelector"] == {"matchLabels": {"serving.kserve.io/inferenceservice": "churn"}}
    assert policy["policyTypes"] == ["Ingress"]
    assert allowed(served, 8080) == [
        namespace("triage"), namespace("billing"), namespace("gateways"), namespace("monitoring"),
    ]  # fmt: skip


def test_that_a_network_policy_knows_no_service_accounts_is_said_at_the_callers(tmp_path: Path) -> None:
    spec = churn(CALLERS)
    found = serve(tmp_path, spec, lock(), fairlead=project(gateway="{kind: none}")).finding("FL4206")
    assert found.level == "note"
    assert spec.splitlines()[found.place.line - 1][found.place.column - 1 :].startswith("[triage/ui")
    assert "`triage`, `billing`" in found.message


def test_without_callers_anybody_in_the_cluster_may_call_and_nothing_is_said(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(), lock())
    assert {"namespaceSelector": {}} in allowed(served, 8080)
    assert served.codes == []


def test_istio_as_the_gateway_brings_its_mesh(tmp_path: Path) -> None:
    served = serve(tmp_path, churn("{access: {expose: gateway, callers: [triage/ui]}}"), lock())
    principals = served.get("AuthorizationPolicy")["spec"]["rules"][0]["from"][0]["source"]["principals"]
    assert "*/ns/triage/sa/ui" in principals
    assert "*/ns/gateways/sa/ml-private-istio" in principals
    assert served.codes == []
    other = "{kind: gateway-api, controller: envoy-gateway, ref: gateways/ml-private}"
    without = serve(tmp_path / "envoy", churn(CALLERS), lock(), fairlead=project(gateway=other))
    assert "AuthorizationPolicy" not in without.kinds
    assert without.finding("FL4206").level == "note"


def test_a_mesh_holds_each_service_account(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(CALLERS), lock(), fairlead=project(gateway=MESH))
    policy = served.get("AuthorizationPolicy")["spec"]
    assert policy["action"] == "ALLOW"
    callers, metrics = policy["rules"]
    assert callers["from"][0]["source"]["principals"][:2] == ["*/ns/triage/sa/ui", "*/ns/billing/sa/worker"]
    assert metrics == {"to": [{"operation": {"ports": ["8080"], "paths": ["/metrics"], "methods": ["GET"]}}]}
    assert "FL4206" not in served.codes


def test_requests_arrive_at_the_agent_where_payloads_are_kept(tmp_path: Path) -> None:
    spec = churn("{payloads: {log: all, to: s3://acme-payloads/churn/, retain: 30d}, access: {callers: [triage/ui]}}")
    served = serve(tmp_path, spec, lock())
    assert allowed(served, 9081) == [namespace("triage")]
    assert allowed(served, 8080) == [namespace("monitoring")], "the server itself is for Prometheus only"


def test_in_knative_mode_requests_come_from_knative_and_this_is_said(tmp_path: Path) -> None:
    served = serve(tmp_path, churn("{mode: knative, access: {callers: [triage/ui]}}"), lock())
    assert namespace("knative-serving") in allowed(served, 8012)
    assert namespace("istio-system") in allowed(served, 8012)
    assert namespace("triage") not in allowed(served, 8012), "nobody goes around the gateway"
    assert namespace("monitoring") in allowed(served, 9091)
    assert served.finding("FL4207").level == "warning"


def test_a_graph_of_the_environment_may_call_its_members(tmp_path: Path) -> None:
    graph = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: both, owner: growth-ml}
serving: {graph: {type: ensemble, of: [{pipeline: churn}]}}
"""
    spec = churn("{access: {callers: [triage/ui, ml/both-serve]}}")
    served = serve(tmp_path, spec, lock(), fairlead=project(gateway="{kind: none}"), more={"specs/both.yaml": graph})
    assert {"podSelector": {"matchLabels": {"serving.kserve.io/inferencegraph": "both"}}} in allowed(served, 8080)
    assert namespace("ml") not in allowed(served, 8080), "the graph is known by its Pods, not by the whole namespace"
    assert "`ml`" not in served.finding("FL4206").message


def test_a_budget_lets_one_of_several_servers_go(tmp_path: Path) -> None:
    two = serve(tmp_path / "two", churn("{replicas: {min: 2}}"), lock()).get("PodDisruptionBudget")["spec"]
    assert two["maxUnavailable"] == 1
    assert two["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert "PodDisruptionBudget" not in serve(tmp_path / "one", churn(), lock()).kinds
    assert (
        "PodDisruptionBudget"
        not in serve(tmp_path / "knative", churn("{mode: knative, replicas: {min: 2}}"), lock()).kinds
    )


SERVER, QUEUE = ("user-port", "/metrics"), ("http-usermetric", "/metrics")


@pytest.mark.parametrize(("mode", "ports"), [("standard", [("http", "/metrics")]), ("knative", [SERVER, QUEUE])])
def test_scraped_series_know_their_service_and_version(tmp_path: Path, mode: str, ports: list[tuple[str, str]]) -> None:
    monitor = serve(tmp_path, churn(f"{{mode: {mode}}}"), lock()).get("PodMonitor")["spec"]
    assert monitor["selector"] == {"matchLabels": {"serving.kserve.io/inferenceservice": "churn"}}
    assert [(endpoint["port"], endpoint["path"]) for endpoint in monitor["podMetricsEndpoints"]] == ports
    for endpoint in monitor["podMetricsEndpoints"]:
        assert {each["targetLabel"]: each["sourceLabels"] for each in endpoint["relabelings"]} == {
            "inference_service": ["__meta_kubernetes_pod_label_serving_kserve_io_inferenceservice"],
            "model_version": ["__meta_kubernetes_pod_label_fairlead_dev_version"],
        }


def test_the_scraped_port_is_declared(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(), lock())
    declared = [port["name"] for port in served.container["ports"]]
    assert all(each["port"] in declared for each in served.get("PodMonitor")["spec"]["podMetricsEndpoints"])


def test_nothing_is_scraped_without_an_operator(tmp_path: Path) -> None:
    fairlead = project().replace('  prometheus-operator: "0.93"\n', "")
    assert "PodMonitor" not in serve(tmp_path, churn(), lock(), fairlead=fairlead).kinds


def test_a_host_gets_a_route_to_the_stable_service(tmp_path: Path) -> None:
    spec = churn("{host: churn.acme.example, timeout: 1500ms, access: {expose: gateway}}")
    route = serve(tmp_path, spec, lock()).get("HTTPRoute")["spec"]
    assert route["hostnames"] == ["churn.acme.example"]
    assert (route["parentRefs"][0]["namespace"], route["parentRefs"][0]["name"]) == ("gateways", "ml-private")
    assert route["rules"][0]["backendRefs"][0]["name"] == "churn-predictor"
    assert route["rules"][0]["timeouts"] == {"request": "1s500ms"}


def test_a_host_in_a_mesh_is_a_virtual_service_and_in_knative_mode_a_domain_mapping(tmp_path: Path) -> None:
    mesh = churn("{host: churn.acme.example, access: {expose: gateway}}")
    virtual = serve(tmp_path / "mesh", mesh, lock(), fairlead=project(gateway=MESH)).get("VirtualService")["spec"]
    assert virtual["http"][0]["route"][0]["destination"]["host"] == "churn-predictor.ml.svc.cluster.local"
    knative = churn("{mode: knative, host: churn.acme.example, access: {expose: gateway}}")
    mapping = serve(tmp_path / "knative", knative, lock()).get("DomainMapping")
    assert (mapping["metadata"]["name"], mapping["spec"]["ref"]["name"]) == ("churn.acme.example", "churn-predictor")


@pytest.mark.parametrize(
    ("serving", "gateway", "code"),
    [
        ("{host: churn.acme.example}", "{kind: gateway-api, ref: gateways/private}", "FL4210"),
        ("{host: churn.acme.example, access: {expose: gateway}}", "{kind: gateway-api}", "FL4210"),
    ],
)
def test_a_host_that_nothing_routes_to_is_an_error(tmp_path: Path, serving: str, gateway: str, code: str) -> None:
    assert code in serve(tmp_path, churn(serving), lock(), fairlead=project(gateway=gateway)).codes


def test_names_that_kserve_refuses_are_refused_here(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(name="3d-churn"), lock(pipeline="3d-churn"), name="3d-churn")
    assert "FL4208" in served.codes


def test_a_host_name_that_becomes_too_long_is_a_warning(tmp_path: Path) -> None:
    spec = churn("{access: {expose: gateway}}")
    fine = serve(tmp_path / "fine", spec, lock())
    assert fine.codes == []
    long = project().replace("namespace: ml,", f"namespace: {'n' * 50},")
    found = serve(tmp_path / "long", spec, lock(), fairlead=long).finding("FL4209")
    assert f"has {len('churn-predictor-') + 50} characters" in found.message
