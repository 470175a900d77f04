"""The training workflow: its order, its contract with the steps, and what its Pods are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.plan.nodes import Train
from fairlead.workspace.plans import plans
from tests.unit.targets.argo_workflows.trained import (
    DIGEST,
    churn,
    compiled,
    lock,
    names,
    one,
    project,
    read,
    resource,
    task,
    template,
    variables,
    workflow,
)

GATES = "  evaluate: {metrics: [roc_auc], gates: [roc_auc >= 0.8, roc_auc >= champion - 0.01]}"
PREPARE = """\
  prepare:
    features:
      command: [python, -m, churn.features]
      inputs: [customers]
      outputs: {features: {like: customers}}
"""


@pytest.fixture
def gated(tmp_path: Path) -> Any:
    """A training with a step of the user's own, and a gate that asks for the champion."""
    return workflow(compiled(tmp_path, churn(model=GATES, data=PREPARE), locks={"staging": lock()}))


def test_the_smallest_pipeline_runs_from_its_snapshot_to_the_candidate(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn())
    order = [item["name"] for item in template(workflow(made), "pipeline")["dag"]["tasks"]]
    assert order == [
        "open-run", "data-customers", "check-customers", "split", "train", "evaluate", "gate", "register", "propose",
    ]  # fmt: skip
    assert [found.code.id for found in made.diagnostics] == []


def test_every_task_waits_for_success_and_nothing_less(gated: Any) -> None:
    for item in template(gated, "pipeline")["dag"]["tasks"]:
        terms = item.get("depends", "open-run.Succeeded").replace("(", "").replace(")", "").split(" && ")
        for term in terms:
            assert term.endswith(".Succeeded") or term == "champion.Succeeded || champion.Skipped"
        assert "dependencies" not in item
        assert "continueOn" not in item


def test_a_gate_that_refuses_lets_nothing_pass(gated: Any) -> None:
    assert "gate.Succeeded" in task(gated, "register")["depends"].split(" && ")
    assert "gate.Succeeded" in task(gated, "propose")["depends"].split(" && ")
    assert "(champion.Succeeded || champion.Skipped)" in task(gated, "gate")["depends"]
    assert "champion.Skipped" not in json.dumps([task(gated, "register"), task(gated, "propose")])


def test_the_champion_is_judged_where_there_is_one(gated: Any) -> None:
    assert task(gated, "champion")["when"] == "{{tasks.champion-model.outputs.parameters.present}} != false"
    fetched = variables(template(gated, "champion-model")["container"])
    reference = {"configMapKeyRef": {"name": "churn-champion", "key": "uri", "optional": True}}
    assert fetched["FAIRLEAD_CHAMPION_URI"] == reference
    arguments = {item["name"]: item for item in task(gated, "gate")["arguments"]["artifacts"]}
    assert arguments["champion"]["optional"] is True
    assert "optional" not in arguments["evaluation"]
    inputs = {item["name"]: item for item in template(gated, "gate")["inputs"]["artifacts"]}
    assert inputs["champion"]["optional"] is True


def test_a_champion_that_leaves_no_word_is_no_missing_champion(gated: Any) -> None:
    (present,) = template(gated, "champion-model")["outputs"]["parameters"]
    assert present["valueFrom"] == {"path": "/fairlead/results/present"}
    report, _ = template(gated, "champion")["outputs"]["artifacts"]
    assert "optional" not in report


def test_the_champion_is_fetched_by_fairlead_even_for_an_evaluator_of_the_user_s_own(tmp_path: Path) -> None:
    own = "  evaluate: {command: [judge], metrics: [roc_auc], gates: [roc_auc >= champion]}"
    made = workflow(compiled(tmp_path, churn(model=own), locks={"staging": lock()}))
    images = {name: template(made, name)["container"]["image"] for name in ("champion", "champion-model", "gate")}
    assert images == {
        "champion": f"ghcr.io/acme/churn@{DIGEST}",
        "champion-model": f"ghcr.io/acme/fairlead-runner@{DIGEST}",
        "gate": f"ghcr.io/acme/fairlead-runner@{DIGEST}",
    }


def test_data_is_read_from_its_giver_and_only_after_its_check(gated: Any) -> None:
    split = task(gated, "split")
    assert split["arguments"]["artifacts"] == [
        {"name": "dataset", "from": "{{tasks.prepare-features.outputs.artifacts.features}}"}
    ]
    assert "check-features.Succeeded" in split["depends"]
    assert [item["name"] for item in template(gated, "check-features")["outputs"]["artifacts"]] == [
        "report",
        "fairlead_usage",
    ]


