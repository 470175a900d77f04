"""What Pods may do, and whom they may talk to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.target import Compiled
from tests.unit.targets.argo_workflows.trained import churn, compiled, one, project, template, variables, workflow


def test_the_executor_reports_results_and_may_do_nothing_else(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn())
    assert one(made, "Role")["rules"] == [
        {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    ]
    assert one(made, "ServiceAccount")["automountServiceAccountToken"] is False
    assert one(made, "RoleBinding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "churn-train", "namespace": "ml-staging"}
    ]


def test_the_token_is_one_that_kubernetes_fills_in(tmp_path: Path) -> None:
    secret = one(compiled(tmp_path, churn()), "Secret")
    assert secret["metadata"]["name"] == "churn-train.service-account-token"
    assert secret["metadata"]["annotations"] == {"kubernetes.io/service-account.name": "churn-train"}
    assert secret["type"] == "kubernetes.io/service-account-token"
    assert not {"data", "stringData"} & secret.keys()


def ports(made: Compiled) -> list[int]:
    """The ports that a training's Pods may reach."""
    egress: list[Any] = one(made, "NetworkPolicy")["spec"]["egress"]
    return sorted({port["port"] for rule in egress for port in rule.get("ports", [])})


def test_nobody_reaches_a_step_and_a_step_reaches_what_the_project_names(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn())
    spec = one(made, "NetworkPolicy")["spec"]
    assert spec["podSelector"] == {"matchLabels": {"fairlead.dev/pipeline": "churn", "fairlead.dev/component": "train"}}
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    # An empty list would be lost in the API server, and so be a difference for ever.
    assert "ingress" not in spec
    assert ports(made) == [53, 443, 5000, 6443]
    assert workflow(made)["spec"]["podMetadata"]["labels"].items() >= spec["podSelector"]["matchLabels"].items()


def test_a_store_of_ones_own_is_reached_at_its_port_with_its_credentials(tmp_path: Path) -> None:
    fairlead = project(artifacts='{uri: s3://ml-store, endpoint: "http://minio.storage.svc:9000"}')
    made = compiled(tmp_path, churn(), fairlead, artifacts_secret="minio", egress_ports=(5432,))
    assert ports(made) == [53, 443, 5000, 5432, 6443, 9000]
    store = json.loads(one(made, "ConfigMap")["data"]["artifact-repository"])["s3"]
    assert store == {
        "bucket": "ml-store", "endpoint": "minio.storage.svc:9000", "insecure": True,
        "accessKeySecret": {"name": "minio", "key": "accessKey"},
        "secretKeySecret": {"name": "minio", "key": "secretKey"},
        "keyFormat": "logs/churn/{{workflow.name}}/{{pod.name}}",
    }  # fmt: skip
    register = variables(template(workflow(made), "register")["container"])
    assert register["AWS_ENDPOINT_URL"] == "http://minio.storage.svc:9000"
    assert register["AWS_ACCESS_KEY_ID"] == {"secretKeyRef": {"name": "minio", "key": "accessKey"}}
    assert "AWS_ACCESS_KEY_ID" not in variables(template(workflow(made), "train")["container"])


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://ml-store/a", {"s3": {"key": "a/runs/churn/run-{{workflow.uid}}/model"}}),
        ("gs://ml-store", {"gcs": {"key": "runs/churn/run-{{workflow.uid}}/model"}}),
        (
            "abfs://ml-store@acme.dfs.core.windows.net/a",
            {
                "azure": {
                    "blob": "a/runs/churn/run-{{workflow.uid}}/model",
                    "container": "ml-store",
                    "endpoint": "https://acme.blob.core.windows.net",
                    "useSDKCreds": True,
                }
            },
        ),
    ],
)
def test_what_a_step_gives_is_kept_where_the_project_says(tmp_path: Path, uri: str, place: dict[str, Any]) -> None:
    made = compiled(tmp_path, churn(), project(artifacts=f"{{uri: '{uri}'}}"))
    model, usage = template(workflow(made), "train")["outputs"]["artifacts"]
    assert {key: model[key] for key in place} == place
    assert model["archive"] == {"none": {}}
    assert model["artifactGC"] == {"strategy": "Never"}
    assert [each["name"] for each in (model, usage)] == ["model", "fairlead_usage"]
    assert workflow(made)["spec"]["artifactRepositoryRef"] == {"configMap": "churn-train", "key": "artifact-repository"}


def test_an_account_of_the_platforms_runs_the_step_that_names_it(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn("command: [train], service_account: feature-reader")))
    assert template(made, "train")["serviceAccountName"] == "feature-reader"
    assert "serviceAccountName" not in template(made, "evaluate")
