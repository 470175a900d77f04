"""`fairlead doctor`, against a cluster that stands behind kubectl's arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clusters import Cluster
from tests.projects import SERVING
from tests.repositories import Repository
from tests.unit.cli.conftest import Command

STAGES = SERVING.replace("trains: true}\n", "trains: true}\n  production: {namespace: ml, after: staging}\n")
SERVED = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: assistant, owner: support-ml}
model:
  task: text-generation
  framework: huggingface
  source: "hf://mistralai/Mistral-7B-Instruct-v0.3:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"
hardware:
  serving: {cpu: 4, memory: 32Gi, gpu: {count: 1, resource: nvidia.com/gpu}, nodes: {pool: gpu}, tolerations: [gpu]}
serving:
  runtime: vllm
  protocol: openai
patches:
  - why: reads models from the hub
    target: {kind: InferenceService}
    merge:
      spec:
        predictor:
          priorityClassName: urgent
          model: {env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hub, key: token}}}]}
"""
STAGING = ("doctor", "--environment", "staging")
GPU_NODE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "gpu-1", "labels": {"pool": "gpu"}},
    "spec": {"taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]},
    "status": {"allocatable": {"cpu": "7910m", "memory": "65866024Ki", "nvidia.com/gpu": "1", "pods": "110"}},
}
PROMETHEUS: dict[str, Any] = {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "Prometheus",
    "metadata": {"name": "main", "namespace": "monitoring"},
    "spec": {
        "ruleSelector": {}, "ruleNamespaceSelector": {}, "podMonitorSelector": {}, "podMonitorNamespaceSelector": {},
    },
}  # fmt: skip


def deployment(namespace: str, name: str, image: str, available: int = 1) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"spec": {"containers": [{"name": "manager", "image": image}]}}},
        "status": {"availableReplicas": available},
    }


