"""The workflows' scripts do what their names say: they are run here, in real repositories, with git, bash and jq.

GitHub, the object store and Fairlead itself are stood in for by programs that write down how they were called.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fairlead_targets.github_actions.scripts import script
from tests.candidates import digest, record
from tests.projects import CHURN, write_project

pytestmark = pytest.mark.skipif(
    not all(shutil.which(name) for name in ("bash", "git", "jq")), reason="bash, git and jq are not all installed"
)

ROW = {
    "pipeline": "churn",
    "spec": "specs/churn.yaml",
    "environment": "staging",
    "image": {"name": "ghcr.io/acme/churn", "repository": "ghcr.io/acme/churn", "code": "models/churn"},
    "promote": "pull-request",
    "approval": [],
}
OTHER = {
    **ROW,
    "pipeline": "tumor",
    "spec": "specs/tumor.yaml",
    "image": {"name": "ghcr.io/acme/tumor", "repository": "ghcr.io/acme/tumor", "code": "models/tumor"},
}


class Runner:
    """A repository with a remote, programs that stand in for others, and what a run of a script leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.programs = folder / "programs"
        self.temp = folder / "temp"
        self.calls = folder / "calls"
        for path in (self.folder, self.programs, self.temp):
            path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        subprocess.run(["git", "init", "--quiet", "--bare", str(folder / "remote")], check=True)
        self.git("remote", "add", "origin", str(folder / "remote"))
        self.write(".gitignore", ".fairlead/\n")

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True, env=self.environment({})
        ).stdout

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a change")
        return self.git("rev-parse", "HEAD").strip()

    def program(self, name: str, body: str) -> None:
        """A program that writes its arguments to `calls` and then does `body`."""
        path = self.programs / name
        path.write_text(f'#!/usr/bin/env bash\nset -eu\nprintf "%s\\n" "{name} $*" >> "$CALLS"\n{body}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_REPOSITORY_OWNER": "acme",
            "GIT_AUTHOR_NAME": "bot",
            "GIT_AUTHOR_EMAIL": "bot@acme.example",
            "GIT_COMMITTER_NAME": "bot",
            "GIT_COMMITTER_EMAIL": "bot@acme.example",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "CALLS": str(self.calls),
            **more,
        }

    def run(self, *names: str, code: int = 0, **env: str) -> str:
        """Runs a script as GitHub does for `shell: bash`, and gives what it printed."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script(*names)],
            cwd=self.folder,
            env=self.environment(env),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def called(self, program: str) -> list[str]:
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line.removeprefix(f"{program} ") for line in lines if line.startswith(f"{program} ")]

    @property
    def summary(self) -> str:
        path = self.temp / "summary.md"
        return path.read_text() if path.exists() else ""

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.temp / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_every_requirements_file_is_installed_by_its_hashes(runner: Runner) -> None:
    runner.program("python", "")
    runner.run("install", REQUIREMENTS="requirements/runtime.txt\nrequirements/build.txt")
    (call,) = runner.called("python")
    assert call == (
        "-m pip --disable-pip-version-check install --no-input --require-hashes --only-binary :all:"
        " --requirement requirements/runtime.txt --requirement requirements/build.txt"
    )


@pytest.mark.parametrize(("answer", "code"), [(0, 0), (1, 0), (3, 3)])
def test_findings_are_no_failure_of_writing_them_down(runner: Runner, answer: int, code: int) -> None:
    runner.program("fairlead", f"echo '{{}}'; exit {answer}")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script("findings")],
        cwd=runner.folder,
        env=runner.environment({}),
        check=False,
    )
    assert (done.returncode == 0) == (code == 0)
    assert (runner.temp / "findings.sarif").read_text() == "{}\n"


class TestPreview:
    def test_what_changes_is_in_the_summary_and_kept_whole(self, runner: Runner) -> None:
        program = runner.programs / "fairlead"
        program.write_text(f"#!{sys.executable}\nfrom fairlead.cli.main import main\nmain()\n")
        program.chmod(0o755)
        write_project(runner.folder)
        runner.commit()
        runner.write("specs/churn.yaml", CHURN.replace("churn.train]", "churn.learn]"))
        runner.commit()
        runner.run("preview")
        assert "retrains: the command of training is" in runner.summary
        assert json.loads((runner.temp / "preview.json").read_text())["differs"] is True
        for name in ("preview.md", "preview.html"):
            assert "retrains: the command of training is" in (runner.temp / name).read_text()

    def test_what_does_not_compile_fails_and_is_in_the_summary(self, runner: Runner) -> None:
        runner.program("fairlead", "echo Does not compile; exit 1")
        runner.run("preview", code=1)
        assert runner.summary == "Does not compile\n"
        (call,) = runner.called("fairlead")
        assert call.startswith("preview --base HEAD^1 --head HEAD --format markdown")


class TestSelectImages:
    @pytest.fixture(autouse=True)
    def sources(self, runner: Runner) -> None:
        runner.write("table.json", json.dumps([ROW, OTHER, {**ROW, "pipeline": "served", "image": None}]))
        for name in ("churn", "tumor"):
            runner.write(f"models/{name}/Dockerfile", f"FROM scratch\nLABEL name={name}\n")
        runner.commit()

    def tree(self, runner: Runner, name: str) -> str:
        return runner.git("rev-parse", f"HEAD:models/{name}").strip()

    def selected(self, runner: Runner, only: str = "") -> list[dict[str, Any]]:
        (runner.temp / "output").unlink(missing_ok=True)
        runner.run("select_images", TABLE="table.json", ONLY=only)
        chosen: list[dict[str, Any]] = json.loads(runner.outputs["matrix"])["include"]
        assert runner.outputs["count"] == str(len(chosen))
        return chosen

    def test_what_no_lock_knows_is_built(self, runner: Runner) -> None:
        assert self.selected(runner) == [
            {
                "pipeline": name,
                "spec": f"specs/{name}.yaml",
                "environment": "staging",
                "tree": self.tree(runner, name),
                "name": f"ghcr.io/acme/{name}",
                "repository": f"ghcr.io/acme/{name}",
                "code": f"models/{name}",
            }
            for name in ("churn", "tumor")
        ]

    def test_what_the_lock_has_from_this_very_tree_is_not_built_again(self, runner: Runner) -> None:
        runner.write("specs/churn.staging.lock.yaml", f"images:\n  a:\n    tree: {self.tree(runner, 'churn')}\n")
        assert [chosen["pipeline"] for chosen in self.selected(runner)] == ["tumor"]

    def test_a_change_of_the_code_is_built(self, runner: Runner) -> None:
        runner.write("specs/churn.staging.lock.yaml", f"tree: {self.tree(runner, 'churn')}\n")
        runner.write("models/churn/train.py", "print()\n")
        runner.commit()
        assert [chosen["pipeline"] for chosen in self.selected(runner)] == ["churn", "tumor"]

    def test_a_pipeline_that_is_named_is_built_whatever_the_lock_says(self, runner: Runner) -> None:
        runner.write("specs/churn.staging.lock.yaml", f"tree: {self.tree(runner, 'churn')}\n")
        assert [chosen["pipeline"] for chosen in self.selected(runner, "churn")] == ["churn"]

    @pytest.mark.parametrize("name", ["chrun", "served", "churn; curl evil", "$(touch evil)"])
    def test_a_name_that_is_none_is_an_error_and_never_code(self, runner: Runner, name: str) -> None:
        assert "::error::" in runner.run("select_images", TABLE="table.json", ONLY=name, code=1)
        assert not (runner.folder / "evil").exists()

    def test_code_without_a_dockerfile_is_left_out_and_said(self, runner: Runner) -> None:
        (runner.folder / "models/churn/Dockerfile").unlink()
        assert "::warning::churn is not built" in runner.run("select_images", TABLE="table.json", ONLY="")
        assert runner.outputs["count"] == "1"


def test_a_built_image_is_recorded_as_a_lock_has_it(runner: Runner) -> None:
    runner.run(
        "record_image",
        RECORDS=str(runner.temp / "digests"),
        PIPELINE="churn",
        SPEC="specs/churn.yaml",
        ENVIRONMENT="staging",
        IMAGE="ghcr.io/acme/churn",
        DIGEST=digest("a"),
        TREE="a" * 40,
    )
    assert json.loads((runner.temp / "digests/churn.json").read_text()) == {
        "pipeline": "churn",
        "spec": "specs/churn.yaml",
        "environment": "staging",
        "images": {"ghcr.io/acme/churn": {"digest": digest("a"), "tree": "a" * 40}},
    }
    assert f"ghcr.io/acme/churn@{digest('a')}" in runner.summary


START = "refs/tags/start"
FAIRLEAD = """
case "$1" in
lock)
  name=$(basename "$2" .yaml)
  [ "$name" != broken ] || exit 1
  echo "$*" > "specs/$name.staging.lock.yaml"
  ;;
