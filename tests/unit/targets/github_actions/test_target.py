"""Which workflows a project gets, what is true of all of them, and what keeps it from getting them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fairlead.plan.builder import build
from fairlead.resources.resource import Root
from fairlead.target import Shared
from fairlead_targets.github_actions import GitHubActions
from fairlead_targets.github_actions.actions import PINS
from fairlead_targets.github_actions.options import GitHubActionsOptions
from tests.projects import CHURN, FAIRLEAD, read_project
from tests.workflows import (
    DELIVER,
    DEPLOYED,
    EVERYTHING,
    OWN_REGISTRY,
    SELF,
    TUNED,
    codes,
    compiled,
    fairlead,
    files,
    workflow,
)

ALL = ["validate", "preview", "check", "build", "candidates", "promote", "apply"]
SERVED = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: assistant, owner: support-ml}
model: {framework: huggingface, source: "hf://acme/model:0123456789012345678901234567890123456789"}
serving: {runtime: huggingface}
"""


@pytest.fixture
def everything(tmp_path: Path) -> dict[str, Any]:
    made = compiled(tmp_path, EVERYTHING)
    assert made.diagnostics == []
    return {name: workflow(made, name) for name in ALL}


def steps(workflows: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}/{key}", step)
        for name, content in workflows.items()
        for key, job in content["jobs"].items()
        for step in job["steps"]
    ]


def test_a_project_that_says_nothing_gets_what_needs_nothing(tmp_path: Path) -> None:
    made = compiled(tmp_path, "")
    assert [str(file.path) for file in made.files] == [
        ".github/workflows/fairlead-validate.yml",
        ".github/workflows/fairlead-preview.yml",
        ".github/workflows/fairlead-check.yml",
    ]
    assert {file.root for file in made.files} == {Root.REPOSITORY}


def test_workflows_belong_to_the_repository_and_to_no_environment_or_pipeline(tmp_path: Path) -> None:
    workspace = read_project(tmp_path)
    assert workspace.project is not None
    unit = workspace.units["staging"]["churn"]
    plan, _ = build(unit, workspace.units["staging"])
    assert plan is not None
    target, options = GitHubActions(), GitHubActionsOptions()
    assert target.compile(plan, options).files == ()
    shared = Shared(workspace.project, workspace.project_root, "staging", [plan])
    assert target.compile_shared(shared, options).files == ()


def test_the_workflow_as_a_whole_has_no_rights_and_each_job_says_its_own(everything: dict[str, Any]) -> None:
    for content in everything.values():
        assert content["permissions"] == {}
        for job in content["jobs"].values():
            assert job["permissions"]["contents"] == "read"


def test_every_job_has_a_name_and_an_end(everything: dict[str, Any]) -> None:
    for content in everything.values():
        assert content["concurrency"]["group"]
        for job in content["jobs"].values():
            assert job["name"]
            assert 0 < job["timeout-minutes"] <= 60


def test_no_script_has_an_expression_in_it(everything: dict[str, Any]) -> None:
    assert [place for place, step in steps(everything) if "${{" in step.get("run", "")] == []


