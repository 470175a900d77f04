"""`fairlead trigger`, against a cluster that stands behind kubectl's arguments."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.clusters import Cluster
from tests.repositories import Repository
from tests.unit.cli.conftest import Command

FAIRLEAD = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {name: acme-ml}
targets: [argo-workflows]
platform: {argo-workflows: "4.1", runner: ghcr.io/acme/fairlead-runner}
environments:
  staging: {namespace: ml-staging, trains: true}
  production: {namespace: ml, after: staging}
hardware: {small: {cpu: 2, memory: 4Gi, price: 0.10/h}}
artifacts: {uri: s3://acme-ml-artifacts}
mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
git: {repository: acme/ml-platform}
"""
CHURN = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data: {sources: {customers: {uri: s3://acme-ml/customers/customers.parquet}}}
model: {train: {image: "ghcr.io/acme/churn:1", command: [python, -m, churn.train]}}
hardware: {default: small}
"""
STAGING = ("trigger", "churn", "--in", "staging")
TEMPLATE = ("WorkflowTemplate", "ml-staging", "churn-train")
RUN = ("Workflow", "ml-staging", "churn-train-x7k2p")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, compiled and committed; it is only copied."""
    made = Repository(tmp_path_factory.mktemp("compiled"))
    made.write(".gitignore", ".fairlead/\n")
    made.start({"specs/churn.yaml": CHURN}, FAIRLEAD)
    made.compile()
    made.commit()
    return made.project


@pytest.fixture
def repository(fairlead: Command, compiled: Path) -> Repository:
    """The same, to be changed."""
    shutil.copytree(compiled, fairlead.folder, symlinks=True, dirs_exist_ok=True)
    return Repository(fairlead.folder)


@pytest.fixture
def cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster to which it was applied."""
    made = Cluster().use(monkeypatch, "ml-staging")
    file = repository.project / "rendered/staging/churn/argo-workflows/workflowtemplate-churn-train.yaml"
    made.put(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
    return made


def runs(cluster: Cluster) -> list[str]:
    return cluster.names("Workflow")


def change(fairlead: Command, repository: Repository, text: str) -> None:
    repository.write("specs/churn.yaml", text)
    done = fairlead("compile", "--no-cache")
    assert done.code == 0, done.err
    repository.commit()


def test_a_run_is_started_from_the_template_and_its_name_is_the_result(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead(*STAGING)
    assert (done.code, done.out) == (0, "churn-train-x7k2p\n")
    assert "`kubectl --namespace ml-staging get workflow churn-train-x7k2p --watch` follows it" in done.err
    made = cluster.objects[RUN]
    assert made["spec"] == {"workflowTemplateRef": {"name": "churn-train"}}
    labels = made["metadata"]["labels"]
    assert labels["fairlead.dev/pipeline"] == "churn"
    assert labels["workflows.argoproj.io/workflow-template"] == "churn-train"
    head = repository.git("rev-parse", "HEAD").strip()
    assert made["metadata"]["annotations"] == {"fairlead.dev/commit": head}


def test_what_a_run_may_cost_is_said(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    limited = CHURN + "max_cost_per_run: 1000\n"
    change(fairlead, repository, limited)
    err = fairlead(*STAGING).err
    assert "this run costs " in err
    assert " of the 1000.00 that `max_cost_per_run` permits at the most" in err


def test_a_dry_run_prints_the_workflow_and_asks_no_cluster(fairlead: Command, repository: Repository) -> None:
    done = fairlead(*STAGING, "--dry-run", "--parameter", "trigger=schedule")
    made = YAML(typ="safe", pure=True).load(done.out)
    assert made["kind"] == "Workflow"
    assert made["metadata"]["generateName"] == "churn-train-"
    assert made["metadata"]["namespace"] == "ml-staging"
    assert made["spec"] == {
        "workflowTemplateRef": {"name": "churn-train"},
        "arguments": {"parameters": [{"name": "trigger", "value": "schedule"}]},
    }
    assert done.code == 0


def test_an_environment_that_does_not_train_is_refused(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead("trigger", "churn", "--in", "production")
    assert done.code == 1
    assert "FL8401" in done.err
    assert "production does not train: that happens in staging" in done.err
    assert runs(cluster) == []


def test_what_the_pipeline_does_not_have_is_refused_with_what_it_has(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead(*STAGING, "--what", "drift")
    assert done.code == 1
    assert "churn has no drift in staging; there is train" in done.err


def test_a_pipeline_that_is_paused_starts_only_when_that_is_meant(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    change(fairlead, repository, CHURN + "suspend: true\n")
    done = fairlead(*STAGING)
    assert done.code == 1
    assert "FL8402" in done.err
    assert runs(cluster) == []
    assert fairlead(*STAGING, "--force").code == 0


def test_a_retired_pipeline_has_nothing_to_start(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    repository.write("specs/churn.yaml", CHURN.replace("owner: growth-ml", "owner: growth-ml, retired: true"))
    done = fairlead(*STAGING, "--force")
    assert done.code == 1
    assert "churn is retired" in done.err


def test_a_template_that_was_not_applied_is_refused_also_by_force(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    del cluster.objects[TEMPLATE]
    for more in ((), ("--force",)):
        done = fairlead(*STAGING, *more)
        assert done.code == 1
        assert "FL8405" in done.err
    assert runs(cluster) == []


def test_a_template_that_is_another_one_is_refused_with_where_it_differs(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    change(fairlead, repository, CHURN.replace("churn:1", "churn:2"))
    done = fairlead(*STAGING)
    assert done.code == 1
    assert "FL8403" in done.err
    assert "ghcr.io/acme/churn:1 in the cluster, and ghcr.io/acme/churn:2 is compiled" in " ".join(done.err.split())
    assert runs(cluster) == []
    assert fairlead(*STAGING, "--force").code == 0


def test_what_somebody_added_to_the_template_is_a_difference(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    cluster.objects[TEMPLATE]["spec"]["suspend"] = True
    done = fairlead(*STAGING)
    assert "suspend is only in the cluster" in done.err
    assert done.code == 1


def test_output_that_is_not_committed_is_refused(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    repository.write("specs/churn.yaml", CHURN.replace("churn:1", "churn:2"))
    assert "FL8214" in fairlead(*STAGING).err
    assert fairlead("compile", "--no-cache").code == 0
    assert "FL8213" in fairlead(*STAGING).err
    assert runs(cluster) == []


@pytest.mark.parametrize(("status", "refused"), [({}, True), ({"phase": "Running"}, True), ({"phase": "Error"}, False)])
def test_another_run_under_way_is_refused(
    fairlead: Command, repository: Repository, cluster: Cluster, status: dict[str, str], refused: bool
) -> None:
    metadata = {"name": "churn-train-before", "namespace": "ml-staging", "labels": {"fairlead.dev/pipeline": "churn"}}
    spec = {"workflowTemplateRef": {"name": "churn-train"}}
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}
    cluster.put({**kind, "metadata": metadata, "spec": spec, "status": status})
    others = {**metadata, "name": "other", "labels": {"fairlead.dev/pipeline": "other"}}
    cluster.put({**kind, "metadata": others, "spec": spec, "status": {"phase": "Running"}})
    done = fairlead(*STAGING)
    assert ("FL8404" in done.err) is refused
    assert ("the run churn-train-before is under way" in done.err) is refused
    assert done.code == int(refused)
    if refused:
        assert fairlead(*STAGING, "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--parameter", "trigger"), "'trigger' is not NAME=VALUE"),
        (("--parameter", "x=1"), "has no parameter 'x'; it takes trigger"),
        (("--parameter", "trigger=a", "--parameter", "trigger=b"), "'trigger' is given twice"),
        (("--timeout", "5m"), "--timeout is for --wait"),
        (("--wait", "--dry-run"), "--dry-run starts nothing to wait for"),
        (("--wait", "--timeout", "soon"), "Invalid value for --timeout"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    fairlead: Command, repository: Repository, cluster: Cluster, arguments: tuple[str, ...], said: str
) -> None:
    done = fairlead(*STAGING, *arguments)
    assert done.code == 1
    assert said in done.err
    assert runs(cluster) == []


def node(name: str, phase: str, kind: str = "Pod", **more: Any) -> dict[str, Any]:
    return {"displayName": name, "type": kind, "phase": phase, "startedAt": f"2026-01-01T00:00:{len(name):02}Z", **more}


def status(phase: str, *nodes: dict[str, Any], packed: bool = False) -> dict[str, Any]:
    named = {each["displayName"]: each for each in nodes}
    if packed:
        text = base64.b64encode(gzip.compress(json.dumps(named).encode())).decode()
        return {"phase": phase, "compressedNodes": text}
    return {"phase": phase, "nodes": named}


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.trigger import following

    original = following.Watch
    monkeypatch.setattr(following, "Watch", lambda timeout: original(timeout, sleep=lambda _: None))


def follow(cluster: Cluster, *states: Any) -> None:
    """What Argo reports of the run, each time that it is asked for."""
    left = list(states)

    def report(call: list[str]) -> None:
        if RUN in cluster.objects and call[0] == "get" and "-f" in call and left:
            cluster.statuses[RUN] = left.pop(0)

    cluster.before = report


@pytest.mark.usefixtures("no_sleep")
def test_a_run_is_followed_step_by_step_to_its_end(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    follow(
        cluster,
        {},
        status("Running", node("split", "Running"), node("pipeline", "Running", "DAG")),
        status("Running", node("split", "Running")),
        status("Running", node("split", "Succeeded"), node("training", "Running", "Retry"),
               node("training(0)", "Error", message="pod deleted")),
        status("Succeeded", node("split", "Succeeded"), node("training", "Succeeded", "Retry"), packed=True),
    )  # fmt: skip
    done = fairlead(*STAGING, "--wait")
    assert done.code == 0
    assert done.out == "churn-train-x7k2p\n"
    assert [line for line in done.err.splitlines() if ": " in line] == [
        "split: Running",
        "split: Succeeded",
        "training: Running",
        "training(0): Error, pod deleted",
        "training: Succeeded",
    ]


@pytest.mark.usefixtures("no_sleep")
@pytest.mark.parametrize(
    ("nodes", "code", "said"),
    [
        ([node("gate", "Failed", outputs={"exitCode": "10"}, message="Error (exit code 10)")], 10, "the gate refused"),
        (
            [node("check", "Failed", "Retry"), node("check(0)", "Failed", outputs={"exitCode": "11"})],
            11,
            "its contract",
        ),
        ([node("train", "Failed", outputs={"exitCode": "1"}, message="OOMKilled")], 1, "train: Failed, OOMKilled"),
        ([node("trial(0:{a:1})", "Failed", message="OOMKilled")], 1, "ended as Failed: trial(0:{a:1}): Failed"),
        ([node("train(0)", "Failed", message="OOMKilled")], 1, "ended as Failed: the whole took too long"),
        ([], 1, "ended as Failed: the whole took too long"),
    ],
)
def test_a_run_that_does_not_succeed_gives_its_exit_code(
    fairlead: Command, repository: Repository, cluster: Cluster, nodes: list[Any], code: int, said: str
) -> None:
    follow(cluster, {**status("Failed", *nodes), "message": "the whole took too long"})
    done = fairlead(*STAGING, "--wait")
    assert done.code == code
    assert "FL8406" in done.err
    assert said in " ".join(done.err.split())


@pytest.mark.parametrize(
    "packed",
    [b"?", gzip.compress(b"[1]"), b"\x1f\x8b\x08" + b"\0" * 7 + b"?"],
    ids=["not compressed", "a list", "damaged"],
)
@pytest.mark.usefixtures("no_sleep")
def test_steps_that_cannot_be_unpacked_leave_how_the_run_has_ended(
    fairlead: Command, repository: Repository, cluster: Cluster, packed: bytes
) -> None:
    text = base64.b64encode(packed).decode()
    follow(cluster, {"phase": "Failed", "message": "the whole took too long", "compressedNodes": text})
    done = fairlead(*STAGING, "--wait")
    assert done.code == 1
    assert "ended as Failed: the whole took too long" in " ".join(done.err.split())


@pytest.mark.usefixtures("no_sleep")
def test_a_run_that_is_deleted_or_takes_too_long_is_not_followed_any_more(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead(*STAGING, "--wait", "--timeout", "1ms")
    assert done.code == 1
    assert "it has not ended after 0.001 s" in done.err
    del cluster.objects[RUN]

    def gone(call: list[str]) -> None:
        if RUN in cluster.objects and "-f" in call and call[0] == "get":
            del cluster.objects[RUN]

    cluster.before = gone
    done = fairlead(*STAGING, "--wait")
    assert done.code == 1
    assert "FL8407" in done.err
    assert "it was deleted" in done.err


@pytest.mark.usefixtures("no_sleep")
def test_ctrl_c_leaves_the_run_going_and_says_how_to_follow_it(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    def interrupt(call: list[str]) -> None:
        if RUN in cluster.objects:
            raise KeyboardInterrupt

    cluster.before = interrupt
    done = fairlead(*STAGING, "--wait")
    assert done.code == 130
    assert "the run goes on: `kubectl --namespace ml-staging get workflow churn-train-x7k2p --watch`" in done.err
    assert runs(cluster) == ["churn-train-x7k2p"]
