from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.platform_features import LACKING, NO_SECTION
from tests.unit.plan.specs import ASSISTANT, BATCH, FAIRLEAD, TUMOR, edit, examine

DISTRIBUTED = edit(TUMOR, ("    retries: 2\n", "    retries: 2\n    distributed: {nodes: 4}\n"))
KNATIVE = edit(TUMOR, ("mode: standard", "mode: knative"), ("cpu: 70%", "concurrency: 4"))
QUEUED = edit(TUMOR, ("train: {cpu: 4, memory: 8Gi, disk: 20Gi}", "train: gpu-l4"))


@pytest.mark.parametrize(
    ("component", "spec", "places"),
    [
        ('  kubeflow-trainer: "2.1"\n', DISTRIBUTED, [("distributed", None)]),
        ('  knative: "1.19"\n', KNATIVE, [("knative", "mode: knative")]),
        ('  kueue: "0.20"\n', QUEUED, [("gpu-l4", None)]),
        ('  prometheus-operator: "0.93"\n', TUMOR, [("drift", "on: [drift"), ("quality", "[drift, quality")]),
        ('  argo-events: "1.9"\n', TUMOR, [("drift", "on: [drift"), ("quality", "[drift, quality")]),
        ('  argo-workflows: "4.1"\n', BATCH, [("train", "  train: {command"), ("batch", "  batch:")]),
        ('  kserve: "0.20"\n', ASSISTANT, [("serving", "\nserving:\n")]),
    ],
    ids=["trainer", "knative", "kueue", "operator", "events", "workflows", "kserve"],
)
def test_a_feature_that_the_platform_lacks_is_an_error(
    tmp_path: Path, component: str, spec: str, places: list[tuple[str, str | None]]
) -> None:
    assert examine(tmp_path, spec).of(LACKING) == []
    found = examine(tmp_path, spec, fairlead=edit(FAIRLEAD, (component, "")))
    assert found.places(LACKING) == [found.where(*place) for place in places]
    name = component.split(":", maxsplit=1)[0].strip()
    assert all(f"`platform.{name}` is not set" in each.message for each in found.of(LACKING))
    assert all(str(each.related[0].place) == "fairlead.yaml:5:1" for each in found.of(LACKING))


def test_new_data_is_looked_for_on_a_schedule_and_needs_no_listener(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ('  argo-events: "1.9"\n', ""))
    assert examine(tmp_path, BATCH + "retraining: {on: [new-data]}\n", fairlead=fairlead).of(LACKING) == []


def test_what_the_project_does_not_compile_to_it_need_not_run(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ('  argo-workflows: "4.1"\n', ""), ("targets: [argo-workflows, ", "targets: ["))
    assert examine(tmp_path, BATCH, fairlead=fairlead).codes == []


def test_nothing_can_be_exposed_where_there_is_no_gateway(tmp_path: Path) -> None:
    fairlead = edit(
        FAIRLEAD, ("{kind: gateway-api, controller: istio, ref: gateways/ml-private, private: true}", "{kind: none}")
    )
    found = examine(tmp_path, TUMOR, fairlead=fairlead)
    assert found.places(LACKING) == [found.where("gateway", "expose: gateway")]
    assert examine(tmp_path, KNATIVE, fairlead=fairlead).of(LACKING) == []


@pytest.mark.parametrize(
    ("section", "line"),
    [("artifacts", "artifacts: {uri: s3://acme-ml-artifacts}\n"),
     ("mlflow", "mlflow: {tracking_uri: http://mlflow.ml.svc:5000}\n"),
     ("git", "git: {repository: acme/ml-platform}\n")],
)  # fmt: skip
def test_training_needs_what_has_no_default(tmp_path: Path, section: str, line: str) -> None:
    found = examine(tmp_path, BATCH, fairlead=edit(FAIRLEAD, (line, "")))
    assert found.places(NO_SECTION) == [found.where("train", "  train: {command")]
    assert f"fairlead.yaml has no `{section}`" in found.one(NO_SECTION).message


def test_an_image_that_is_named_needs_no_repository(tmp_path: Path) -> None:
    assert examine(tmp_path, TUMOR, fairlead=edit(FAIRLEAD, ("git: {repository: acme/ml-platform}\n", ""))).codes == []


def test_what_is_not_trained_needs_no_sections(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("artifacts: {uri: s3://acme-ml-artifacts}\n", ""))
    assert examine(tmp_path, ASSISTANT, fairlead=fairlead).codes == []


def test_what_is_retired_trains_no_more_and_needs_no_sections(tmp_path: Path) -> None:
    retired = edit(BATCH, ("owner: grid-ml}", "owner: grid-ml, retired: true}"))
    fairlead = edit(FAIRLEAD, ("mlflow: {tracking_uri: http://mlflow.ml.svc:5000}\n", ""))
    assert examine(tmp_path, retired, fairlead=fairlead).of(NO_SECTION) == []