def test_every_action_is_named_by_its_commit_and_its_release(tmp_path: Path) -> None:
    for text in files(compiled(tmp_path, EVERYTHING)).values():
        for line in re.findall(r"uses: (.*)", text):
            assert re.fullmatch(r"[a-z-]+(/[a-z-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_every_action_that_is_pinned_is_used(tmp_path: Path) -> None:
    used = {
        step["uses"].partition("@")[0]
        for _, step in steps({name: workflow(compiled(tmp_path, EVERYTHING), name) for name in ALL})
        if "uses" in step
    }
    assert used == set(PINS)


def test_no_credential_is_left_in_a_checkout_and_nothing_is_cached(everything: dict[str, Any]) -> None:
    for _, step in steps(everything):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # Buildx would be kept in the cache unless that is turned off.
        used = {key: value for key, value in step.get("with", {}).items() if (key, value) != ("cache-binary", False)}
        assert "cache" not in json.dumps(used)
        assert "setup-buildx" not in step.get("uses", "") or step["with"]["cache-binary"] is False


def test_secrets_are_read_in_an_environment_only(everything: dict[str, Any]) -> None:
    for content in everything.values():
        for job in content["jobs"].values():
            assert "secrets." not in json.dumps(job["steps"]) or "environment" in job


def test_a_pull_request_starts_nothing_that_can_write_but_code_scanning_and_its_comment(
    everything: dict[str, Any],
) -> None:
    assert all(set(content["on"]) & {"pull_request_target", "workflow_run"} == set() for content in everything.values())
    writing = [
        (name, key)
        for name, content in everything.items()
        if "pull_request" in content["on"]
        for key, job in content["jobs"].items()
        if "write" in job["permissions"].values()
    ]
    assert writing == [("validate", "code-scanning"), ("preview", "comment")]
    for name, key in writing:
        assert "head.repo.full_name == github.repository" in everything[name]["jobs"][key]["if"]
    assert all("run" not in step for step in everything["validate"]["jobs"]["code-scanning"]["steps"])


def test_the_job_that_comments_has_that_right_alone_and_compiles_nothing(everything: dict[str, Any]) -> None:
    job = everything["preview"]["jobs"]["comment"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert everything["preview"]["jobs"]["preview"]["permissions"] == {"contents": "read"}
    assert [step["name"] for step in job["steps"] if "github.token" in json.dumps(step)] == ["Comment"]
    assert not any(re.search(r"^\s*fairlead ", step.get("run", ""), re.MULTILINE) for step in job["steps"])


def test_a_preview_that_was_not_kept_is_not_commented_on(everything: dict[str, Any]) -> None:
    jobs = everything["preview"]["jobs"]
    (kept,) = [step for step in jobs["preview"]["steps"] if step.get("id") == "keep"]
    assert kept["uses"].startswith("actions/upload-artifact@")
    assert jobs["preview"]["outputs"] == {"kept": "${{ steps.keep.outputs.artifact-id }}"}
    assert "needs.preview.outputs.kept != ''" in jobs["comment"]["if"]


def test_without_the_comment_nothing_of_the_preview_can_write(tmp_path: Path) -> None:
    content = workflow(compiled(tmp_path, "comment: false"), "preview")
    assert {name: job["permissions"] for name, job in content["jobs"].items()} == {"preview": {"contents": "read"}}


def test_only_the_commands_that_exist_are_called(everything: dict[str, Any]) -> None:
    from fairlead.cli.main import COMMANDS

    called = {
        word
        for _, step in steps(everything)
        for word in re.findall(r"^\s*(?:if ! )?fairlead (\S+)", step.get("run", ""), re.MULTILINE)
    }
    assert called == {"validate", "preview", "compile", "check", "lock", "promote"}
    assert called <= set(COMMANDS)


def test_without_code_scanning_nothing_can_write(tmp_path: Path) -> None:
    content = workflow(compiled(tmp_path, SELF), "validate")
    assert list(content["jobs"]) == ["validate"]
    assert all("uses" not in step or "sarif" not in step["uses"] for step in content["jobs"]["validate"]["steps"])


def test_this_very_project_installs_itself_without_dependencies(tmp_path: Path) -> None:
    job = workflow(compiled(tmp_path, SELF), "check")["jobs"]["check"]
    assert job["runs-on"] == "ubuntu-24.04-arm"
    requirements = next(step["env"]["REQUIREMENTS"] for step in job["steps"] if "env" in step)
    assert requirements.split() == ["requirements/runtime.txt", "requirements/build.txt"]
    assert any("--no-deps --no-build-isolation ." in step.get("run", "") for step in job["steps"])


def test_the_table_says_what_is_built_from_where_and_what_becomes_of_a_candidate(tmp_path: Path) -> None:
    made = compiled(tmp_path, EVERYTHING)
    assert json.loads(files(made)["pipelines.json"]) == [
        {
            "pipeline": "churn",
            "spec": "specs/churn.yaml",
            "environment": "staging",
            "image": {"name": "ghcr.io/acme/churn", "repository": "ghcr.io/acme/churn", "code": "models/churn"},
            "promote": "pull-request",
            "approval": [],
        },
        {
            "pipeline": "tumor",
            "spec": "specs/tumor.yaml",
            "environment": "staging",
            "image": {
                "name": "ghcr.io/acme/tumor",
                "repository": "ghcr.io/acme/tumor",
                "code": "models/tumor-classifier",
            },
            "promote": "automatic",
            "approval": ["diagnostics-leads"],
        },
    ]


def test_a_build_starts_where_some_pipelines_code_changes(tmp_path: Path) -> None:
    on = workflow(compiled(tmp_path, EVERYTHING), "build")["on"]
    assert on["push"] == {"branches": ["main"], "paths": ["models/churn/**", "models/tumor-classifier/**"]}


def test_a_pipeline_more_changes_no_workflow_but_the_builds_filter(tmp_path: Path) -> None:
    one = files(compiled(tmp_path / "one", EVERYTHING, {"specs/churn.yaml": CHURN}))
    two = files(compiled(tmp_path / "two", EVERYTHING))
    changed = {path for path in one if one[path] != two[path]}
    assert changed == {"pipelines.json", ".github/workflows/fairlead-build.yml"}
    assert (
        two[".github/workflows/fairlead-build.yml"].replace("    - models/tumor-classifier/**\n", "")
        == one[".github/workflows/fairlead-build.yml"]
    )


def test_an_image_with_a_tag_is_built_elsewhere(tmp_path: Path) -> None:
    spec = CHURN.replace("model: {", "model: {code: {image: ghcr.io/acme/churn:1.4}, ")
    made = compiled(tmp_path, "workflows: [validate, build]", {"specs/churn.yaml": spec})
    assert codes(list(made.diagnostics)) == ["FL4406"]
    assert [str(file.path) for file in made.files] == [".github/workflows/fairlead-validate.yml"]


def test_a_pipeline_that_does_not_train_is_not_in_the_table(tmp_path: Path) -> None:
    made = compiled(tmp_path, EVERYTHING, {"specs/churn.yaml": CHURN, "specs/assistant.yaml": SERVED})
    assert [row["pipeline"] for row in json.loads(files(made)["pipelines.json"])] == ["churn"]


def test_an_own_registry_is_logged_in_to_from_the_environment(tmp_path: Path) -> None:
    spec = CHURN.replace("model: {", "model: {code: {image: registry.acme.example/ml/churn}, ")
    made = compiled(tmp_path, OWN_REGISTRY, {"specs/churn.yaml": spec})
    job = workflow(made, "build")["jobs"]["build"]
    assert job["environment"] == "machine-learning"
    assert job["permissions"] == {"contents": "read"}
    login = next(step for step in job["steps"] if step["name"] == "Log in to the registry")
    assert login["with"] == {
        "registry": "registry.acme.example",
        "username": "${{ vars.PUSH_USER }}",
        "password": "${{ secrets.PUSH_PASSWORD }}",
    }


@pytest.mark.parametrize(
    ("options", "spec", "code", "place"),
    [
        ("workflows: [build]", "code: {image: quay.io/acme/churn}, ", "FL4405", "specs/churn.yaml"),
        ("workflows: [build]", "code: {image: acme/churn}, ", "FL4405", "specs/churn.yaml"),
        ("workflows: [build]", 'code: {path: "models/${{ github.token }}"}, ', "FL4401", "specs/churn.yaml"),
        ("workflows: [build]", 'code: {path: "models/*"}, ', "FL4402", "specs/churn.yaml"),
        ("workflows: [candidates]", "", "FL4403", "fairlead.yaml"),
        ("workflows: [apply]", "", "FL4404", "fairlead.yaml"),
    ],
)
def test_what_could_not_work_is_an_error_and_writes_nothing(
    tmp_path: Path, options: str, spec: str, code: str, place: str
) -> None:
    made = compiled(tmp_path, options, {"specs/churn.yaml": CHURN.replace("model: {", f"model: {{{spec}")})
    assert code in codes(list(made.diagnostics))
    assert {found.place.file for found in made.diagnostics} == {place}
    assert made.files == ()


def test_candidates_elsewhere_than_in_s3_are_an_error(tmp_path: Path) -> None:
    text = FAIRLEAD.replace("s3://acme-ml-artifacts", "gs://acme-ml-artifacts")
    made = compiled(tmp_path, OWN_REGISTRY.replace("[build, candidates]", "[candidates]"), text=text)
    assert [found.message for found in made.diagnostics] == [
        "`artifacts` is in gs, and candidate records are read from s3"
    ]


def test_a_cluster_of_no_environment_is_an_error_at_its_place(tmp_path: Path) -> None:
    options = EVERYTHING.replace("  production: {", "  prod: {")
    made = compiled(tmp_path, options)
    assert [found.message for found in made.diagnostics] == [
        "`apply` has no cluster for production",
        "there is no environment `prod`",
    ]
    line = fairlead(options).splitlines()[made.diagnostics[1].place.line - 1]
    assert line.strip().startswith("prod:")


def test_environments_are_applied_to_in_order_under_their_own_names(everything: dict[str, Any]) -> None:
    jobs = everything["apply"]["jobs"]
    assert [(key, job["environment"], job.get("needs")) for key, job in jobs.items()] == [
        ("apply-staging", "staging", None),
        ("apply-production", "production", ["apply-staging"]),
    ]


def test_records_are_looked_for_below_the_prefix_of_artifacts(tmp_path: Path) -> None:
    text = FAIRLEAD.replace(
        "{uri: s3://acme-ml-artifacts}",
        "{uri: s3://acme/ml/, region: eu-central-1, endpoint: https://minio.acme.example}",
    )
    job = workflow(compiled(tmp_path, EVERYTHING, text=text), "candidates")["jobs"]["find"]
    env = next(step["env"] for step in job["steps"] if step.get("id") == "find")
    assert (env["BUCKET"], env["PREFIX"]) == ("acme", "ml/candidates/")
    assert (env["AWS_REGION"], env["AWS_ENDPOINT_URL"]) == ("eu-central-1", "https://minio.acme.example")


def test_the_job_that_reads_records_cannot_write_and_the_one_that_proposes_knows_no_store(
    everything: dict[str, Any],
) -> None:
    jobs = everything["candidates"]["jobs"]
    assert jobs["find"]["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "read"}
    assert jobs["propose"]["permissions"] == {"contents": "read"}
    assert "AWS_" not in json.dumps(jobs["propose"])
    assert "secrets." not in json.dumps(jobs["find"])


def test_the_apps_token_opens_pull_requests_and_no_more(everything: dict[str, Any]) -> None:
    for name in ("build", "candidates"):
        step = next(step for step in everything[name]["jobs"]["propose"]["steps"] if step.get("id") == "app")
        assert step["with"] == {
            "client-id": "${{ vars.FAIRLEAD_APP_CLIENT_ID }}",
            "private-key": "${{ secrets.FAIRLEAD_APP_PRIVATE_KEY }}",
            "permission-contents": "write",
            "permission-pull-requests": "write",
        }


def test_an_option_that_is_no_plain_word_is_refused(tmp_path: Path) -> None:
    from fairlead.workspace.targets import chosen_targets

    for options in (
        'environment: "${{ github.head_ref }}"',
        'runs_on: "self-hosted; rm"',
        'requirements: ["../requirements.txt"]',
        'requirements: ["-r evil.txt"]',
        "app: {private_key: secret-key}",
        'candidates: {role: "${{ secrets.ROLE }}"}',
        "clusters: {staging: {server: http://plain.acme.example}}",
        "python: latest",
        "workflows: []",
    ):
        workspace = read_project(tmp_path, fairlead=fairlead(options))
        assert workspace.project is not None
        _, found = chosen_targets(workspace.project, workspace.project_root)
        assert set(codes(found)) == {"FL2014"}, options


def test_an_unusual_output_folder_is_refused_where_a_workflow_would_name_it(tmp_path: Path) -> None:
    text = FAIRLEAD + 'output: "rendered/${{ github.token }}"\n'
    made = compiled(tmp_path, "", text=text)
    assert codes(list(made.diagnostics)) == ["FL4401"]
    assert made.files == ()


def test_an_expression_that_comes_another_way_is_refused_where_it_stands(tmp_path: Path) -> None:
    text = FAIRLEAD.replace("s3://acme-ml-artifacts}", 's3://acme-ml-artifacts, region: "${{ secrets.KEY }}"}')
    made = compiled(tmp_path, EVERYTHING, text=text)
    assert codes(list(made.diagnostics)) == ["FL4401"]
    line = (tmp_path / "fairlead.yaml").read_text().splitlines()[made.diagnostics[0].place.line - 1]
    assert line.startswith("artifacts:")
    assert made.files == ()


def test_tuning_counts_as_code_of_the_pipelines_own(tmp_path: Path) -> None:
    tuned = TUNED.replace(
        "  train:", "  tune: {over: {a: [1, 2]}, search: grid, objective: maximize accuracy}\n  train:"
    )
    made = compiled(
        tmp_path, EVERYTHING, {"specs/tumor.yaml": tuned.replace("model:\n", "model:\n  task: binary-classification\n")}
    )
    assert json.loads(files(made)["pipelines.json"])[0]["image"]["code"] == "models/tumor-classifier"


def test_what_is_committed_is_delivered_environment_by_environment(tmp_path: Path) -> None:
    jobs = workflow(compiled(tmp_path, DELIVER, text=DEPLOYED), "deliver")["jobs"]
    assert {name: (job.get("needs"), job["environment"]) for name, job in jobs.items()} == {
        "deliver-project": (None, "fairlead"),
        "deliver-staging": (["deliver-project"], "staging"),
        "deliver-production": (["deliver-staging"], "production"),
    }
    where = {}
    for name, job in jobs.items():
        _, token, deliver = job["steps"]
        assert (token["with"]["owner"], token["with"]["repositories"]) == ("acme", "ml-deploy")
        where[name] = (deliver["env"]["BRANCH"], deliver["env"]["FOLDER"], deliver["env"]["TARGET"])
    assert where == {
        "deliver-project": ("main", "rendered/_project", "ml/_project"),
        "deliver-staging": ("main", "rendered/staging", "ml/staging"),
        "deliver-production": ("live", "rendered/production", "ml/production"),
    }


def test_there_has_to_be_somewhere_to_deliver_to(tmp_path: Path) -> None:
    made = compiled(tmp_path, DELIVER)
    assert [found.code.id for found in made.diagnostics] == ["FL4407"]
    assert made.files == ()
