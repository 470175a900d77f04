"""Training on several nodes: Argo waits for a TrainJob, whose Pods fetch, train and upload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.target import Compiled
from tests.unit.targets.argo_workflows.engines import expanded
from tests.unit.targets.argo_workflows.trained import (
    churn,
    compiled,
    lock,
    names,
    one,
    task,
    template,
    variables,
    workflow,
)

TRAIN = (
    'command: [torchrun, "{{workflow.uid}}", "$(HOME)"], env: {NOTE: "{{workflow.uid}} $(HOME)"},'
    " parameters: {epochs: 3}, checkpoint: 10m, retries: 3, distributed: {nodes: 4}"
)
GPU = "hardware: {train: gpu}"


@pytest.fixture
def made(tmp_path: Path) -> Compiled:
    """A training on four nodes with two GPUs each."""
    return compiled(tmp_path, churn(TRAIN, more=GPU), locks={"staging": lock()})


def train_job(made: Compiled) -> Any:
    """The TrainJob that Argo creates."""
    return json.loads(template(workflow(made), "train")["resource"]["manifest"])


def pod(made: Compiled) -> Any:
    """The Pod of each node."""
    job = one(made, "TrainingRuntime")["spec"]["template"]["spec"]["replicatedJobs"][0]["template"]["spec"]
    return job["template"]["spec"]


def test_argo_creates_the_job_once_and_owns_it(made: Compiled) -> None:
    resource = template(workflow(made), "train")["resource"]
    assert resource["action"] == "apply"
    assert resource["setOwnerReference"] is True
    assert resource["successCondition"] == "status.jobsStatus.0.succeeded > 0"
    assert resource["failureCondition"] == "status.conditions.1.type == Failed"
    assert train_job(made)["metadata"]["name"] == "run-{{workflow.uid}}"
    assert train_job(made)["spec"]["trainer"]["numNodes"] == 4
    assert train_job(made)["spec"]["trainer"]["numProcPerNode"] == 2


def test_without_a_queue_the_end_is_the_first_condition(tmp_path: Path) -> None:
    resource = template(workflow(compiled(tmp_path, churn(TRAIN))), "train")["resource"]
    assert resource["failureCondition"] == "status.conditions.0.type == Failed"


def test_a_queue_admits_the_job_and_not_its_pods(made: Compiled) -> None:
    assert train_job(made)["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team-ml"
    assert "metadata" not in template(workflow(made), "train")


def test_no_text_of_the_users_is_in_what_argo_reads(made: Compiled) -> None:
    written = json.dumps(template(workflow(made), "train"))
    assert "torchrun" not in written
    assert "$(HOME)" not in written
    node = pod(made)["containers"][0]
    found = variables(node)
    assert [expanded(word, {"HOME": "/tmp"}) for word in node["command"]] == ["torchrun", "{{workflow.uid}}", "$(HOME)"]
    assert expanded(found["NOTE"], {"HOME": "/tmp"}) == "{{workflow.uid}} $(HOME)"


def test_inputs_are_fetched_and_the_model_goes_where_evaluation_looks(made: Compiled) -> None:
    fetch, upload = pod(made)["initContainers"]
    assert fetch["command"][-1] == "fetch"
    run = {"FAIRLEAD_RUN_ID": "run-u"}
    source = expanded(variables(fetch)["FAIRLEAD_INPUT_TRAIN"], run)
    assert source == "s3://acme-ml-artifacts/ml/runs/churn/run-u/dataset/train"
    assert variables(fetch)["FAIRLEAD_OUTPUT_TRAIN"] == "/fairlead/in/train"
    assert upload["restartPolicy"] == "Always"
    target = expanded(variables(upload)["FAIRLEAD_OUTPUT_MODEL"], run)
    (model,) = [item for item in template(workflow(made), "evaluate")["inputs"]["artifacts"] if item["name"] == "model"]
    assert target == "s3://acme-ml-artifacts/" + model["s3"]["key"].replace("{{workflow.uid}}", "u")
    assert "train.Succeeded" in task(workflow(made), "evaluate")["depends"]


def test_every_pod_is_told_its_run_by_the_label_of_its_job(made: Compiled) -> None:
    for container in (*pod(made)["initContainers"], *pod(made)["containers"]):
        first = container["env"][0]
        path = "metadata.labels['jobset.sigs.k8s.io/jobset-name']"
        assert first == {"name": "FAIRLEAD_RUN_ID", "valueFrom": {"fieldRef": {"fieldPath": path}}}


def test_nodes_start_again_together_and_a_refusal_is_final(made: Compiled) -> None:
    spec = one(made, "TrainingRuntime")["spec"]
    assert spec["mlPolicy"] == {"numNodes": 4, "torch": {}}
    policy = spec["template"]["spec"]["failurePolicy"]
    assert policy["maxRestarts"] == 3
    assert policy["rules"][0]["action"] == "FailJobSet"
    job = spec["template"]["spec"]["replicatedJobs"][0]["template"]["spec"]
    assert job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"] == [10, 11]
    assert variables(pod(made)["containers"][0])["FAIRLEAD_CHECKPOINTS"].endswith("/$(FAIRLEAD_RUN_ID)/checkpoints/")


def test_what_the_definition_would_add_is_written_out(made: Compiled) -> None:
    spec = one(made, "TrainingRuntime")["spec"]["template"]["spec"]
    assert spec["failurePolicy"]["restartStrategy"] == "Recreate"
    assert {key: spec["replicatedJobs"][0][key] for key in ("groupName", "replicas")} == {
        "groupName": "default",
        "replicas": 1,
    }


def test_pods_are_restricted_and_carry_their_profile(made: Compiled) -> None:
    found = pod(made)
    assert found["automountServiceAccountToken"] is False
    assert found["securityContext"]["runAsNonRoot"] is True
    for container in (*found["initContainers"], *found["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["requests"] == container["resources"]["limits"]
    assert found["nodeSelector"] == {"acme.example/gpu": "l4"}
    assert found["priorityClassName"] == "batch"
    assert {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}} in found["volumes"]


def test_nodes_talk_to_each_other_and_the_executor_may_create_the_job(made: Compiled) -> None:
    peers = [{"podSelector": {"matchLabels": {"fairlead.dev/pipeline": "churn", "fairlead.dev/component": "train"}}}]
    policy = one(made, "NetworkPolicy")["spec"]
    assert policy["ingress"] == [{"from": peers}]
    assert {"to": peers} in policy["egress"]
    rules = {rule["resources"][0]: rule["verbs"] for rule in one(made, "Role")["rules"]}
    assert rules["trainjobs"] == ["create", "get", "patch"]


def test_nothing_is_remembered_of_what_the_nodes_fetch_or_give(made: Compiled) -> None:
    remembered = {item["name"] for item in workflow(made)["spec"]["templates"] if "memoize" in item}
    assert remembered == {"check-customers"}


def test_jax_is_told_where_the_others_are(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(TRAIN.replace("{nodes: 4}", "{nodes: 4, framework: jax}")))
    found = variables(pod(made)["containers"][0])
    assert found["JAX_NUM_PROCESSES"] == "4"
    run = {"FAIRLEAD_RUN_ID": "run-u"}
    assert expanded(found["JAX_COORDINATOR_ADDRESS"], run) == "run-u-node-0-0.run-u:6379"
    assert "torch" not in one(made, "TrainingRuntime")["spec"]["mlPolicy"]


def test_a_search_before_it_hands_over_the_values_of_the_best_trial(tmp_path: Path) -> None:
    tune = "  tune: {search: grid, over: {epochs: [1, 2]}, trials: 2, objective: maximize roc_auc}"
    spec = churn(TRAIN, tune, "  split: {test: 0.2, validation: 0.1}")
    made = compiled(tmp_path, spec)
    given = {item["name"]: item for item in train_job(made)["spec"]["trainer"]["env"]}
    (trials,) = [name.split()[1] for name in names(made) if "trials" in name]
    reference = {"configMapKeyRef": {"name": trials, "key": "{{inputs.parameters.trial}}.epochs"}}
    assert given["FAIRLEAD_PARAM_EPOCHS"]["valueFrom"] == reference
    assert given["FAIRLEAD_PARAMS"]["value"] == "/fairlead/config/{{inputs.parameters.trial}}.json"
    assert "FAIRLEAD_PARAM_EPOCHS" not in variables(pod(made)["containers"][0])
    assert {"name": "config", "configMap": {"name": trials}} in pod(made)["volumes"]
