"""What `fairlead doctor` asks, asked of a real API server through the real kubectl, about what this repository has."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.kubectl import Kubectl
from fairlead.doctor.checks import CHECKS
from fairlead.doctor.examine import Examination, cluster, examine
from fairlead.doctor.questions import Questions
from fairlead.doctor.references import references
from fairlead.doctor.scope import Scope
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from tests.conformance.api import identity
from tests.conformance.control_plane import ControlPlane
from tests.conformance.definitions import install
from tests.conformance.ports import until

pytestmark = pytest.mark.xdist_group("api-server")

ROOT = Path(__file__).parent.parent.parent
CONTROLLERS = {
    "argo": "quay.io/argoproj/workflow-controller:v4.1.0",
    "argo-events": "quay.io/argoproj/argo-events:v1.9.7",
    "kserve": "kserve/kserve-controller:v0.20.0",
    "keda": "ghcr.io/kedacore/keda:2.20.0",
    "kubeflow-system": "ghcr.io/kubeflow/trainer/trainer-controller-manager:v2.1.0",
    "knative-serving": "gcr.io/knative-releases/knative.dev/serving/cmd/controller:v1.19.0",
    "kueue": "registry.k8s.io/kueue/kueue:v0.20.1",
    "monitoring": "quay.io/prometheus-operator/prometheus-operator:v0.93.0",
    "argocd": "quay.io/argoproj/argocd:v3.5.0",
}
"""Who acts on what is applied, by the namespace in which it runs."""
NODE = {"cpu": "64", "memory": "512Gi", "nvidia.com/gpu": "8", "ephemeral-storage": "500Gi", "pods": "110"}


@pytest.fixture(scope="module")
def scopes() -> dict[str, Scope]:
    """What this repository compiles to, by environment."""
    workspace = load(ROOT)
    compilation = compile_workspace(workspace, keep=True)
    found: dict[str | None, list[Resource]] = {}
    for made in compilation.made():
        resources = [each for target in made.compiled.values() for each in target.resources]
        found.setdefault(made.assembled.owner.environment, []).extend(resources)
    project = workspace.project
    assert project is not None
    shared = tuple(found.get(None, ()))
    return {
        name: Scope(project, workspace.project_root, name, tuple(found[name]), shared)
        for name in ("staging", "production")
    }


class Server:
    """The API server, which forgets what a test has put there."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.kubectl = Kubectl(context="test", kubeconfig=str(plane.kubeconfig))
        self._made: list[Any] = []

    def put(self, manifest: dict[str, Any]) -> None:
        status = manifest.get("status")
        about = identity(manifest)
        self.plane.api.apply(about, {key: manifest[key] for key in manifest if key != "status"}).ok()
        self._made.append(about)
        if status is not None:
            path = f"{self.plane.api.path(*about)}/status"
            self.plane.api.call("PATCH", path, {"status": status}, "application/merge-patch+json").ok()

    def forget(self) -> None:
        for about in reversed(self._made):
            self.plane.api.delete(about)

    def examine(self, scope: Scope, kubectl: Kubectl | None = None) -> Examination:
        questions = Questions(kubectl or self.kubectl)
        assert cluster(self.kubectl, questions).version.startswith("v")
        return examine(scope, questions)


