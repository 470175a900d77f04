"""The composite action `.github/actions/preview`: actionlint reads none, so what GitHub would say of it is asked here.

Its steps are run as GitHub runs them, in a repository, against a server that answers as GitHub's API does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.github import TOKEN, Api, refusal
from tests.projects import CHURN, write_project

ACTION: dict[str, Any] = YAML(typ="safe", pure=True).load(ROOT / ".github/actions/preview/action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
KEYS = {"name", "id", "if", "uses", "with", "shell", "env", "run"}


def test_it_has_what_github_asks_of_a_composite_action() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert ACTION.keys() == {"name", "description", "inputs", "outputs", "runs"}
    for each in ACTION["inputs"].values():
        assert each.keys() == {"description", "default"}
        assert isinstance(each["default"], str)
    for each in ACTION["outputs"].values():
        assert each.keys() == {"description", "value"}
    for step in STEPS:
        assert step.keys() <= KEYS
        assert ("run" in step) != ("uses" in step)
        assert ("shell" in step) == ("run" in step)


def test_no_script_of_it_has_an_expression() -> None:
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_it_names_only_what_there_is() -> None:
    text = json.dumps(ACTION)
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    given = {(step["id"], name) for step in STEPS if "id" in step for name in re.findall(r"\b(\w+)=", step["run"])}
    used = set(re.findall(r"steps\.(\w+)\.outputs\.(\w+)", text))
    assert used
    assert used <= given


def test_the_token_is_given_to_the_step_that_comments_and_to_no_other() -> None:
    assert [step["name"] for step in STEPS if "token" in json.dumps(step).lower()] == ["Comment"]


class Job:
    """A run of the action for a pull request, in a repository whose HEAD^1 is the base."""

    def __init__(self, folder: Path, api: Api) -> None:
        self.folder, self.temp, self.api = folder / "repository", folder / "temp", api
        for path in (self.folder, self.temp, folder / "programs"):
            path.mkdir()
        for name, start in {"fairlead": "from fairlead.cli.main import main\nmain()", "python": None}.items():
            program = folder / "programs" / name
            program.write_text(
                f"#!{sys.executable}\n{start}\n" if start else f'#!/bin/sh\nexec {sys.executable} "$@"\n'
            )
            program.chmod(0o755)
        (folder / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
        self.environ = {
            "PATH": f"{folder / 'programs'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_API_URL": api.url,
            "GITHUB_REPOSITORY": "acme/ml",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_NAME": "bot" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "bot@acme.example" for who in ("AUTHOR", "COMMITTER")},
        }

    def commit(self, spec: str) -> None:
        """A commit with one specification."""
        if not (self.folder / ".git").exists():
            self.call("git", "init", "--quiet", "--initial-branch=main")
            write_project(self.folder)
        (self.folder / "specs/churn.yaml").write_text(spec)
        self.call("git", "add", "--all")
        self.call("git", "commit", "--quiet", "--message", "a change")

    def call(self, *arguments: str) -> None:
        subprocess.run(arguments, cwd=self.folder, env=self.environ, check=True)

    def step(self, name: str, env: Mapping[str, str], code: int = 0) -> str:
        """What a step prints."""
        (step,) = [each for each in STEPS if each["name"] == name]
        assert env.keys() == step["env"].keys()
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={**self.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.temp / "output").read_text().splitlines())


@pytest.fixture
def job(tmp_path: Path) -> Any:
    if not all(shutil.which(name) for name in ("bash", "git", "jq")):
        pytest.skip("bash, git and jq are not all installed")
    with Api() as api:
        yield Job(tmp_path, api)


COMMENT = {"GITHUB_TOKEN": TOKEN, "AUTHOR": "github-actions[bot]"}


def test_a_change_is_in_the_summary_the_files_the_outputs_and_the_comment(job: Job) -> None:
    job.commit(CHURN)
    (job.folder / "click.py").write_text("raise SystemExit('a module of the repository runs beside the token')\n")
    job.commit(CHURN.replace("churn.train]", "churn.learn]"))
    assert "findings.sarif" in job.step("Show the findings", {"PROJECT": "."})
    job.step("Say what changes", {"PROJECT": ".", "BASE": "HEAD^1"})
    said = "retrains: the command of training is"
    assert said in (job.temp / "summary.md").read_text()
    outputs = job.outputs
    assert (outputs["changed"], outputs["worst"], outputs["code"]) == ("true", "behaviour", "0")
    assert "churn" in outputs["verdict"]
    for name in ("markdown", "html"):
        assert said in Path(outputs[name]).read_text()
    for name in ("json", "sarif"):
        assert json.loads(Path(outputs[name]).read_text())["version"]
    assert job.step("Comment", COMMENT) == "made the comment\n"
    assert job.api.bodies == [Path(outputs["markdown"]).read_text()]
    assert job.step("Comment", COMMENT) == "the comment says so already\n"
    job.api.comments.clear()
    job.api.always["POST"] = refusal(403, "Resource not accessible by integration")
    assert job.step("Comment", COMMENT).startswith("::notice ")
    job.step("Decide", {"FINDINGS": "0", "PREVIEW": outputs["code"]})


def test_what_does_not_compile_is_said_everywhere_before_it_fails(job: Job) -> None:
    job.commit(CHURN)
    job.commit(CHURN + "".join(f"unknown{number}: 1\n" for number in range(14)))
    shown = job.step("Show the findings", {"PROJECT": "."}).splitlines()
    assert sum(line.startswith("::error ") for line in shown) == 10
    assert re.match(r"(\d+) findings", shown[-1])
    assert job.outputs["code"] == "1"
    job.step("Say what changes", {"PROJECT": ".", "BASE": "HEAD^1"})
    assert "It does not compile" in (job.temp / "summary.md").read_text()
    job.step("Comment", COMMENT)
    assert "It does not compile" in job.api.bodies[0]
    job.step("Decide", {"FINDINGS": "1", "PREVIEW": job.outputs["code"]}, code=1)


def test_a_base_that_is_not_there_fails_where_it_is_asked_for(job: Job) -> None:
    job.commit(CHURN)
    (job.temp / "fairlead").mkdir()
    job.step("Say what changes", {"PROJECT": ".", "BASE": "HEAD^1"}, code=1)