def secret(name: str, **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "ml-staging"}, "data": data,
    }  # fmt: skip


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster that lacks nothing that staging needs."""
    made = Cluster().use(monkeypatch, "ml-staging")
    made.put(deployment("kserve", "kserve-controller-manager", "kserve/kserve-controller:v0.20.0"))
    made.put(deployment("monitoring", "operator", "quay.io/prometheus-operator/prometheus-operator:v0.93.0"))
    made.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "inferenceservice-config",
              "namespace": "kserve"}, "data": {"ingress": "{}"}})  # fmt: skip
    made.put({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}})
    made.put(PROMETHEUS)
    made.put(GPU_NODE)
    made.put(secret("hub", token="aHVudGVyMg=="))
    return made


@pytest.fixture
def repository(fairlead: Command) -> Repository:
    made = Repository(fairlead.folder)
    made.start({"specs/assistant.yaml": SERVED}, STAGES)
    return made


def test_a_cluster_with_everything_lacks_nothing(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    done = fairlead(*STAGING)
    assert done.out == "context test, Kubernetes v1.33.2\nstaging (namespace ml-staging): nothing is lacking\n"
    assert done.code == 0
    assert cluster.verbs() == ["create"], "the rights that are asked about, which creates nothing"


def remove(kind: str, namespace: str, name: str) -> Callable[[Cluster], object]:
    return lambda cluster: cluster.objects.pop((kind, namespace, name))


def put(manifest: dict[str, Any]) -> Callable[[Cluster], object]:
    return lambda cluster: cluster.put(manifest)


def quota(hard: str, used: str) -> Callable[[Cluster], object]:
    return put(
        {
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team", "namespace": "ml-staging"},
            "spec": {"hard": {"requests.memory": hard}}, "status": {"used": {"requests.memory": used}},
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "said", "place"),
    [
        (
            lambda cluster: cluster.missing.add("PodMonitor"),
            "FL8301",
            "the cluster has no PodMonitor in monitoring.coreos.com/v1",
            "specs/assistant.yaml:",
        ),
        (
            put(deployment("kserve", "kserve-controller-manager", "kserve/kserve-controller:v0.15.2")),
            "FL8303",
            "fairlead.yaml says kserve 0.20, and 0.15 runs (kserve/kserve-controller:v0.15.2 in kserve)",
            "fairlead.yaml:5:20",
        ),
        (
            put(deployment("kserve", "kserve-controller-manager", "kserve/kserve-controller:v0.20.1", 0)),
            "FL8304",
            "the controller of kserve, kserve-controller-manager in kserve, has no Pod that is available",
            "specs/assistant.yaml:",
        ),
        (
            remove("Secret", "ml-staging", "hub"),
            "FL8305",
            "there is no Secret hub in ml-staging; needed by InferenceService assistant in ml-staging",
            "specs/assistant.yaml:",
        ),
        (
            remove("PriorityClass", "", "urgent"),
            "FL8305",
            "there is no PriorityClass urgent",
            "specs/assistant.yaml:",
        ),
        (
            put(secret("hub", password="aHVudGVyMg==")),
            "FL8306",
            "Secret hub in ml-staging has no key `token`",
            "specs/assistant.yaml:",
        ),
        (
            put({**GPU_NODE, "metadata": {"name": "gpu-1", "labels": {"pool": "cpu"}}}),
            "FL8307",
            "none of 1 nodes has the labels pool=gpu",
            "specs/assistant.yaml:",
        ),
        (quota("16Gi", "0"), "FL8308", "the quota team permits 16Gi of requests.memory", "specs/assistant.yaml:"),
        (
            lambda cluster: cluster.refused.update(Pod='violates PodSecurity "restricted:latest": runAsUser=0'),
            "FL8309",
            'a Pod would be refused: violates PodSecurity "restricted:latest": runAsUser=0',
            "specs/assistant.yaml:",
        ),
        (
            put({**PROMETHEUS, "spec": PROMETHEUS["spec"] | {"podMonitorSelector": {"matchLabels": {"release": "a"}}}}),
            "FL8310",
            "`podMonitorSelector` selects release=a, and `podMonitorNamespaceSelector` everything",
            "specs/assistant.yaml:",
        ),
        (
            put({**PROMETHEUS, "spec": {"ruleSelector": {}, "podMonitorSelector": {}}}),
            "FL8310",
            "`podMonitorNamespaceSelector` namespace monitoring alone",
            "specs/assistant.yaml:",
        ),
        (
            lambda cluster: cluster.not_allowed.add(("delete", "inferenceservices")),
            "FL8314",
            "this account may not delete inferenceservices.serving.kserve.io in ml-staging",
            "specs/assistant.yaml:",
        ),
        (remove("Namespace", "", "ml-staging"), "FL8207", "no namespace ml-staging", "fairlead.yaml:7:"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_said_with_the_line_that_needs_it(
    fairlead: Command, repository: Repository, cluster: Cluster, change: Callable[[Cluster], object], code: str,
    said: str, place: str,
) -> None:  # fmt: skip
    change(cluster)
    done = fairlead(*STAGING)
    found = f"error[{code}]: "
    assert found in done.out
    assert said in done.out
    assert f"--> {place}" in done.out[done.out.index(found) :]
    assert done.code == 1


@pytest.mark.parametrize("resource", ["secrets", "nodes", "deployments", "namespaces", "resourcequotas"])
def test_what_may_not_be_read_is_unknown_and_never_fine(
    fairlead: Command, repository: Repository, cluster: Cluster, resource: str
) -> None:
    cluster.forbidden.add(resource)
    done = fairlead(*STAGING)
    assert "warning[FL8302]: it is not known" in done.out
    assert "is forbidden" in done.out
    assert "nothing is lacking" not in done.out
    assert "not known" in done.out.splitlines()[-1]
    assert done.code == 0
    assert fairlead(*STAGING, "--strict").code == 1


def test_no_value_of_a_secret_is_read_or_printed(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    cluster.put(secret("hub", password="aHVudGVyMg=="))
    done = fairlead(*STAGING)
    assert "its keys: password" in done.out
    assert "aHVudGVyMg" not in done.out + done.err
    # Only the question that leaves values out may be about Secrets.
    assert all("go-template" in " ".join(call) for call in cluster.calls if "secret" in " ".join(call).lower())


def test_an_autoscaler_may_add_a_node(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    del cluster.objects["Node", "", "gpu-1"]
    cluster.put({"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "gpu"}})
    done = fairlead(*STAGING)
    assert "warning[FL8307]" in done.out
    assert "Karpenter may add such a node" in done.out
    assert done.code == 0


def test_a_quota_that_others_use_up_is_a_warning(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    quota("64Gi", "40Gi")(cluster)
    done = fairlead(*STAGING)
    assert "warning[FL8308]: the quota team permits 64Gi of requests.memory, and 40Gi are used" in done.out
    assert done.code == 0


def test_a_version_that_nothing_says_is_unknown(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    digest = f"kserve/kserve-controller@sha256:{'0' * 64}"
    cluster.put(deployment("kserve", "kserve-controller-manager", digest))
    assert "it is not known whether kserve 0.20 runs" in fairlead(*STAGING).out


def test_every_environment_is_asked_about_unless_one_is_named(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead("doctor")
    assert "staging (namespace ml-staging): nothing is lacking" in done.out
    assert "production (namespace ml): 1 thing is lacking" in done.out
    assert done.code == 1
    assert "no `prod` among its environments" in fairlead("doctor", "-e", "prod").err


def test_the_document_has_every_finding_with_what_needs_it(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    del cluster.objects["Secret", "ml-staging", "hub"]
    cluster.forbidden.add("nodes")
    done = fairlead(*STAGING, "--format", "json")
    document = json.loads(done.out)
    assert (document["version"], document["context"], document["server"]) == (1, "test", "v1.33.2")
    (environment,) = document["environments"]
    assert environment["summary"] == {"errors": 1, "warnings": 0, "unknown": 1}
    assert environment["checks"]["nodes"] is False
    assert environment["checks"]["named"] is True
    missing = next(each for each in environment["findings"] if each["code"] == "FL8305")
    (whom,) = missing["needed_by"]
    assert (whom["kind"], whom["name"], whom["place"]["file"]) == (
        "InferenceService", "assistant", "specs/assistant.yaml",
    )  # fmt: skip
    assert missing["place"] == whom["place"]
    assert done.code == 1


def test_a_cluster_that_does_not_answer_is_said_once(
    fairlead: Command, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    done = fairlead(*STAGING)
    assert "FL8201" in done.err
    assert done.err.count("error[") == 1
    assert done.code == 1