compile)
  mkdir -p rendered
  cat specs/*.lock.yaml > rendered/all.yaml
  echo stray > stray.txt
  ;;
esac
"""


def commits(runner: Runner, branch: str) -> list[str]:
    """The files that a pushed branch changes, in one commit, against what was checked out."""
    pushed = f"refs/remotes/origin/{branch}"
    assert runner.git("rev-list", "--count", f"{START}..{pushed}").strip() == "1"
    return runner.git("diff", "--name-only", START, pushed).split()


class TestPropose:
    @pytest.fixture(autouse=True)
    def programs(self, runner: Runner) -> None:
        runner.write("table.json", json.dumps([ROW, {**OTHER, "promote": "automatic"}]))
        runner.write("specs/churn.yaml", "kind: Pipeline\n")
        runner.commit()
        runner.git("tag", "start")
        runner.program("fairlead", FAIRLEAD)
        runner.program("gh", '[ "$1 $2" != "pr list" ] || cat "$RUNNER_TEMP/number" 2> /dev/null || true')

    def image(self, runner: Runner, name: str = "churn", what: str = "a") -> None:
        folder = runner.temp / "digests"
        folder.mkdir(exist_ok=True)
        content = {
            "pipeline": name,
            "spec": f"specs/{name}.yaml",
            "environment": "staging",
            "images": {f"ghcr.io/acme/{name}": {"digest": digest(what), "tree": "a" * 40}},
        }
        (folder / f"{name}.json").write_text(json.dumps(content))

    def propose_images(self, runner: Runner, code: int = 0) -> str:
        return runner.run(
            "pull_request",
            "branch",
            "propose_images",
            code=code,
            RECORDS=str(runner.temp / "digests"),
            OUTPUT="rendered",
            BRANCH="main",
        )

    def test_an_image_is_locked_compiled_and_proposed_together(self, runner: Runner) -> None:
        self.image(runner)
        self.propose_images(runner)
        assert runner.called("fairlead") == [
            f"lock specs/churn.yaml --environment staging --image ghcr.io/acme/churn@{digest('a')} --tree {'a' * 40}",
            "compile",
        ]
        assert commits(runner, "fairlead/image/churn") == ["rendered/all.yaml", "specs/churn.staging.lock.yaml"]
        assert any(
            call.startswith("pr create --head fairlead/image/churn --base main --title Lock the image of churn")
            for call in runner.called("gh")
        )

    def test_a_pull_request_that_is_open_is_brought_up_to_date(self, runner: Runner) -> None:
        self.image(runner)
        (runner.temp / "number").write_text("7\n")
        self.propose_images(runner)
        calls = [call for call in runner.called("gh") if not call.startswith("pr list")]
        assert len(calls) == 1
        assert calls[0].startswith("pr edit 7 ")

    def test_every_pull_request_starts_from_what_was_checked_out(self, runner: Runner) -> None:
        self.image(runner, "churn")
        self.image(runner, "tumor")
        self.propose_images(runner)
        assert commits(runner, "fairlead/image/churn") == ["rendered/all.yaml", "specs/churn.staging.lock.yaml"]
        assert commits(runner, "fairlead/image/tumor") == ["rendered/all.yaml", "specs/tumor.staging.lock.yaml"]

    def test_a_digest_that_is_locked_already_opens_nothing(self, runner: Runner) -> None:
        self.image(runner)
        self.propose_images(runner)
        runner.git("checkout", "--quiet", "-B", "main", "refs/remotes/origin/fairlead/image/churn")
        runner.calls.unlink()
        self.propose_images(runner)
        assert runner.called("gh") == []
        assert "the lock has this digest already" in runner.summary

    def test_a_push_that_fails_is_a_failure_and_opens_nothing(self, runner: Runner) -> None:
        self.image(runner)
        runner.git("remote", "set-url", "origin", str(runner.temp / "nowhere"))
        self.propose_images(runner, code=128)
        assert [call for call in runner.called("gh") if call.startswith("pr")] == []

    def test_where_nothing_could_be_built_nothing_is_proposed(self, runner: Runner) -> None:
        self.propose_images(runner)
        assert runner.called("gh") == []

    def candidate(self, runner: Runner, pipeline: str) -> str:
        name, data = record(16, pipeline)
        folder = runner.temp / "candidates" / pipeline
        folder.mkdir(parents=True)
        (folder / name).write_bytes(data)
        return f"fairlead/candidate/{pipeline}-{name.removeprefix('sha256-')[:12]}"

    def propose_candidates(self, runner: Runner, code: int = 0) -> str:
        return runner.run(
            "pull_request",
            "branch",
            "propose_candidates",
            code=code,
            RECORDS=str(runner.temp / "candidates"),
            OUTPUT="rendered",
            BRANCH="main",
            TABLE="table.json",
            MERGE="squash",
        )

    def test_a_candidate_is_locked_compiled_and_proposed_with_its_metrics(self, runner: Runner) -> None:
        branch = self.candidate(runner, "churn")
        self.propose_candidates(runner)
        assert commits(runner, branch) == ["rendered/all.yaml", "specs/churn.staging.lock.yaml"]
        assert f"pr create --head {branch} --base main --title Promote version 16 of churn to staging" in "\n".join(
            runner.called("gh")
        )
        body = (runner.temp / "body.md").read_text()
        assert "| `roc_auc` | 0.91 |" in body
        assert "- `roc_auc >= 0.9`: 0.91" in body
        assert not any(call.startswith("pr merge") for call in runner.called("gh"))

    def test_an_automatic_one_merges_when_its_checks_pass(self, runner: Runner) -> None:
        branch = self.candidate(runner, "tumor")
        self.propose_candidates(runner)
        assert runner.called("gh")[-1] == f"pr merge {branch} --auto --squash"

    def test_one_that_a_person_must_release_never_merges_by_itself(self, runner: Runner) -> None:
        runner.write("table.json", json.dumps([{**OTHER, "promote": "automatic", "approval": ["leads"]}]))
        runner.commit()
        self.candidate(runner, "tumor")
        self.propose_candidates(runner)
        assert "Released by a person of: @acme/leads" in (runner.temp / "body.md").read_text()
        assert not any(call.startswith("pr merge") for call in runner.called("gh"))

    def test_of_two_runs_at_once_one_wins_and_the_other_is_told(self, runner: Runner) -> None:
        branch = self.candidate(runner, "churn")
        # Another run pushes between what this one sees and what it pushes.
        other = f'git push --quiet origin "{START}:refs/heads/{branch}"'
        hook = runner.folder / ".git/hooks/pre-push"
        hook.write_text(f'#!/bin/sh\n[ -e "$RUNNER_TEMP/tried" ] || {{ touch "$RUNNER_TEMP/tried"; {other}; }}\n')
        hook.chmod(0o755)
        assert f"::notice::another run was faster and has pushed {branch}" in self.propose_candidates(runner)
        assert [call for call in runner.called("gh") if call.startswith("pr create")] == []
        assert runner.git("ls-remote", "origin", branch).split()[0] == runner.git("rev-parse", START).strip()

    def test_what_is_there_already_is_not_pushed_again(self, runner: Runner) -> None:
        branch = self.candidate(runner, "churn")
        self.propose_candidates(runner)
        first = runner.git("ls-remote", "origin", branch)
        runner.git("reset", "--quiet", "--hard", START)
        self.propose_candidates(runner)
        assert runner.git("ls-remote", "origin", branch) == first
        assert len([call for call in runner.called("gh") if call.startswith("pr create")]) == 2

    def test_a_pull_request_that_another_run_opened_meanwhile_is_brought_up_to_date(self, runner: Runner) -> None:
        self.candidate(runner, "churn")
        runner.program(
            "gh",
            'case "$1 $2" in\n"pr create") echo 7 > "$RUNNER_TEMP/number"; exit 1 ;;\n'
            '"pr list") cat "$RUNNER_TEMP/number" 2> /dev/null || true ;;\nesac',
        )
        self.propose_candidates(runner)
        assert runner.called("gh")[-1].startswith("pr edit 7 ")

    def test_what_a_person_has_committed_to_the_branch_stays(self, runner: Runner) -> None:
        branch = self.candidate(runner, "churn")
        runner.write("by-hand", "b")
        runner.git("add", "by-hand")
        runner.git("-c", "user.name=ada", "commit", "--quiet", "--message=by hand")
        env = {**runner.environment({}), "GIT_COMMITTER_EMAIL": "ada@acme.example"}
        subprocess.run(["git", "commit", "--quiet", "--amend", "--no-edit"], cwd=runner.folder, env=env, check=True)
        runner.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        before = runner.git("ls-remote", "origin", branch)
        runner.git("reset", "--quiet", "--hard", START)
        assert f"::warning::somebody has committed to {branch}" in self.propose_candidates(runner)
        assert runner.git("ls-remote", "origin", branch) == before

    def test_a_record_that_is_refused_fails_the_job_but_not_the_others(self, runner: Runner) -> None:
        broken = {**ROW, "pipeline": "broken", "spec": "specs/broken.yaml"}
        runner.write("table.json", json.dumps([broken, ROW]))
        runner.commit()
        runner.git("tag", "--force", "start")
        self.candidate(runner, "broken")
        branch = self.candidate(runner, "churn")
        assert "::error::" in self.propose_candidates(runner, code=1)
        assert commits(runner, branch) == ["rendered/all.yaml", "specs/churn.staging.lock.yaml"]


STEP: dict[str, Any] = {
    "state": "due",
    "pipeline": "churn",
    "spec": "specs/churn.yaml",
    "environment": "production",
    "message": "version 16 of churn starts as a canary at 10%",
    "title": "Try version 16 of churn in production at 10%",
    "branch": "fairlead/promote/churn-production-16-10",
    "starts": True,
    "automatic": False,
    "approval": [],
}
"""A step as `fairlead promote --due` tells it."""


class TestPromotions:
    def propose(self, runner: Runner, *steps: dict[str, Any], code: int = 0, shares: str = "pull-request") -> str:
        (runner.temp / "steps").write_text(json.dumps({"version": 1, "steps": steps}))
        runner.write("a", "a")
        runner.commit()
        known = 'cat "$RUNNER_TEMP/known" 2> /dev/null || echo 0'
        runner.program("gh", f'[ "$1 $2" != "pr list" ] || case "$*" in *--state\\ all*) {known} ;; esac')
        runner.program("fairlead", 'case "$*" in *--due*) cat "$RUNNER_TEMP/steps" ;; *broken*) exit 1 ;; esac')
        return runner.run(
            "pull_request",
            "propose_promotions",
            code=code,
            OUTPUT="rendered",
            BRANCH="main",
            MERGE="squash",
            SHARES=shares,
        )

    def merges(self, runner: Runner) -> list[str]:
        return [call for call in runner.called("gh") if call.startswith("pr merge")]

    def test_what_is_due_is_pushed_by_fairlead_and_proposed(self, runner: Runner) -> None:
        self.propose(runner, STEP, {**STEP, "state": "waits", "title": None, "branch": None})
        start = runner.git("rev-parse", "HEAD").strip()
        branch, title = STEP["branch"], STEP["title"]
        assert runner.called("fairlead")[1:] == [
            f"promote specs/churn.yaml --to production --push --base {start} --branch {branch}"
        ]
        assert f"pr create --head {branch} --base main --title {title}" in "\n".join(runner.called("gh"))
        assert "- waits: churn in production: version 16" in runner.summary
        assert self.merges(runner) == []

    def test_what_was_proposed_before_is_not_proposed_again(self, runner: Runner) -> None:
        (runner.temp / "known").write_text("1\n")
        self.propose(runner, STEP)
        assert len(runner.called("fairlead")) == 1

    @pytest.mark.parametrize(
        ("starts", "automatic", "shares", "merges"),
        [
            (True, True, "pull-request", True),
            (True, False, "automatic", False),
            (False, True, "pull-request", False),
            (False, True, "automatic", True),
        ],
    )
    def test_who_merges_it(self, runner: Runner, starts: bool, automatic: bool, shares: str, merges: bool) -> None:
        self.propose(runner, {**STEP, "starts": starts, "automatic": automatic}, shares=shares)
        assert bool(self.merges(runner)) == merges
        assert ("look at those of both versions" in (runner.temp / "body.md").read_text()) != starts

    def test_who_has_to_release_it_is_called(self, runner: Runner) -> None:
        self.propose(runner, {**STEP, "approval": ["leads"]})
        assert "Released by a person of: @acme/leads" in (runner.temp / "body.md").read_text()

    def test_one_that_can_not_be_made_fails_the_job_but_not_the_others(self, runner: Runner) -> None:
        broken = {**STEP, "spec": "specs/broken.yaml", "branch": "fairlead/promote/broken"}
        assert "::error::Try version 16" in self.propose(runner, broken, STEP, code=1)
        assert any(call.startswith(f"pr create --head {STEP['branch']} ") for call in runner.called("gh"))


class TestFindCandidates:
    @pytest.fixture
    def store(self, runner: Runner) -> Callable[..., None]:
        """Puts records of (pipeline, version, time) into the store."""
        objects = runner.temp / "store"
        objects.mkdir()
        runner.write("table.json", json.dumps([ROW, OTHER]))
        runner.commit()
        runner.program("curl", 'echo \'{"value": "token"}\'')
        runner.program("gh", 'cat "$RUNNER_TEMP/proposed" 2> /dev/null || echo 0')
        runner.program(
            "aws",
            'test -s "$AWS_WEB_IDENTITY_TOKEN_FILE"\n'
            'if [ "$1" = s3api ]; then cat "$RUNNER_TEMP/store/listing"; exit; fi\n'
            'cp "$RUNNER_TEMP/store/${5##*/}" "$6"',
        )
        listing: list[dict[str, str]] = []

        def put(pipeline: str, version: int, time: str) -> None:
            name, data = record(version, pipeline)
            (objects / name).write_bytes(data)
            listing.append({"Key": f"ml/candidates/{pipeline}/{name}", "LastModified": time})
            (objects / "listing").write_text(json.dumps({"Contents": listing}))

        (objects / "listing").write_text("")
        return put

    def find(self, runner: Runner) -> list[str]:
        (runner.temp / "output").unlink(missing_ok=True)
        shutil.rmtree(runner.temp / "candidates", ignore_errors=True)
        runner.run(
            "find_candidates",
            TABLE="table.json",
            BUCKET="acme",
            PREFIX="ml/candidates/",
            RECORDS=str(runner.temp / "candidates"),
            AWS_WEB_IDENTITY_TOKEN_FILE=str(runner.temp / "identity"),
            ACTIONS_ID_TOKEN_REQUEST_TOKEN="bearer",
            ACTIONS_ID_TOKEN_REQUEST_URL="https://tokens.example?a=b",
        )
        found = sorted(path for path in (runner.temp / "candidates").rglob("*.json"))
        assert runner.outputs["count"] == str(len(found))
        return [f"{path.parent.name} {json.loads(path.read_text())['model']['version']}" for path in found]

    def test_an_empty_store_has_none(self, runner: Runner, store: Callable[..., None]) -> None:
        assert self.find(runner) == []

    def test_the_newest_of_each_pipeline_is_found(self, runner: Runner, store: Callable[..., None]) -> None:
        store("churn", 17, "2026-11-21T10:00:00+00:00")
        store("churn", 16, "2026-11-20T10:00:00+00:00")
        store("tumor", 3, "2026-11-19T10:00:00+00:00")
        assert self.find(runner) == ["churn 17", "tumor 3"]

    def test_what_is_locked_already_is_not_found_again(self, runner: Runner, store: Callable[..., None]) -> None:
        store("churn", 17, "2026-11-21T10:00:00+00:00")
        runner.write("specs/churn.staging.lock.yaml", f"model:\n  digest: {digest('model 17')}\n")
        assert self.find(runner) == []

    @pytest.mark.parametrize(("version", "found"), [(17, ["churn 17"]), (15, [])])
    def test_a_run_that_was_late_proposes_nothing_that_is_older(
        self, runner: Runner, store: Callable[..., None], version: int, found: list[str]
    ) -> None:
        store("churn", version, "2026-11-21T10:00:00+00:00")
        lock = f"model:\n  version: 16\n  digest: {digest('model 16')}\nprevious:\n  version: 18\n"
        runner.write("specs/churn.staging.lock.yaml", lock)
        assert self.find(runner) == found
        assert ("is older than version 16" in runner.summary) == (not found)

    def test_while_a_rollout_is_under_way_the_next_one_waits(self, runner: Runner, store: Callable[..., None]) -> None:
        store("churn", 18, "2026-11-21T10:00:00+00:00")
        runner.write(
            "specs/churn.staging.lock.yaml", f"model:\n  digest: {digest('model 16')}\nrollout:\n  canary: {{}}\n"
        )
        assert self.find(runner) == []
        assert "A candidate of churn waits" in runner.summary

    def test_what_was_proposed_is_not_proposed_again(self, runner: Runner, store: Callable[..., None]) -> None:
        store("churn", 17, "2026-11-21T10:00:00+00:00")
        (runner.temp / "proposed").write_text("1\n")
        assert self.find(runner) == []
        assert "--state all" in runner.called("gh")[0]

    def test_a_pipeline_that_does_not_train_here_is_passed_over(
        self, runner: Runner, store: Callable[..., None]
    ) -> None:
        store("stranger", 1, "2026-11-21T10:00:00+00:00")
        assert self.find(runner) == []

    def test_names_that_are_no_records_are_passed_over(self, runner: Runner, store: Callable[..., None]) -> None:
        listing = {
            "Contents": [
                {"Key": f"ml/candidates/{name}", "LastModified": "2026"}
                for name in ("churn/latest.json", "churn/$(touch evil)/sha256-a.json", "../sha256-a.json", "")
            ]
        }
        (runner.temp / "store/listing").write_text(json.dumps(listing))
        assert self.find(runner) == []
        assert not (runner.folder / "evil").exists()


