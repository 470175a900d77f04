"""Which Pods no node could hold, and why."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.doctor.amounts import amount
from fairlead.doctor.checks.nodes import why_not
from fairlead.doctor.pods import Pod, pods
from tests.unit.doctor.scopes import resource

WORKFLOWS = "argoproj.io/v1alpha1"


def node(name: str = "n", taints: Any = (), labels: Any = None, **allocatable: str) -> dict[str, Any]:
    given = {"cpu": "4", "memory": "16Gi", **{key.replace("_", "/"): value for key, value in allocatable.items()}}
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": {"taints": list(taints)},
            "status": {"allocatable": given}}  # fmt: skip


def pod(cpu: str = "2", memory: str = "4Gi", gpu: str | None = None, **spec: Any) -> Pod:
    requests = {"cpu": cpu, "memory": memory, **({"nvidia.com/gpu": gpu} if gpu else {})}
    template = {"containers": [{"name": "a", "resources": {"limits": requests}}], **spec}
    (made,) = pods([resource("Deployment", "a", "apps/v1", spec={"template": {"spec": template}})])
    return made


TAINT = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}


def test_one_that_fits_somewhere_has_no_reason() -> None:
    assert why_not(pod(), [node(cpu="1"), node(cpu="2")]) == ""


@pytest.mark.parametrize(
    ("asked", "nodes", "said"),
    [
        (pod(), [], "the cluster has no node that takes Pods"),
        (pod(nodeSelector={"pool": "gpu"}), [node(), node()], "none of 2 nodes has the labels pool=gpu"),
        (pod(), [node(taints=[TAINT])],
         "not even the only node takes the Pod: it does not tolerate gpu=yes:NoSchedule of n"),
        (pod(memory="32Gi"), [node("a"), node("b", memory="24Gi")],
         "none of 2 nodes has enough to give: the Pod requests 32Gi of memory, and b has 24Gi"),
        (pod(gpu="1"), [node()],
         "not even the only node has enough to give: the Pod requests 1 of nvidia.com/gpu, and n has none"),
    ],
)  # fmt: skip
def test_the_reason_says_where_it_ends(asked: Pod, nodes: list[Any], said: str) -> None:
    assert why_not(asked, nodes) == said


@pytest.mark.parametrize(
    "toleration",
    [
        {"operator": "Exists"},
        {"key": "gpu", "operator": "Exists"},
        {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "gpu", "value": "yes"},
    ],
)
def test_a_taint_that_is_tolerated_keeps_nothing_away(toleration: dict[str, str]) -> None:
    assert why_not(pod(tolerations=[toleration]), [node(taints=[TAINT])]) == ""


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "gpu", "value": "no"},
        {"key": "other", "operator": "Exists"},
        {"key": "gpu", "operator": "Exists", "effect": "NoExecute"},
    ],
)
def test_another_toleration_does_not_help(toleration: dict[str, str]) -> None:
    assert "does not tolerate" in why_not(pod(tolerations=[toleration]), [node(taints=[TAINT])])


def test_a_taint_that_only_prefers_keeps_nothing_away() -> None:
    assert why_not(pod(), [node(taints=[{**TAINT, "effect": "PreferNoSchedule"}])]) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("500m", 0.5), ("2Ki", 2048), ("1.5Gi", 1.5 * 1024**3), ("12e6", 12_000_000), ("3k", 3000), (2, 2)],
)
def test_amounts_are_read_as_kubernetes_means_them(text: Any, value: float) -> None:
    assert float(amount(text)) == value


@pytest.mark.parametrize("text", ["many", "NaN", "Infinity", "-inf", ".", ""])
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        amount(text)


def test_every_step_of_a_workflow_is_a_pod_with_what_the_workflow_says_of_all() -> None:
    container = {"image": "a", "resources": {"requests": {"cpu": "1"}}}
    templates = [
        {"name": "main", "dag": {"tasks": []}},
        {"name": "train", "container": container, "nodeSelector": {"pool": "gpu"}, "sidecars": [container]},
        {"name": "score", "container": container},
    ]
    spec = {"templates": templates, "nodeSelector": {"pool": "cpu"}, "podMetadata": {"labels": {"a": "b"}}}
    train, score = pods([resource("WorkflowTemplate", "a", WORKFLOWS, spec=spec)])
    assert (train.spec["nodeSelector"], score.spec["nodeSelector"]) == ({"pool": "gpu"}, {"pool": "cpu"})
    assert (train.total("requests"), score.total("requests")) == ({"cpu": amount("2")}, {"cpu": amount("1")})
    assert score.labels == {"a": "b"}


@pytest.mark.parametrize("memory", ["{{inputs.parameters.memory}}", "much"])
def test_an_amount_that_is_only_known_in_a_run_or_never_is_left_out(memory: str) -> None:
    assert pod(memory=memory).total("requests") == {"cpu": amount("2")}


def test_a_service_requests_what_its_model_says_and_is_secured_as_its_runtime_is() -> None:
    small, large = ({"limits": {"memory": size}} for size in ("1Gi", "8Gi"))
    secured = {"name": "kserve-container", "resources": small, "securityContext": {"runAsNonRoot": True}}
    runtime = resource("ServingRuntime", "r", "serving.kserve.io/v1alpha1", spec={"containers": [secured]})
    predictor = {"model": {"runtime": "r", "resources": large}}
    canary = {"predictor": {"model": {"runtime": "r", "resources": small}}}
    spec = {"predictor": predictor, "canary": [canary]}
    first, second = pods([runtime, resource("InferenceService", "a", "serving.kserve.io/v1beta1", spec=spec)])
    assert first.total("requests") == {"memory": amount("8Gi")}
    assert first.containers[0]["securityContext"] == {"runAsNonRoot": True}
    assert second.total("requests") == {"memory": amount("1Gi")}
