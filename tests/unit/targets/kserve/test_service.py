"""The InferenceService and its ServingRuntime."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.kserve.served import DIGEST, churn, lock, project, serve, version

HUB = "hf://acme/chat:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"


def chat(serving: str) -> str:
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml}}
model: {{task: text-generation, framework: huggingface, source: "{HUB}"}}
hardware: {{serving: gpu}}
serving: {serving}
"""


def test_the_version_of_the_lock_is_served_by_the_pipelines_own_runtime_by_digest(tmp_path: Path) -> None:
    served = serve(tmp_path, locked=lock())
    model = served.predictor["model"]
    assert model["storageUri"] == f"s3://acme-ml-artifacts/models/churn/sha256-{'07' * 32}/"
    assert model["runtime"] == served.get("ServingRuntime")["metadata"]["name"] == "churn-runtime"
    assert model["modelFormat"] == {"name": "sklearn", "version": "1"}
    assert served.container["image"] == f"docker.io/kserve/sklearnserver@{DIGEST}"
    assert served.container["imagePullPolicy"] == "IfNotPresent"
    assert served.predictor["labels"]["fairlead.dev/version"] == "7"


def test_before_the_first_version_everything_but_the_account_waits_and_says_why(tmp_path: Path) -> None:
    served = serve(tmp_path)
    assert served.kinds == ["ServiceAccount"]
    waiting = {deferred.kind: deferred.reason for deferred in served.compiled.deferred}
    assert waiting["InferenceService"] == "awaiting-first-version"
    assert {"ServingRuntime", "NetworkPolicy", "PodMonitor"} <= set(waiting)


def test_an_image_without_a_digest_waits_where_the_environment_is_protected(tmp_path: Path) -> None:
    served = serve(tmp_path, locked=lock(image="another"))
    assert {deferred.reason for deferred in served.compiled.deferred} == {"pending-build"}


def test_an_image_by_tag_is_pulled_each_time(tmp_path: Path) -> None:
    served = serve(tmp_path, locked=lock(image="another"), environment="staging")
    assert served.container["image"].endswith("sklearnserver:v0.20.0")
    assert served.container["imagePullPolicy"] == "Always"


@pytest.mark.parametrize(
    ("kserve", "mode", "word"),
    [
        ("0.15", "standard", "RawDeployment"),
        ("0.15", "knative", "Serverless"),
        ("0.20", "standard", "Standard"),
        ("0.20", "knative", "Knative"),
    ],
)
def test_each_release_has_its_own_word_for_a_mode(tmp_path: Path, kserve: str, mode: str, word: str) -> None:
    served = serve(tmp_path, churn(f"{{mode: {mode}}}"), lock(), fairlead=project(kserve), environment="staging")
    assert served.get("InferenceService")["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == word


def test_what_the_webhook_would_fill_in_is_written_out(tmp_path: Path) -> None:
    predictor = serve(tmp_path, locked=lock()).predictor
    assert predictor["automountServiceAccountToken"] is False
    assert predictor["model"]["name"] == ""
    assert predictor["model"]["protocolVersion"] == "v2"
    assert predictor["model"]["resources"]["requests"] == {"cpu": "2", "memory": "4Gi"}
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (1, 1)


def test_the_server_runs_under_the_restricted_profile_and_writes_to_scratch_folders_only(tmp_path: Path) -> None:
    served = serve(tmp_path, locked=lock())
    security = served.container["securityContext"]
    assert security == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        "runAsUser": 1000,
    }
    assert served.predictor["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert served.container["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]
    assert served.get("ServingRuntime")["spec"]["volumes"] == [{"name": "tmp", "emptyDir": {"sizeLimit": "2Gi"}}]


def test_a_server_in_knative_mode_has_what_knative_takes_and_no_more(tmp_path: Path) -> None:
    served = serve(tmp_path, churn("{mode: knative, replicas: {min: 0, max: 4}, scale_on: {concurrency: 8}}"), lock())
    assert [port["name"] for port in served.container["ports"]] == ["http1"]
    assert "startupProbe" not in served.container
    refused = {"securityContext", "deploymentStrategy", "terminationGracePeriodSeconds", "topologySpreadConstraints"}
    assert refused.isdisjoint(served.predictor)
    assert (served.predictor["minReplicas"], served.predictor["scaleMetric"], served.predictor["scaleTarget"]) == (
        0, "concurrency", 8,
    )  # fmt: skip


def test_a_longer_request_than_the_grace_period_is_still_answered(tmp_path: Path) -> None:
    predictor = serve(tmp_path, churn("{timeout: 2500ms}"), lock()).predictor
    assert predictor["timeout"] == 3
    assert predictor["terminationGracePeriodSeconds"] == 33