def test_what_a_push_no_longer_renders_is_named(runner: Runner) -> None:
    runner.write("rendered/staging/churn/a.yaml", "a: 1\n")
    runner.write("rendered/production/churn/a.yaml", "a: 1\n")
    before = runner.commit()
    shutil.rmtree(runner.folder / "rendered/staging")
    runner.commit()
    runner.run("removed", FOLDER="rendered/production", BEFORE=before)
    assert runner.summary == ""
    runner.run("removed", FOLDER="rendered/staging", BEFORE=before)
    assert "- <code>rendered/staging/churn/a.yaml</code>\n" in runner.summary


@pytest.mark.parametrize("before", ["", "0" * 40])
def test_a_run_without_a_commit_before_says_so(runner: Runner, before: str) -> None:
    runner.commit()
    runner.run("removed", FOLDER="rendered/staging", BEFORE=before)
    assert "can't be named" in runner.summary


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
@pytest.mark.parametrize("authority", ["", "ca.crt"])
def test_the_cluster_is_named_by_a_configuration_that_holds_no_token(runner: Runner, authority: str) -> None:
    runner.program("curl", 'echo \'{"value": "token"}\'')
    real = shutil.which("kubectl")
    runner.program("kubectl", f'if [ "$1" = apply ]; then exit 0; fi\nexec {real} "$@"')
    runner.write("ca.crt", "not really a certificate\n")
    runner.run(
        "apply",
        FOLDER="rendered/staging",
        SERVER="https://staging.k8s.acme.example",
        AUDIENCE="kubernetes",
        AUTHORITY=authority,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="bearer",
        ACTIONS_ID_TOKEN_REQUEST_URL="https://tokens.example?a=b",
    )
    assert runner.called("kubectl")[-1] == ("apply --server-side --field-manager=fairlead --kustomize rendered/staging")
    config = (runner.temp / "kubeconfig").read_text()
    assert f"tokenFile: {runner.temp}/cluster-token" in config
    assert ("certificate-authority-data" in config) == bool(authority)
    assert (runner.temp / "cluster-token").read_text() == "token\n"
    assert stat.S_IMODE((runner.temp / "cluster-token").stat().st_mode) == 0o600
    assert runner.called("curl")[0].endswith("https://tokens.example?a=b&audience=kubernetes")