@pytest.fixture
def server(platforms: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("PATH", str(platforms.kubectl.parent))
    monkeypatch.setenv("HOME", str(platforms.folder))
    made = Server(platforms)
    yield made
    made.forget()


def plain(api: str, kind: str, name: str, namespace: str | None = None, **more: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


def definition(group: str, kind: str, plural: str, version: str = "v1", scope: str = "Namespaced") -> dict[str, Any]:
    """A definition of a kind of which no test has the real one, which takes anything."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return plain(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{plural}.{group}",
        metadata={"annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}},
        spec={
            "group": group,
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "scope": scope,
            "versions": [{"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    )  # fmt: skip


def controller(namespace: str, image: str) -> dict[str, Any]:
    labels = {"app": namespace}
    containers = [{"name": "c", "image": image, "args": ["controller"]}]
    return plain(
        "apps/v1", "Deployment", "controller", namespace,
        spec={"selector": {"matchLabels": labels},
              "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}}},
        status={"availableReplicas": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1},
    )  # fmt: skip


def node(name: str, **labels: str) -> dict[str, Any]:
    return plain("v1", "Node", name, metadata={"labels": labels}, status={"allocatable": NODE, "capacity": NODE})


@pytest.fixture
def installed(server: Server, crds: Path) -> Server:
    """A cluster on which the platforms run, and that has nodes of each kind."""
    api = server.plane.api
    install(api, crds, frozenset({"LocalQueue", "ScaledObject", "Gateway"}))
    made = (
        definition("monitoring.coreos.com", "Prometheus", "prometheuses"),
        definition("serving.knative.dev", "Service", "services"),
        definition("gateway.networking.k8s.io", "GatewayClass", "gatewayclasses", scope="Cluster"),
        definition("monitoring.coreos.com", "Alertmanager", "alertmanagers"),
    )
    for each in made:
        api.apply(identity(each), each).ok()
    until(lambda: server.kubectl.raw("/apis/monitoring.coreos.com/v1") is not None, "the definitions are not served")
    for namespace, image in CONTROLLERS.items():
        there = plain("v1", "Namespace", namespace)
        api.apply(identity(there), there).ok()
        server.put(controller(namespace, image))
    gateways = plain("v1", "Namespace", "gateways")
    api.apply(identity(gateways), gateways).ok()
    for namespace in ("ml", "ml-staging"):
        server.put(plain("v1", "ServiceAccount", "default", namespace))
    selectors = ("ruleSelector", "ruleNamespaceSelector", "podMonitorSelector", "podMonitorNamespaceSelector")
    everything: dict[str, Any] = {each: {} for each in selectors}
    server.put(plain("monitoring.coreos.com/v1", "Prometheus", "main", "monitoring", spec=everything))
    configs: dict[str, Any] = {"alertmanagerConfigSelector": {}, "alertmanagerConfigNamespaceSelector": {}}
    server.put(plain("monitoring.coreos.com/v1", "Alertmanager", "main", "monitoring", spec=configs))
    ingress = {"enableGatewayApi": True, "kserveIngressGateway": "gateways/ml-private"}
    config = {"ingress": json.dumps(ingress)}
    server.put(plain("v1", "ConfigMap", "inferenceservice-config", "kserve", data=config))
    features = {f"kubernetes.podspec-{each}": "enabled" for each in ("nodeselector", "tolerations")}
    server.put(plain("v1", "ConfigMap", "config-features", "knative-serving", data=features))
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    class_ = plain("storage.k8s.io/v1", "StorageClass", "standard", metadata={"annotations": default})
    server.put({**class_, "provisioner": "of-a-test"})
    for number, labels in enumerate(({}, {"cloud.example/gpu": "l4"}, {"cloud.example/gpu": "h100"})):
        server.put(node(f"node-{number}", **labels))
    return server


def test_a_cluster_that_was_given_what_it_lacked_lacks_nothing(installed: Server, scopes: dict[str, Scope]) -> None:
    scope = scopes["staging"]
    before = installed.plane.api.all("v1", "Pod", scope.namespace)
    found = installed.examine(scope)
    assert {each.code.id for each in found.findings} == {"FL8305"}, [each.message for each in found.findings]
    for reference in references(iter(scope.resources), scope.namespace):
        if reference.to.kind == "Secret":
            content = dict.fromkeys(reference.keys, "x")
            installed.put(plain("v1", "Secret", reference.to.name, scope.namespace, stringData=content))
    for each in found.findings:
        make(installed, each.message, scope)
    last = installed.examine(scope)
    assert [f"{each.level} {each.code.id} {each.message}" for each in last.findings] == []
    assert last.answered == tuple(check.name for check in CHECKS)
    assert installed.plane.api.all("v1", "Pod", scope.namespace) == before == []
    token = next(each for each in found.findings if "Secret acme-ml-events" in each.message)
    assert {each.resource.kind for each in token.by} == {"EventSource", "AlertmanagerConfig"}
    assert {each.place.file for each in token.by} == {"specs/tumor-classifier.yaml"}


def make(server: Server, message: str, scope: Scope) -> None:
    """What a finding says is not there."""
    words = message.removeprefix("there is no ").split(" ")
    kind, name = words[0], words[1]
    if kind == "Secret":
        return
    if kind == "PriorityClass":
        server.put(plain("scheduling.k8s.io/v1", "PriorityClass", name, value=1))
    elif kind == "LocalQueue":
        version = server.kubectl.raw("/apis/kueue.x-k8s.io")["preferredVersion"]["groupVersion"]
        server.put(plain(version, "LocalQueue", name, scope.namespace, spec={"clusterQueue": "all"}))
    elif kind == "Gateway":
        allowed = {"namespaces": {"from": "All"}}
        listener = {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": allowed}
        spec = {"gatewayClassName": "of-a-test", "listeners": [listener]}
        server.put(plain("gateway.networking.k8s.io/v1", "Gateway", name, "gateways", spec=spec))
        server.put(plain("gateway.networking.k8s.io/v1", "GatewayClass", "of-a-test"))
    else:
        raise AssertionError(message)


def nobody(server: Server, folder: Path) -> Kubectl:
    """kubectl for an account that may do nothing."""
    kubeconfig = folder / "kubeconfig"
    text = server.plane.kubeconfig.read_text(encoding="utf-8")
    token = next(line for line in text.splitlines() if "token:" in line)
    indent = token[: len(token) - len(token.lstrip())]
    kubeconfig.write_text(text.replace(token, f"{token}\n{indent}as: nobody"), encoding="utf-8")
    return Kubectl(context="test", kubeconfig=str(kubeconfig))


def test_who_may_read_nothing_is_told_that_nothing_is_known(
    installed: Server, scopes: dict[str, Scope], tmp_path: Path
) -> None:
    found = installed.examine(scopes["staging"], nobody(installed, tmp_path))
    assert {each.code.id for each in found.findings} == {"FL8302"}, [each.message for each in found.findings]
    assert found.unknown >= 8
    assert set(found.answered) <= {"kinds", "rights", "prometheus", "kserve"}


def test_rights_are_asked_of_the_server(server: Server, tmp_path: Path) -> None:
    attributes = [
        {"namespace": "ml", "group": "", "resource": "configmaps", "verb": verb} for verb in ("get", "delete")
    ]
    assert server.kubectl.allowed(attributes) == [True, True]
    assert server.kubectl.allowed([]) == []
    assert nobody(server, tmp_path).allowed(attributes) == [False, False]


def one_pod(namespace: str, **pod: Any) -> Resource:
    container = {"name": "a", "image": "a", "resources": {"limits": {"cpu": "4", "memory": "8Gi"}}}
    spec = {"template": {"spec": {"containers": [container], **pod}}}
    return Resource(
        plain("apps/v1", "Deployment", "churn", namespace, spec=spec),
        Origin("serve", Place("specs/churn.yaml", 3, 1, 3, 2), "a test"),
    )


def test_admission_is_asked_and_its_words_are_passed_on(
    installed: Server, scopes: dict[str, Scope], monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace = f"doctor-{uuid.uuid4().hex[:8]}"
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    installed.put(plain("v1", "Namespace", namespace, metadata={"labels": restricted}))
    installed.put(plain("v1", "ServiceAccount", "default", namespace))
    base = scopes["staging"]
    project = base.project.model_copy(deep=True)
    project.environment("staging").__dict__["namespace"] = namespace
    scope = Scope(project, base.root, "staging", (one_pod(namespace, hostNetwork=True),))
    (refused,) = (each for each in installed.examine(scope).findings if each.code.id == "FL8309")
    assert 'violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)' in refused.message
    assert refused.by[0].place.line == 3
    limits = {"limits": [{"type": "Container", "max": {"memory": "1Gi"}}]}
    installed.put(plain("v1", "LimitRange", "small", namespace, spec=limits))
    said = " ".join(each.message for each in installed.examine(scope).findings if each.code.id == "FL8309")
    assert "maximum memory usage per Container is 1Gi, but limit is 8Gi" in said
    hard = {"requests.memory": "4Gi"}
    installed.put(plain("v1", "ResourceQuota", "team", namespace, spec={"hard": hard}))
    said = " ".join(each.message for each in installed.examine(scope).findings if each.code.id == "FL8308")
    assert "the quota team permits 4Gi of requests.memory" in said


def test_the_keys_of_secrets_are_read_and_values_stay_with_kubectl(server: Server) -> None:
    for name, content in (("one", {"a": "1", "b": "2"}), ("two", {}), ("three", {"c": "3"})):
        server.put(plain("v1", "Secret", name, "ml", stringData=content))
    names = ["one", "two", "three", "four"]
    expected = {"one": frozenset("ab"), "two": frozenset(), "three": frozenset("c")}
    assert server.kubectl.secret_keys("ml", names) == expected
    for name in names:
        held = {name: expected[name]} if name in expected else {}
        assert server.kubectl.secret_keys("ml", [name]) == held
