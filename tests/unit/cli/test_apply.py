"""`fairlead apply`, against a cluster that stands behind kubectl's arguments."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from fairlead.apply.plan import schema
from tests.clusters import Cluster
from tests.projects import ASSISTANT, SERVING
from tests.repositories import Repository
from tests.unit.cli.conftest import Command, Done

OTHER = ASSISTANT.replace("name: assistant", "name: helper")
SERVICE = ("InferenceService", "ml-staging", "assistant")
INVENTORY = ("ConfigMap", "ml-staging", "fairlead.acme-ml.staging.assistant")
STAGING = ("apply", "--environment", "staging")
CONFLICT = (
    'error: Apply failed with 1 conflict: conflict with "autoscaler" using serving.kserve.io/v1beta1: '
    ".spec.predictor.minReplicas\nPlease review the fields above--they currently have competing managers."
)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster with the namespace of staging."""
    return Cluster().use(monkeypatch, "ml-staging")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two pipelines, compiled and committed; it is only copied."""
    made = Repository(tmp_path_factory.mktemp("compiled"))
    made.write(".gitignore", ".fairlead/\nplan.json\n")
    made.start({"specs/assistant.yaml": ASSISTANT, "specs/helper.yaml": OTHER}, SERVING)
    made.compile()
    made.commit()
    return made.project


@pytest.fixture
def repository(fairlead: Command, compiled: Path) -> Repository:
    """The same, to be changed."""
    shutil.copytree(compiled, fairlead.folder, symlinks=True, dirs_exist_ok=True)
    return Repository(fairlead.folder)


def compile_and_commit(fairlead: Command, repository: Repository) -> None:
    done = fairlead("compile", "--no-cache")
    assert done.code == 0, done.err
    repository.commit()


def without_helper(fairlead: Command, repository: Repository) -> None:
    (repository.project / "specs/helper.yaml").unlink()
    compile_and_commit(fairlead, repository)


def applied(fairlead: Command, *more: str) -> Done:
    done = fairlead(*STAGING, *more)
    assert done.code == 0, done.err
    return done


def test_everything_committed_is_applied_and_an_inventory_lists_it(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = applied(fairlead)
    assert "added" in done.out
    assert SERVICE in cluster.objects
    listed = json.loads(cluster.objects[INVENTORY]["data"]["inventory.json"])["resources"]
    uids = {(each["kind"], each["namespace"], each["name"]): each["uid"] for each in listed}
    assert uids[SERVICE] == cluster.objects[SERVICE]["metadata"]["uid"]
    assert all(uids.values())
    head = repository.git("rev-parse", "HEAD").strip()
    assert cluster.objects[INVENTORY]["metadata"]["annotations"]["fairlead.dev/commit"] == head


def test_a_second_apply_changes_nothing(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    before = cluster.versions()
    assert applied(fairlead).out.startswith("Changes nothing in staging")
    assert cluster.versions() == before


def test_a_server_comes_after_what_it_runs_as(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    done = applied(fairlead)
    order = [line for line in done.err.splitlines() if line.startswith("wave")]
    assert "ServiceAccount" in order[0]
    assert "InferenceService" in order[-1]


def test_a_dry_run_changes_nothing_and_says_what_would_change(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    done = fairlead(*STAGING, "--dry-run")
    assert done.code == 2
    assert "+ InferenceService assistant in ml-staging added" in done.out
    assert cluster.verbs() == []
    applied(fairlead)
    assert fairlead(*STAGING, "--dry-run").code == 0


def test_a_change_is_shown_with_both_values(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    compile_and_commit(fairlead, repository)
    out = applied(fairlead).out
    assert "InferenceService assistant in ml-staging changed" in out
    assert "memory: 32Gi -> 24Gi" in out


def test_what_is_gone_from_the_output_is_deleted_only_when_that_was_said(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    cluster.calls.clear()
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8210" in refused.err
    assert cluster.verbs() == []
    assert "- InferenceService helper in ml-staging, of helper" in refused.out
    applied(fairlead, "--yes")
    assert cluster.names("InferenceService") == ["assistant"]
    assert "fairlead.acme-ml.staging.helper" not in cluster.names("ConfigMap")


def test_what_no_inventory_lists_is_never_deleted(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    theirs = cluster.put(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "helper-notes", "namespace": "ml-staging"}},
        "fairlead",
    )
    applied(fairlead)
    without_helper(fairlead, repository)
    applied(fairlead, "--yes")
    assert cluster.objects["ConfigMap", "ml-staging", "helper-notes"] == theirs


def test_what_somebody_else_made_anew_is_left(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    key = ("InferenceService", "ml-staging", "helper")
    old = cluster.objects.pop(key)
    cluster.put(old)
    without_helper(fairlead, repository)
    done = applied(fairlead, "--yes")
    assert "not deleted, InferenceService helper in ml-staging: it was deleted and made anew" in done.out
    assert key in cluster.objects


def test_what_somebody_else_made_anew_is_not_taken_back_without_a_word(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    cluster.put(cluster.objects.pop(SERVICE))
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8209" in refused.err
    applied(fairlead, "--adopt")


def test_what_others_have_taken_over_is_left(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    key = ("InferenceService", "ml-staging", "helper")
    cluster.put(cluster.objects[key], "argocd-controller")
    without_helper(fairlead, repository)
    done = applied(fairlead, "--yes")
    assert "InferenceService helper in ml-staging: Fairlead owns no field of it any more" in done.out
    assert key in cluster.objects


@pytest.mark.parametrize("damage", ["{", '{"version": "1"}', None])
def test_a_damaged_inventory_is_refused_and_nothing_is_touched(
    fairlead: Command, repository: Repository, cluster: Cluster, damage: str | None
) -> None:
    applied(fairlead)
    held = cluster.objects[INVENTORY]["data"]
    held["inventory.json"] = damage or held["inventory.json"].replace('"name": "assistant"', '"name": "assistent"')
    without_helper(fairlead, repository)
    cluster.calls.clear()
    refused = fairlead(*STAGING, "--yes")
    assert refused.code == 1
    assert "FL8208" in refused.err
    assert "kubectl --namespace ml-staging delete configmap fairlead.acme-ml.staging.assistant" in refused.err
    assert cluster.verbs() == []


def test_what_is_there_already_is_not_taken_without_a_word(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    account = {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService"}
    cluster.put({**account, "metadata": {"name": "assistant", "namespace": "ml-staging"}}, "kubectl-edit")
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8209" in refused.err
    assert "kubectl-edit" in refused.err
    assert cluster.verbs() == []
    assert "changed, taken over" in applied(fairlead, "--adopt").out


def test_what_the_workflow_has_applied_is_taken_over(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    for name in cluster.names("ConfigMap"):
        if name.startswith("fairlead."):
            del cluster.objects["ConfigMap", "ml-staging", name]
    assert "taken over" in applied(fairlead).out
    assert INVENTORY in cluster.objects


def test_what_another_environment_lists_is_never_taken(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    repository.write("fairlead.yaml", SERVING.replace("name: acme-ml", "name: other-ml"))
    compile_and_commit(fairlead, repository)
    refused = fairlead(*STAGING, "--adopt")
    assert refused.code == 1
    assert "belongs to assistant in staging of acme-ml" in refused.err


def test_an_agreed_plan_is_carried_out(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    assert fairlead(*STAGING, "--dry-run", "--out", "plan.json").code == 2
    applied(fairlead, "--plan", "plan.json", "--yes")
    assert cluster.names("InferenceService") == ["assistant"]


def test_a_plan_is_as_its_schema_says(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    fairlead(*STAGING, "--dry-run", "--out", "plan.json")
    plan = json.loads((repository.project / "plan.json").read_text(encoding="utf-8"))
    assert {step["change"] for step in plan["steps"]} == {"removed", "same"}
    Draft202012Validator(schema()).validate(plan)


def test_a_plan_is_refused_when_the_cluster_has_changed(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    fairlead(*STAGING, "--dry-run", "--out", "plan.json")
    helper = dict(cluster.objects["InferenceService", "ml-staging", "helper"], spec={"predictor": {}})
    cluster.put(helper, "fairlead")
    cluster.calls.clear()
    refused = fairlead(*STAGING, "--plan", "plan.json", "--yes")
    assert refused.code == 1
    assert "FL8211" in refused.err
    assert "InferenceService helper in ml-staging has changed in the cluster" in refused.err
    assert cluster.verbs() == []


def test_a_plan_is_refused_when_the_output_has_changed(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    fairlead(*STAGING, "--dry-run", "--out", "plan.json")
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    compile_and_commit(fairlead, repository)
    refused = fairlead(*STAGING, "--plan", "plan.json")
    assert refused.code == 1
    assert "the output has changed" in refused.err


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"version": 1, "steps": [{}], "left": []}', None])
def test_a_plan_that_cannot_be_read_is_refused(
    fairlead: Command, repository: Repository, cluster: Cluster, text: str | None
) -> None:
    if text is not None:
        (repository.project / "plan.json").write_text(text)
    refused = fairlead(*STAGING, "--plan", "plan.json")
    assert refused.code == 1
    assert "FL8212" in refused.err


def test_what_changes_between_plan_and_deletion_stays(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    key = ("InferenceService", "ml-staging", "helper")

    def meddle(call: list[str]) -> None:
        if call[0] == "apply" and "--dry-run=server" not in call:
            cluster.put(dict(cluster.objects[key], spec={"predictor": {"minReplicas": 9}}), "fairlead")

    cluster.before = meddle
    refused = fairlead(*STAGING, "--yes")
    assert refused.code == 1
    assert "FL8211" in refused.err
    assert key in cluster.objects
    cluster.before = lambda call: None
    applied(fairlead, "--yes")
    assert key not in cluster.objects


def test_two_applies_at_once_do_not_both_go_on(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    repository.write("specs/third.yaml", ASSISTANT.replace("name: assistant", "name: assistant-b"))
    repository.write(
        "specs/assistant.yaml", ASSISTANT.replace("access: {callers: [support/desk]}", "replicas: {min: 1, max: 1}")
    )
    compile_and_commit(fairlead, repository)

    def other(call: list[str]) -> None:
        if call[0] in ("create", "replace"):
            cluster.before = lambda call: None
            for key in [key for key in cluster.objects if key[2].startswith("fairlead.acme-ml")]:
                cluster.objects[key]["metadata"]["resourceVersion"] += "0"
            made = {"name": "fairlead.acme-ml.staging.assistant-b", "namespace": "ml-staging"}
            cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": made})

    cluster.before = other
    before = cluster.names("InferenceService")
    refused = fairlead(*STAGING, "--yes")
    assert refused.code == 1
    assert "FL8211" in refused.err
    assert cluster.names("InferenceService") == before


def test_output_that_is_not_committed_is_refused_unless_that_is_meant(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    assert fairlead("compile", "--no-cache").code == 0
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8213" in refused.err
    assert cluster.calls == []
    applied(fairlead, "--allow-dirty")


def test_output_that_git_ignores_is_in_no_commit(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    repository.write(".gitignore", ".fairlead/\nrendered/\n")
    repository.git("rm", "-r", "--quiet", "--cached", "rendered")
    repository.commit()
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8213" in refused.err
    assert cluster.calls == []


def test_output_that_was_changed_by_hand_is_refused(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    path = repository.project / "rendered/staging/assistant/kserve/inferenceservice-assistant.yaml"
    path.write_text(path.read_text().replace("32Gi", "64Gi"))
    repository.commit()
    refused = fairlead(*STAGING, "--allow-dirty")
    assert refused.code == 1
    assert "FL8214" in refused.err
    assert cluster.calls == []


def test_what_cannot_be_changed_in_place_is_replaced_only_when_that_was_said_twice(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    cluster.immutable.add("InferenceService")
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    compile_and_commit(fairlead, repository)
    cluster.calls.clear()
    refused = fairlead(*STAGING)
    assert "FL8218" in refused.err
    assert "say `--replace`" in refused.err
    refused = fairlead(*STAGING, "--replace")
    assert "-/+ InferenceService assistant in ml-staging deleted and made anew" in refused.out
    assert "FL8210" in refused.err
    assert cluster.verbs() == []
    before = cluster.objects[SERVICE]["metadata"]["uid"]
    other = cluster.objects["InferenceService", "ml-staging", "helper"]["metadata"]["uid"]
    applied(fairlead, "--replace", "--yes")
    after = cluster.objects[SERVICE]["metadata"]["uid"]
    assert after != before
    assert cluster.objects["InferenceService", "ml-staging", "helper"]["metadata"]["uid"] == other
    listed = json.loads(cluster.objects[INVENTORY]["data"]["inventory.json"])["resources"]
    assert after in {each["uid"] for each in listed}
    assert applied(fairlead).out.startswith("Changes nothing")


def test_what_is_replaced_and_changes_before_it_is_deleted_stays(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    cluster.immutable.add("InferenceService")
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    compile_and_commit(fairlead, repository)

    def meddle(call: list[str]) -> None:
        if call[0] == "apply" and "--dry-run=server" not in call:
            cluster.put(dict(cluster.objects[SERVICE], spec={"predictor": {"minReplicas": 9}}), "fairlead")

    cluster.before = meddle
    refused = fairlead(*STAGING, "--replace", "--yes")
    assert "FL8211" in refused.err
    assert cluster.objects[SERVICE]["spec"] == {"predictor": {"minReplicas": 9}}


def test_an_apply_that_ends_between_deleting_and_making_anew_is_gone_on_with(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    cluster.immutable.add("InferenceService")
    repository.write("specs/assistant.yaml", ASSISTANT.replace("32Gi", "24Gi"))
    compile_and_commit(fairlead, repository)

    def interrupt(call: list[str]) -> None:
        if call[0] == "apply" and "--dry-run=server" not in call and SERVICE not in cluster.objects:
            raise KeyboardInterrupt

    cluster.before = interrupt
    assert fairlead(*STAGING, "--replace", "--yes").code == 1
    assert SERVICE not in cluster.objects
    cluster.before = lambda call: None
    applied(fairlead)
    assert SERVICE in cluster.objects


def test_what_the_cluster_warns_of_is_shown_once(fairlead: Command, repository: Repository, cluster: Cluster) -> None:
    cluster.warns.append("spec.x: deprecated since v1.30")
    done = applied(fairlead)
    assert done.err.count("warning from the cluster: spec.x: deprecated since v1.30\n") == 1
    assert "deprecated" not in done.out


def test_an_inventory_of_a_newer_fairlead_asks_for_that(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    applied(fairlead)
    held = cluster.objects[INVENTORY]["data"]
    held["inventory.json"] = held["inventory.json"].replace('"version": 1', '"version": 2')
    refused = fairlead(*STAGING)
    assert "its version is 2, and this Fairlead knows 1" in refused.err
    assert "apply with a Fairlead that is at least as new" in refused.err
    assert "delete configmap" not in refused.err


def test_an_inventory_that_would_be_too_large_is_refused_before_anything_is_applied(
    fairlead: Command, repository: Repository, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairlead.apply.inventory.LARGEST", 100)
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8217" in refused.err
    assert cluster.verbs() == []


def test_a_conflict_names_the_resource_the_field_and_who_owns_it(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    cluster.refused["InferenceService"] = CONFLICT
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8204" in refused.err
    assert "inferenceservice-assistant.yaml" in refused.err
    assert 'InferenceService assistant in ml-staging: Apply failed with 1 conflict: conflict with "autoscaler"' in (
        " ".join(refused.err.split())
    )
    assert ".spec.predictor.minReplicas" in refused.err
    assert cluster.verbs() == []


def test_a_missing_definition_is_named_before_anything_is_applied(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    cluster.missing.add("InferenceService")
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8205" in refused.err
    assert "the cluster has no InferenceService in serving.kserve.io/v1beta1" in refused.err
    assert cluster.verbs() == []


def test_a_missing_namespace_is_said(
    fairlead: Command, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cluster().use(monkeypatch)
    refused = fairlead(*STAGING)
    assert refused.code == 1
    assert "FL8207" in refused.err


def test_a_server_that_does_not_become_ready_holds_up_deletion(
    fairlead: Command, repository: Repository, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(fairlead)
    without_helper(fairlead, repository)
    cluster.status["InferenceService"] = {
        "conditions": [{"type": "Ready", "status": "False", "reason": "PredictorNotReady"}]
    }
    refused = fairlead(*STAGING, "--yes", "--timeout", "1ms")
    assert refused.code == 1
    assert "FL8215" in refused.err
    assert "PredictorNotReady" in refused.err
    assert cluster.names("InferenceService") == ["assistant", "helper"]
    applied(fairlead, "--yes", "--no-wait")
    assert cluster.names("InferenceService") == ["assistant"]


def test_what_controllers_say_moves_no_cursor_and_tells_no_secret(
    fairlead: Command, repository: Repository, cluster: Cluster
) -> None:
    said = "\x1b[2Jcan't read s3://key:hunter2secret@store/model"
    cluster.status["InferenceService"] = {"conditions": [{"type": "Ready", "status": "False", "message": said}]}
    waited = fairlead(*STAGING, "--timeout", "1ms")
    assert waited.code == 1
    assert "FL8215" in waited.err
    assert waited.err.count("can't read s3://") >= 2
    assert "hunter2secret" not in waited.err
    assert "\x1b" not in waited.err


def test_an_apply_that_was_interrupted_forgets_nothing(
    fairlead: Command, repository: Repository, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fairlead.apply.carrying.wait", give_up)
        assert fairlead(*STAGING).code == 1
    assert cluster.names("ServiceAccount")
    without_helper(fairlead, repository)
    applied(fairlead, "--yes")
    left = {name for kind, _, name in cluster.objects if name.startswith(("helper", "fairlead.acme-ml.staging.helper"))}
    assert left == set()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (
            "echo 'The connection to the server localhost:8080 was refused - did you specify the port?' >&2; exit 1",
            "FL8202",
        ),
        ("echo 'Error from server (Forbidden): namespaces \"ml-staging\" is forbidden' >&2; exit 1", "FL8203"),
        ("echo 'nonsense'", "FL8216"),
        ("exit 3", "FL8216"),
        (None, "FL8201"),
    ],
)
def test_what_kubectl_says_becomes_a_diagnostic(
    fairlead: Command, repository: Repository, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch, script: str | None, code: str,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("programs")
    git = shutil.which("git")
    assert git is not None
    (folder / "git").symlink_to(git)
    if script is not None:
        program = folder / "kubectl"
        program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/called\n{script}\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    refused = fairlead(*STAGING, "--context", "staging", "--kubeconfig", "config")
    assert refused.code == 1
    assert code in refused.err
    if script is not None:
        assert (folder / "called").read_text().startswith("--context=staging --kubeconfig=config get ")