class TestDelivery:
    @pytest.fixture(autouse=True)
    def elsewhere(self, runner: Runner, tmp_path: Path) -> Path:
        """The repository that is delivered to: it has a branch with something of others' on it."""
        bare = tmp_path / "acme/ml-deploy.git"
        subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
        runner.write("README.md", "somebody else's\n")
        runner.write("ml/staging/gone.yaml", "a: 1\n")
        runner.commit()
        runner.git("push", "--quiet", str(bare), "HEAD:refs/heads/main")
        runner.git("rm", "--quiet", "-r", "README.md", "ml")
        runner.write("rendered/staging/churn/a.yaml", "replicas: 1\n")
        runner.commit()
        return bare

    def deliver(self, runner: Runner, *, branch: str = "main", code: int = 0, **env: str) -> str:
        shutil.rmtree(runner.temp / "there", ignore_errors=True)
        target = {"FOLDER": "rendered/staging", "TARGET": "ml/staging", **env}
        server = str(runner.temp.parent)
        return runner.run(
            "deliver", code=code, SERVER=server, REPOSITORY="acme/ml-deploy", BRANCH=branch, TOKEN="secret", **target
        )

    def there(self, elsewhere: Path, branch: str, *arguments: str) -> str:
        command = ["git", "-C", str(elsewhere), *arguments, branch]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def files(self, elsewhere: Path, branch: str = "main") -> list[str]:
        return self.there(elsewhere, branch, "ls-tree", "-r", "--name-only").split()

    def test_a_folder_becomes_what_it_is_here_and_the_rest_is_left_alone(self, runner: Runner, elsewhere: Path) -> None:
        self.deliver(runner)
        assert self.files(elsewhere) == [".gitignore", "README.md", "ml/staging/churn/a.yaml"]
        message = self.there(elsewhere, "main", "log", "-1", "--format=%B")
        assert message.split("\n\n") == [
            "Deliver rendered/staging",
            f"Source: {runner.git('rev-parse', 'HEAD').strip()}",
            "",
        ]
        assert "was delivered" in runner.summary

    def test_what_has_not_changed_makes_no_commit(self, runner: Runner, elsewhere: Path) -> None:
        self.deliver(runner)
        before = self.there(elsewhere, "main", "rev-parse")
        runner.write("unrelated", "b")
        runner.commit()
        self.deliver(runner)
        assert self.there(elsewhere, "main", "rev-parse") == before

    def test_a_branch_that_is_not_there_begins_with_the_folder(self, runner: Runner, elsewhere: Path) -> None:
        self.deliver(runner, branch="env/staging")
        assert self.files(elsewhere, "env/staging") == ["ml/staging/churn/a.yaml"]

    def test_an_older_commit_is_refused(self, runner: Runner, elsewhere: Path) -> None:
        runner.write("rendered/staging/churn/a.yaml", "replicas: 2\n")
        runner.commit()
        self.deliver(runner)
        before = self.there(elsewhere, "main", "rev-parse")
        runner.git("checkout", "--quiet", "HEAD^")
        assert "run this for a newer commit" in self.deliver(runner, code=1)
        assert self.there(elsewhere, "main", "rev-parse") == before

    def test_a_folder_that_is_not_there_deletes_nothing(self, runner: Runner, elsewhere: Path) -> None:
        self.deliver(runner, FOLDER="rendered/production", TARGET="ml/staging")
        assert "ml/staging/gone.yaml" in self.files(elsewhere)
        assert "nothing is delivered" in runner.summary

    def test_a_push_in_between_is_taken_in_and_not_overwritten(self, runner: Runner, elsewhere: Path) -> None:
        # The first push finds that somebody was faster.
        hook = elsewhere / "hooks/pre-receive"
        hook.write_text('#!/bin/sh\n[ -e "$GIT_DIR/tried" ] || { touch "$GIT_DIR/tried"; exit 1; }\n')
        hook.chmod(0o755)
        self.deliver(runner)
        assert "ml/staging/churn/a.yaml" in self.files(elsewhere)

    def test_a_repository_that_is_not_there_is_an_error(self, runner: Runner) -> None:
        runner.run(
            "deliver", code=1, SERVER="/nowhere", REPOSITORY="acme/ml-deploy", BRANCH="main", TOKEN="",
            FOLDER="rendered/staging", TARGET="ml/staging",
        )  # fmt: skip