def test_a_step_finds_its_contract(gated: Any) -> None:
    found = variables(template(gated, "prepare-features")["container"])
    assert found["FAIRLEAD_INPUT_CUSTOMERS"] == "/fairlead/in/customers"
    assert found["FAIRLEAD_OUTPUT_FEATURES"] == "/fairlead/out/features"
    assert found["FAIRLEAD_STEP"] == "prepare/features"
    assert found["FAIRLEAD_PIPELINE"] == "churn"
    assert found["FAIRLEAD_RUN_ID"] == "run-{{workflow.uid}}"
    assert found["FAIRLEAD_PARAMS"] == "/fairlead/parameters.json"
    assert found["FAIRLEAD_SEED"] == "0"
    assert found["MLFLOW_TRACKING_URI"] == "http://mlflow.ml.svc:5000"
    assert found["MLFLOW_RUN_ID"] == "{{inputs.parameters.mlflow-run}}"


def test_what_the_user_sets_wins_over_defaults_and_not_over_the_contract(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn("command: [train], env: {HOME: /home/me, MLFLOW_EXPERIMENT_NAME: mine}"))
    found = variables(template(workflow(made), "train")["container"])
    assert found["HOME"] == "/home/me"
    assert found["MLFLOW_EXPERIMENT_NAME"] == "mine"
    listed = [item["name"] for item in template(workflow(made), "train")["container"]["env"]]
    assert len(listed) == len(set(listed))


def test_secrets_are_references(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn("command: [train], secrets: {TOKEN: feature-store/token}"))
    found = variables(template(workflow(made), "train")["container"])
    assert found["TOKEN"] == {"secretKeyRef": {"name": "feature-store", "key": "token"}}


def test_a_reference_is_an_address_and_not_a_copy(tmp_path: Path) -> None:
    sources = "    extra: {uri: s3://acme-ml/extra/, format: files}"
    made = workflow(
        compiled(
            tmp_path,
            churn("command: [train], inputs: {extra: reference}", sources=sources, data="  split: {of: customers}"),
        )
    )
    train = template(made, "train")
    assert variables(train["container"])["FAIRLEAD_INPUT_EXTRA"] == "s3://acme-ml/extra/"
    assert "extra" not in [item["name"] for item in train["inputs"]["artifacts"]]
    given = [item["name"] for item in template(made, "data-extra")["outputs"]["artifacts"]]
    assert given == ["manifest", "fairlead_usage"]
    assert "data-extra.Succeeded" in task(made, "train")["depends"]


def test_pods_are_restricted(gated: Any) -> None:
    spec = gated["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["executor"] == {"serviceAccountName": "churn-train"}
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for item in spec["templates"]:
        if "container" not in item:
            continue
        security = item["container"]["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        resources = item["container"]["resources"]
        assert resources["requests"] == resources["limits"]
        mounted = {mount["name"] for mount in item["container"]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in item["volumes"]}
        assert "/tmp" in [mount["mountPath"] for mount in item["container"]["volumeMounts"]]


def test_a_run_is_bounded_and_alone(gated: Any) -> None:
    spec = gated["spec"]
    assert spec["synchronization"] == {"mutexes": [{"name": "churn-train"}]}
    assert spec["ttlStrategy"] == {"secondsAfterCompletion": 7 * 86400}
    assert spec["podGC"]["strategy"] == "OnPodSuccess"
    assert spec["artifactGC"] == {"strategy": "Never"}
    assert spec["onExit"] == "report"
    assert spec["archiveLogs"] is True
    assert template(gated, "train")["activeDeadlineSeconds"] == 7200
    tried = [item for item in spec["templates"] if "container" in item and item["name"] in _OF_THE_PLAN]
    longest = sum(item["activeDeadlineSeconds"] * (1 + item["retryStrategy"]["limit"]) for item in tried)
    assert spec["activeDeadlineSeconds"] == longest + 86400


_OF_THE_PLAN = (
    "data-customers", "check-customers", "prepare-features", "check-features", "split", "train", "evaluate",
    "champion", "gate", "register", "propose",
)  # fmt: skip


def test_hardware_becomes_what_a_pod_asks_for(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn(more="hardware: {train: gpu}")))
    train = template(made, "train")
    assert train["container"]["resources"]["limits"] == {
        "cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "nvidia.com/gpu": "2",
    }  # fmt: skip
    assert train["nodeSelector"] == {"acme.example/gpu": "l4"}
    assert train["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists"}]
    assert train["priorityClassName"] == "batch"
    assert train["metadata"] == {"labels": {"kueue.x-k8s.io/queue-name": "team-ml"}}
    assert {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}} in train["volumes"]
    assert {"name": "shm", "mountPath": "/dev/shm"} in train["container"]["volumeMounts"]


