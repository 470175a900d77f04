"""What the service accounts that are written may do, by the authorizer of the API server: what their steps need, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.api import Api, Identity, identity
from tests.conformance.control_plane import ControlPlane
from tests.conformance.matrix import CELLS

pytestmark = pytest.mark.xdist_group("api-server")

RBAC = ("ServiceAccount", "Role", "RoleBinding")
Cell = tuple[tuple[str, dict[str, Any]], ...]
Right = tuple[str, str, str, str]
"""A verb, the group and the plural of a resource, and the name that it is held to."""

RESULTS = {(verb, "argoproj.io", "workflowtaskresults", "") for verb in ("create", "patch")}
JOBS = {(verb, "trainer.kubeflow.org", "trainjobs", "") for verb in ("create", "get", "patch")}


def expected(namespace: str, name: str) -> set[Right]:
    """What the Pods of an account do there; a server and the event bus ask the API server nothing."""
    pipeline, _, purpose = name.rpartition("-")
    match purpose:
        case "train":
            # A training on several nodes is a TrainJob, which a step creates and watches.
            return RESULTS | (JOBS if pipeline == "scene-encoder" else set())
        case "watch":
            return RESULTS
        case "retrain":
            submit = {(verb, "argoproj.io", "workflows", "") for verb in ("create", "get", "list")}
            return submit | {("get", "argoproj.io", "workflowtemplates", f"{pipeline}-train")}
        case "serve" | "events":
            return set()
    raise AssertionError(f"nothing is known of {namespace}/{name}")


def rights(api: Api, namespace: str) -> set[Right]:
    """Everything that whoever asks may do in a namespace."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    status = api.create("authorization.k8s.io/v1", "SelfSubjectRulesReview", None, body).ok().body["status"]
    assert not status["incomplete"]
    return {
        (verb, group, resource, name)
        for rule in status["resourceRules"]
        for verb in rule["verbs"]
        for group in rule.get("apiGroups", [""])
        for resource in rule.get("resources", [""])
        for name in rule.get("resourceNames", [""])
    }


def accounts(cell: Cell) -> list[Identity]:
    return [identity(manifest) for _, manifest in cell if manifest["kind"] == "ServiceAccount"]


@pytest.fixture
def granted(platforms: ControlPlane, manifests: Callable[[str], Cell]) -> Callable[[str], Cell]:
    """`granted(cell)` is that cell, with its accounts and their roles in the cluster, and no others."""

    def applied(name: str) -> Cell:
        for namespace in ("ml", "ml-staging"):
            for version, kind in (
                ("v1", "ServiceAccount"),
                *(("rbac.authorization.k8s.io/v1", each) for each in RBAC[1:]),
            ):
                platforms.api.delete_all(version, kind, namespace)
        for _, manifest in manifests(name):
            if manifest["kind"] in RBAC:
                platforms.api.apply(identity(manifest), manifest).ok()
        return manifests(name)

    return applied


@pytest.mark.parametrize("name", CELLS)
def test_an_account_may_do_what_its_steps_need_and_nothing_else(
    name: str, platforms: ControlPlane, granted: Callable[[str], Cell]
) -> None:
    found = accounts(granted(name))
    assert found
    with platforms.api.acting_as("default", "nobody") as nobody:
        everybody = rights(nobody, "default")
    for _, _, namespace, account in found:
        assert namespace is not None
        with platforms.api.acting_as(namespace, account) as api:
            assert rights(api, namespace) - everybody == expected(namespace, account), (namespace, account)
            for other in {"ml", "ml-staging", "default", "kube-system"} - {namespace}:
                assert rights(api, other) - everybody == set(), (namespace, account, other)


def attempts(cell: Cell) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Requests that would do harm."""
    ml = "/api/v1/namespaces/ml-staging"
    yield "GET", f"{ml}/secrets", None
    yield "GET", f"{ml}/secrets/tumor-classifier-train.service-account-token", None
    yield "GET", f"{ml}/configmaps", None
    yield "POST", f"{ml}/pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    yield "POST", f"{ml}/pods/a/exec?command=sh", None
    yield "POST", f"{ml}/serviceaccounts/tumor-classifier-train/token", {}
    kserve = "/apis/serving.kserve.io/v1beta1/namespaces/ml-staging/inferenceservices/tumor-classifier"
    yield "PATCH", kserve, {"spec": {"predictor": {"minReplicas": 0}}}
    yield "DELETE", kserve, None
    template = "/apis/argoproj.io/v1alpha1/namespaces/ml-staging/workflowtemplates/tumor-classifier-train"
    yield "PATCH", template, {"spec": {"entrypoint": "other"}}
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/ml-staging"
    for _, manifest in cell:
        if manifest["kind"] in ("Role", "RoleBinding") and manifest["metadata"]["namespace"] == "ml-staging":
            yield "POST", f"{rbac}/{manifest['kind'].lower()}s", {**manifest, "metadata": {"name": "mine"}}
    yield "POST", "/apis/argoproj.io/v1alpha1/namespaces/ml/workflowtaskresults", {}
    yield "POST", "/apis/argoproj.io/v1alpha1/namespaces/ml/workflows", {}


def test_what_would_do_harm_is_forbidden(platforms: ControlPlane, granted: Callable[[str], Cell]) -> None:
    cell = granted("as committed")
    for _, _, namespace, account in accounts(cell):
        if namespace == "ml-staging":
            with platforms.api.acting_as(namespace, account) as api:
                for method, path, body in attempts(cell):
                    content = "application/merge-patch+json" if method == "PATCH" else "application/json"
                    answer = api.call(method, path, body, content)
                    assert answer.status == 403, (account, method, path, answer.body)


def test_a_step_can_report_and_a_sensor_can_submit(platforms: ControlPlane, granted: Callable[[str], Cell]) -> None:
    granted("as committed")
    result: dict[str, Any] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTaskResult",
        "metadata": {"name": "a"},
    }
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "tumor-classifier-train-"},
        "spec": {"workflowTemplateRef": {"name": "tumor-classifier-train"}},
    }
    with platforms.api.acting_as("ml-staging", "tumor-classifier-train") as step:
        step.create("argoproj.io/v1alpha1", "WorkflowTaskResult", "ml-staging", result, dryRun="All").ok()
        assert step.create("argoproj.io/v1alpha1", "Workflow", "ml-staging", workflow, dryRun="All").status == 403
    with platforms.api.acting_as("ml-staging", "tumor-classifier-retrain") as sensor:
        sensor.create("argoproj.io/v1alpha1", "Workflow", "ml-staging", workflow, dryRun="All").ok()
