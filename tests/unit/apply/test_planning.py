"""What is deleted of what inventories list, where the cluster is no longer as it was."""

from __future__ import annotations

import pytest

from fairlead.apply.carrying import carry_out
from fairlead.apply.planning import Request, make_plan
from fairlead.apply.waiting import TIMEOUT, Patience
from fairlead.apply.wanted import Wanted
from fairlead.cluster.kubectl import Kubectl
from fairlead.output.desired import ResourceRef
from fairlead.output.yaml import dump
from fairlead.preview.model import Change
from fairlead.source.diagnostics import Refused
from tests.clusters import KINDS, Cluster

GRAPH = ResourceRef("serving.kserve.io/v1alpha1", "InferenceGraph", "ml", "both")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return Cluster().use(monkeypatch, "ml")


def request(*refs: ResourceRef, nodes: int = 1, replace: bool = False) -> Request:
    wanted = tuple(
        Wanted(ref, f"rendered/production/churn/{ref.name}.yaml", dump(_manifest(ref, nodes)).encode(), "churn")
        for ref in refs
    )
    return Request("acme", "production", "ml", wanted, replace=replace)


def _manifest(ref: ResourceRef, nodes: int) -> dict[str, object]:
    metadata = {"name": ref.name, "namespace": ref.namespace}
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": metadata, "spec": {"nodes": nodes}}


def apply(wanted: Request, patience: Patience | None = None) -> list[tuple[Change, ResourceRef]]:
    kubectl = Kubectl()
    planned = make_plan(kubectl, wanted)
    carry_out(kubectl, wanted, planned, patience or Patience(None), lambda _: None)
    return [(step.change, step.ref) for step in planned.plan.steps]


def test_what_is_served_in_another_version_than_when_it_was_applied_is_deleted_in_that(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(request(GRAPH))
    monkeypatch.setitem(KINDS, "/apis/serving.kserve.io/v1alpha1", {"ServingRuntime"})
    cluster.objects[GRAPH[1:]]["apiVersion"] = "serving.kserve.io/v1"
    assert apply(request()) == [(Change.REMOVED, GRAPH._replace(api_version="serving.kserve.io/v1"))]
    assert GRAPH[1:] not in cluster.objects


def test_what_went_with_its_definition_is_forgotten(cluster: Cluster) -> None:
    apply(request(GRAPH))
    del cluster.objects[GRAPH[1:]]
    cluster.missing.add("InferenceGraph")
    assert apply(request()) == []
    assert cluster.names("ConfigMap") == []


def test_what_has_to_go_first_is_waited_for_with_an_end_also_by_who_waits_for_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(request(GRAPH))
    cluster.immutable.add("InferenceGraph")
    monkeypatch.setattr(Kubectl, "delete", lambda *_: None)  # as where a finalizer holds it
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(Refused) as refused:
        apply(request(GRAPH, nodes=2, replace=True), Patience(None, clock=lambda: now[0], sleep=sleep))
    assert f"is not gone after {TIMEOUT:g} s" in refused.value.diagnostics[0].message
    assert now[0] == TIMEOUT