def test_checkpoints_outlive_an_attempt(tmp_path: Path) -> None:
    made = workflow(compiled(tmp_path, churn("command: [train], checkpoint: 10m")))
    found = variables(template(made, "train")["container"])
    assert found["FAIRLEAD_CHECKPOINTS"] == "s3://acme-ml-artifacts/ml/runs/churn/run-{{workflow.uid}}/checkpoints/"
    assert found["AWS_REGION"] == "eu-central-1"


def test_images_stand_by_digest_where_the_lock_has_one(gated: Any) -> None:
    images = {item["container"]["image"] for item in gated["spec"]["templates"] if "container" in item}
    assert images == {f"ghcr.io/acme/churn@{DIGEST}", f"ghcr.io/acme/fairlead-runner@{DIGEST}"}


def test_every_template_knows_the_section_that_it_came_from(tmp_path: Path) -> None:
    made = resource(compiled(tmp_path, churn()), "WorkflowTemplate")
    positions = {item["name"]: place for place, item in enumerate(made.manifest["spec"]["templates"])}
    origin = made.fields["spec", "templates", positions["train"]]
    assert (origin.node, origin.why) == ("train", "training")
    assert origin.place.file == "specs/churn.yaml"


def test_a_schedule_starts_the_template_and_can_be_suspended(tmp_path: Path) -> None:
    spec = churn(more='retraining: {schedule: "0 4 * * 1", timezone: Europe/Zurich}')
    cron = one(compiled(tmp_path, spec), "CronWorkflow")
    assert cron["metadata"]["name"] == "churn-retrain"
    assert cron["spec"]["schedules"] == ["0 4 * * 1"]
    assert cron["spec"]["timezone"] == "Europe/Zurich"
    assert cron["spec"]["concurrencyPolicy"] == "Forbid"
    assert cron["spec"]["startingDeadlineSeconds"] == 3600
    assert cron["spec"]["suspend"] is False
    assert cron["spec"]["workflowSpec"] == {
        "workflowTemplateRef": {"name": "churn-train"},
        "arguments": {"parameters": [{"name": "trigger", "value": "schedule"}]},
    }
    assert one(compiled(tmp_path, f"{spec}\nsuspend: true"), "CronWorkflow")["spec"]["suspend"] is True


def test_without_retraining_nothing_starts_a_training_but_people(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn())
    assert [name for name in names(made) if name.startswith(("CronWorkflow", "Sensor"))] == []
    assert workflow(made)["spec"]["entrypoint"] == "pipeline"


def test_new_data_is_looked_for_by_the_training_itself(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more="retraining: {on: [new-data], cooldown: 6h}"))
    cron = one(made, "CronWorkflow")
    assert cron["metadata"]["name"] == "churn-watch"
    assert cron["spec"]["workflowSpec"]["arguments"]["parameters"] == [{"name": "trigger", "value": "new-data"}]
    manifest = workflow(made)
    assert manifest["spec"]["entrypoint"] == "main"
    assert task(manifest, "pipeline", "main")["when"] == "{{tasks.admit.outputs.parameters.proceed}} == true"
    (raw,) = [item["raw"]["data"] for item in template(manifest, "admit")["inputs"]["artifacts"]]
    assert json.loads(raw) == {
        "cooldown_seconds": 6 * 3600,
        "sources": {"customers": {"uri": "s3://acme-ml/customers.parquet"}},
    }
    assert [rule["resources"] for rule in one(made, "Role")["rules"]] == [["workflowtaskresults"]]


def test_another_environment_than_the_training_one_gets_no_training(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(), environment="production", locks={"production": lock("production")})
    assert names(made) == []


def test_a_retired_pipeline_trains_no_more(tmp_path: Path) -> None:
    spec = churn(more='retraining: {schedule: "0 4 * * 1"}').replace("growth-ml}", "growth-ml, retired: true}")
    assert names(compiled(tmp_path, spec)) == []


def test_everything_of_a_training_waits_for_an_image_in_a_protected_environment(tmp_path: Path) -> None:
    fairlead = project().replace("trains: true}", "trains: true, protected: true}")
    made = compiled(tmp_path, churn(more='retraining: {schedule: "0 4 * * 1"}'), fairlead)
    assert names(made) == []
    waiting = {(item.kind, item.name, item.reason) for item in made.deferred}
    assert ("WorkflowTemplate", "churn-train", "pending-build") in waiting
    assert ("CronWorkflow", "churn-retrain", "pending-build") in waiting


def test_the_plan_of_a_test_is_what_it_is_taken_for(tmp_path: Path) -> None:
    workspace = read(tmp_path, churn())
    assert [found.code.id for found in plans(workspace).diagnostics if found.level == "error"] == []
    (plan,) = plans(workspace).of("staging")
    assert plan.only(Train) is not None