def test_probabilities_are_asked_for_in_the_servers_own_way(tmp_path: Path) -> None:
    label = serve(tmp_path / "label", churn("{output: label}"), lock())
    assert "env" not in label.container
    probability = serve(tmp_path / "probability", churn("{output: probability}"), lock())
    assert probability.container["env"] == [{"name": "PREDICT_PROBA", "value": "true"}]


def test_variables_of_the_specification_come_last_and_secrets_are_references(tmp_path: Path) -> None:
    spec = churn('{output: probability, env: {PREDICT_PROBA: "false", LEVEL: info}, secrets: {TOKEN: store/token}}')
    assert serve(tmp_path, spec, lock()).container["env"] == [
        {"name": "PREDICT_PROBA", "value": "false"},
        {"name": "LEVEL", "value": "info"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "store", "key": "token"}}},
    ]


def test_a_profile_says_where_the_server_runs(tmp_path: Path) -> None:
    spec = churn("{runtime: triton, zones: [eu-1a, eu-1b], replicas: {min: 2}}", hardware="{serving: gpu}")
    image = "nvcr.io/nvidia/tritonserver:23.05-py3"
    served = serve(tmp_path, spec, lock(image=image))
    predictor = served.predictor
    assert predictor["nodeSelector"] == {"acme.example/gpu": "l4"}
    assert predictor["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists"}]
    assert predictor["priorityClassName"] == "serving"
    assert predictor["labels"]["kueue.x-k8s.io/queue-name"] == "team-ml"
    terms = predictor["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert terms[0]["matchExpressions"][0]["values"] == ["eu-1a", "eu-1b"]
    assert [spread["topologyKey"] for spread in predictor["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone", "kubernetes.io/hostname",
    ]  # fmt: skip
    assert served.container["resources"]["limits"]["nvidia.com/gpu"] == "2"
    shm = next(volume for volume in served.get("ServingRuntime")["spec"]["volumes"] if volume["name"] == "shm")
    assert shm["emptyDir"] == {"medium": "Memory", "sizeLimit": "8Gi"}


def test_metrics_on_another_port_are_declared_under_a_name(tmp_path: Path) -> None:
    spec = churn("{runtime: triton}", hardware="{serving: gpu}")
    served = serve(tmp_path, spec, lock(image="nvcr.io/nvidia/tritonserver:23.05-py3"))
    assert [(port["name"], port["containerPort"]) for port in served.container["ports"]] == [
        ("http", 8080), ("http-metrics", 8002),
    ]  # fmt: skip


def test_a_language_model_comes_through_the_storage_initializer_at_its_revision(tmp_path: Path) -> None:
    spec = chat("{runtime: vllm, llm: {tensor_parallel: 2, max_model_len: 8192, quantization: fp8}}")
    served = serve(tmp_path, spec, lock(None, image="docker.io/vllm/vllm-openai:v0.24.0"))
    assert served.predictor["model"]["storageUri"] == HUB
    assert served.container["args"] == [
        "--port=8080", "--served-model-name=churn", "--model=/mnt/models", "--tensor-parallel-size=2",
        "--gpu-memory-utilization=0.9", "--max-model-len=8192", "--quantization=fp8",
    ]  # fmt: skip
    assert served.container["securityContext"]["runAsUser"] == 65532
    assert {"name": "HOME", "value": "/tmp"} in served.container["env"]
    assert served.container["readinessProbe"]["httpGet"]["path"] == "/v1/models"
    assert served.container["startupProbe"]["failureThreshold"] * 10 == 1800


@pytest.mark.parametrize(("kserve", "image", "assumed"), [("0.15", "v0.8.5", None), ("0.20", "v0.24.0", "v2")])
def test_a_language_model_has_the_protocol_that_the_webhook_assumes_for_it(
    tmp_path: Path, kserve: str, image: str, assumed: str | None
) -> None:
    locked = lock(None, image=f"docker.io/vllm/vllm-openai:{image}")
    served = serve(tmp_path, chat("{runtime: vllm}"), locked, fairlead=project(kserve))
    assert served.predictor["model"].get("protocolVersion") == assumed
    assert "protocolVersions" not in served.get("ServingRuntime")["spec"]


@pytest.mark.parametrize(("kserve", "noted"), [("0.15", None), ("0.20", "sklearn")])
def test_the_format_is_noted_where_the_webhook_would_note_it(tmp_path: Path, kserve: str, noted: str | None) -> None:
    locked = lock(image=f"docker.io/kserve/sklearnserver:{'v0.15.2' if kserve == '0.15' else 'v0.20.0'}")
    served = serve(tmp_path, churn(), locked, fairlead=project(kserve))
    assert served.get("InferenceService")["metadata"]["annotations"].get("modelFormat") == noted


def test_with_a_token_the_server_loads_the_same_revision_from_the_hub_itself(tmp_path: Path) -> None:
    spec = chat("{runtime: vllm, secrets: {HF_TOKEN: huggingface/token}}")
    served = serve(tmp_path, spec, lock(None, image="docker.io/vllm/vllm-openai:v0.24.0"))
    assert "storageUri" not in served.predictor["model"]
    assert served.container["args"][-2:] == [
        "--model=acme/chat", "--revision=8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c",
    ]  # fmt: skip
    # Of any other format, KServe makes a server of many models where there is no `storageUri`.
    assert served.predictor["model"]["modelFormat"] == {"name": "huggingface", "version": "1"}
    assert [found["name"] for found in served.get("ServingRuntime")["spec"]["supportedModelFormats"]] == ["huggingface"]
    assert {"name": "HF_HOME", "value": "/mnt/models"} in served.container["env"]
    assert {"name": "models", "mountPath": "/mnt/models"} in served.container["volumeMounts"]


def test_a_server_of_ones_own_keeps_its_command(tmp_path: Path) -> None:
    spec = churn("{runtime: custom, image: ghcr.io/acme/server, protocol: v2, command: [python, -m, server]}")
    served = serve(tmp_path, spec, lock(image="ghcr.io/acme/server"))
    assert served.container["command"] == ["python", "-m", "server"]
    assert "args" not in served.container
    assert served.get("ServingRuntime")["spec"]["supportedModelFormats"] == [{"name": "custom", "autoSelect": False}]


def test_a_service_inside_the_cluster_gets_no_route(tmp_path: Path) -> None:
    labels = serve(tmp_path / "inside", churn(), lock()).get("InferenceService")["metadata"]["labels"]
    assert labels["networking.kserve.io/visibility"] == "cluster-local"
    knative = serve(tmp_path / "knative", churn("{mode: knative}"), lock()).get("InferenceService")["metadata"][
        "labels"
    ]
    assert knative["networking.knative.dev/visibility"] == "cluster-local"
    exposed = serve(tmp_path / "exposed", churn("{access: {expose: gateway}}"), lock())
    assert "networking.kserve.io/visibility" not in exposed.get("InferenceService")["metadata"]["labels"]


def test_an_account_of_the_platforms_is_used_and_not_written(tmp_path: Path) -> None:
    served = serve(tmp_path, churn("{service_account: model-reader}"), lock())
    assert served.predictor["serviceAccountName"] == "model-reader"
    assert "ServiceAccount" not in served.kinds


def test_the_pipelines_own_account_knows_the_store(tmp_path: Path) -> None:
    account = serve(tmp_path, locked=lock()).get("ServiceAccount")
    assert account["metadata"]["annotations"] == {
        "serving.kserve.io/s3-region": "eu-central-1",
        "serving.kserve.io/s3-endpoint": "minio.storage.svc:9000",
        "serving.kserve.io/s3-usehttps": "0",
    }
    assert account["automountServiceAccountToken"] is False


def test_a_retired_pipeline_keeps_serving(tmp_path: Path) -> None:
    spec = churn().replace("owner: growth-ml", "owner: growth-ml, retired: true")
    assert {"InferenceService", "ServingRuntime", "NetworkPolicy"} <= set(serve(tmp_path, spec, lock()).kinds)


def test_a_pipeline_that_is_not_served_gives_nothing(tmp_path: Path) -> None:
    spec = churn().replace("serving: {}\n", "")
    assert serve(tmp_path, spec, lock()).kinds == []


def test_a_line_of_the_manifest_leads_to_its_line_of_the_specification(tmp_path: Path) -> None:
    spec = churn("\n  timeout: 10s\n  replicas: {min: 2, max: 4}\n  scale_on: {cpu: 60%}")
    fields = serve(tmp_path, spec, lock()).resource("InferenceService").fields
    lines = spec.splitlines()
    wanted = {
        ("spec", "predictor", "timeout"): "timeout: 10s",
        ("spec", "predictor", "minReplicas"): "replicas:",
        ("spec", "predictor", "scaleTarget"): "scale_on:",
    }
    for path, text in wanted.items():
        assert text in lines[fields[path].place.line - 1]


def test_versions_differ_in_nothing_but_what_is_served(tmp_path: Path) -> None:
    older = serve(tmp_path / "older", locked=lock(version(7)))
    newer = serve(tmp_path / "newer", locked=lock(version(8)))
    assert older.get("ServingRuntime") == newer.get("ServingRuntime")
    assert older.predictor["model"]["storageUri"] != newer.predictor["model"]["storageUri"]
