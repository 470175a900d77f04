"""An alert starts a training: what it passes on the way, and what each part may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.resources import conventions
from tests.unit.targets.argo_workflows.trained import churn, compiled, compiled_shared, names, one, task, workflow

RETRAINED = """\
serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/}}
monitoring: {drift: {}}
retraining: {on: [drift, quality], cooldown: 12h}
"""


def test_a_sensor_listens_for_its_own_pipeline_and_for_what_fires(tmp_path: Path) -> None:
    sensor = one(compiled(tmp_path, churn(more=RETRAINED)), "Sensor")
    assert [item["name"] for item in sensor["spec"]["dependencies"]] == ["drift", "quality"]
    filters = {item["path"]: item["value"] for item in sensor["spec"]["dependencies"][0]["filters"]["data"]}
    assert filters == {
        "body.status": ["firing"],
        "body.commonLabels.pipeline": ["churn"],
        "body.commonLabels.retrain": ["drift"],
    }


def test_a_trigger_submits_the_template_and_says_why(tmp_path: Path) -> None:
    sensor = one(compiled(tmp_path, churn(more=RETRAINED)), "Sensor")
    trigger = sensor["spec"]["triggers"][1]
    assert trigger["atLeastOnce"] is True
    assert trigger["retryStrategy"]["steps"] == 5
    assert trigger["template"]["argoWorkflow"]["operation"] == "submit"
    spec = trigger["template"]["argoWorkflow"]["source"]["resource"]["spec"]
    assert spec == {
        "workflowTemplateRef": {"name": "churn-train"},
        "arguments": {"parameters": [{"name": "trigger", "value": "quality"}]},
    }


def test_a_sensor_may_submit_and_nothing_else(tmp_path: Path) -> None:
    role = one(compiled(tmp_path, churn(more=RETRAINED)), "Role", "churn-retrain")
    assert role["rules"] == [
        {"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["create", "get", "list"]},
        {
            "apiGroups": ["argoproj.io"], "resources": ["workflowtemplates"], "resourceNames": ["churn-train"],
            "verbs": ["get"],
        },
    ]  # fmt: skip


def test_a_training_within_the_cooldown_ends_before_it_starts(tmp_path: Path) -> None:
    manifest = workflow(compiled(tmp_path, churn(more=RETRAINED)))
    assert manifest["spec"]["entrypoint"] == "main"
    assert task(manifest, "pipeline", "main")["depends"] == "admit.Succeeded"


def test_what_alerts_reach_is_there_once_in_the_environment_that_trains(tmp_path: Path) -> None:
    made = compiled_shared(tmp_path / "a", churn(more=RETRAINED))
    assert names(made) == [
        "EventBus acme-ml-events", "EventSource acme-ml-events", "ServiceAccount acme-ml-events",
        "NetworkPolicy acme-ml-events",
    ]  # fmt: skip
    assert names(compiled_shared(tmp_path / "b", churn(more=RETRAINED), "production")) == []
    assert names(compiled_shared(tmp_path / "c", churn())) == []


def test_only_alertmanager_with_its_token_is_heard(tmp_path: Path) -> None:
    made = compiled_shared(tmp_path, churn(more=RETRAINED))
    webhook = one(made, "EventSource")["spec"]["webhook"]["alerts"]
    assert webhook["authSecret"] == {"name": "acme-ml-events", "key": "token"}
    (rule,) = one(made, "NetworkPolicy")["spec"]["ingress"]
    assert rule["from"] == [
        {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app.kubernetes.io/name": "alertmanager"}}}
    ]
    assert rule["ports"] == [{"port": 12000, "protocol": "TCP"}]


def test_who_listens_has_nothing_to_ask_of_kubernetes(tmp_path: Path) -> None:
    shared = compiled_shared(tmp_path / "shared", churn(more=RETRAINED))
    assert one(shared, "ServiceAccount")["automountServiceAccountToken"] is False
    ports = [port["port"] for rule in one(shared, "NetworkPolicy")["spec"]["egress"] for port in rule["ports"]]
    assert ports == [53, 53, 4222]
    own = compiled(tmp_path / "own", churn(more=RETRAINED))
    assert one(own, "ServiceAccount", "churn-retrain")["automountServiceAccountToken"] is True
    egress = one(own, "NetworkPolicy", "churn-retrain")["spec"]["egress"]
    assert [port["port"] for rule in egress for port in rule["ports"]] == [53, 53, 443, 4222, 6443]


def test_the_address_that_alerts_are_sent_to_is_that_of_the_source(tmp_path: Path) -> None:
    source = one(compiled_shared(tmp_path, churn(more=RETRAINED)), "EventSource")
    port = source["spec"]["service"]["ports"][0]["port"]
    path = source["spec"]["webhook"]["alerts"]["endpoint"]
    name = source["metadata"]["name"]
    assert (
        conventions.events_url("acme-ml", "ml-staging") == f"http://{name}-eventsource-svc.ml-staging.svc:{port}{path}"
    )


@pytest.mark.parametrize("more", [f"suspend: true\n{RETRAINED}", RETRAINED.replace("drift, quality", "new-data")])
def test_nobody_listens_where_nothing_is_to_be_heard(tmp_path: Path, more: str) -> None:
    assert [name for name in names(compiled(tmp_path, churn(more=more))) if name.startswith("Sensor")] == []
