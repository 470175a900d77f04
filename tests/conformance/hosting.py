"""A host of Git repositories on this machine: a bare repository, pull requests, and runs of compiled workflows.

`gh` is a program of our own here, which knows as much of pull requests as the workflows' scripts ask of it; git, bash,
jq and Fairlead are the real ones. The clock is faketime's, so that a day passes when a test says so.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.repositories import IDENTITY

BOT: Final = "fairlead-app[bot]"
GH: Final = """\
import fcntl, json, os, subprocess, sys
words, state = sys.argv[1:], os.environ["GH_STATE"]
def option(name):
    return words[words.index(name) + 1] if name in words else None
with open(state, "r+") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    pulls = json.load(file)
    head, action = option("--head"), words[:2]
    found = [pull for pull in pulls if pull["head"] == head]
    if action == ["pr", "list"]:
        shown = [pull for pull in found if option("--state") in ("all", pull["state"])]
        text = json.dumps([{"number": pull["number"]} for pull in shown])
        sys.exit(subprocess.run(["jq", "--raw-output", option("--jq")], input=text, text=True).returncode)
    said = {"title": option("--title"), "body": open(option("--body-file")).read()} if "--title" in words else {}
    if action == ["pr", "create"]:
        if any(pull["state"] == "open" for pull in found):
            sys.exit(f"a pull request for branch {head} already exists")
        pulls.append({"number": len(pulls) + 1, "head": head, "state": "open", "auto": False, **said})
    elif action == ["pr", "edit"]:
        pulls[int(words[2]) - 1].update(said)
    elif action == ["pr", "merge"]:
        next(pull for pull in pulls if pull["head"] == words[2] and pull["state"] == "open")["auto"] = True
    else:
        sys.exit(f"gh is not known to do this: {words}")
    file.seek(0)
    file.truncate()
    json.dump(pulls, file)
"""
AWS: Final = """\
import json, os, sys, boto3
words = sys.argv[1:]
assert open(os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"]).read().strip() == "token"
client = boto3.client("s3")
def option(name):
    return words[words.index(name) + 1]
if words[:2] == ["s3api", "list-objects-v2"]:
    found = client.list_objects_v2(Bucket=option("--bucket"), Prefix=option("--prefix")).get("Contents", [])
    kept = [{"Key": each["Key"], "LastModified": each["LastModified"].isoformat()} for each in found]
    print(json.dumps({"Contents": kept}))
else:
    bucket, _, key = words[-2].removeprefix("s3://").partition("/")
    client.download_file(bucket, key, words[-1])
"""


@dataclass
class Host:
    """The bare repository, its pull requests and the time."""

    folder: Path
    faketime: Path
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    runs: int = 0
    started: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hub, self.programs, self.state = (self.folder / name for name in ("hub.git", "programs", "pulls.json"))
        self.programs.mkdir(parents=True)
        self.state.write_text("[]")
        for name, body in (("gh", GH), ("aws", AWS), ("fairlead", "from fairlead.cli.main import main\nmain()\n")):
            (self.programs / name).write_text(f"#!{sys.executable}\n{body}")
            (self.programs / name).chmod(0o755)
        (self.programs / "curl").write_text('#!/bin/sh\necho \'{"value": "token"}\'\n')
        (self.programs / "curl").chmod(0o755)
        self.run(self.folder, "git", "init", "--quiet", "--bare", "--initial-branch=main", str(self.hub))

    def run(self, folder: Path, *command: str, who: str = "ada", code: int = 0, **env: str) -> str:
        """A program at the time that it is, and what it printed."""
        done = self.start(folder, *command, who=who, **env)
        out, _ = done.communicate()
        assert done.returncode == code, out
        return out.strip()

    def start(self, folder: Path, *command: str, who: str = "ada", **env: str) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        people = {f"GIT_{role}_NAME": who for role in ("AUTHOR", "COMMITTER")}
        people |= {f"GIT_{role}_EMAIL": f"{who}@acme.example" for role in ("AUTHOR", "COMMITTER")}
        surroundings = {key: value for key, value in {**os.environ, **IDENTITY}.items() if not key.endswith("_DATE")}
        surroundings |= {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}", "GH_STATE": str(self.state)}
        clock = [str(self.faketime), "-f", f"@{self.now:%Y-%m-%d %H:%M:%S}"]
        return subprocess.Popen(
            [*clock, *command],
            cwd=folder,
            env={**surroundings, "TZ": "UTC", "FAKETIME_DONT_FAKE_MONOTONIC": "1", **people, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def later(self, **length: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**length)

    def clone(self, name: str) -> Path:
        """Somebody's clone, as the main branch is now."""
        self.run(self.folder, "git", "clone", "--quiet", str(self.hub), str(self.folder / name))
        return self.folder / name

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """The pull requests that are open."""
        return [pull for pull in json.loads(self.state.read_text()) if pull["state"] == "open"]

    def merge(self, clone: Path, head: str, title: str) -> None:
        """Squashes a branch onto main, as GitHub does, and closes its pull request."""
        self.run(clone, "git", "fetch", "--quiet", "origin")
        self.run(clone, "git", "checkout", "--quiet", "-B", "main", "origin/main")
        self.run(clone, "git", "merge", "--quiet", "--squash", f"origin/{head}")
        self.run(clone, "git", "commit", "--quiet", "--message", title)
        self.run(clone, "git", "push", "--quiet", "origin", "main")
        self.run(clone, "git", "push", "--quiet", "origin", "--delete", head)
        pulls = json.loads(self.state.read_text())
        for pull in pulls:
            if pull["head"] == head:
                pull["state"] = "merged"
        self.state.write_text(json.dumps(pulls))

    def begin(self, name: str) -> Run:
        """A run of a compiled workflow, in a clone of its own."""
        self.runs += 1
        temp = self.folder / f"temp-{self.runs}"
        temp.mkdir()
        return Run(self, name, self.clone(f"run-{self.runs}"), temp)


@dataclass
class Run:
    """A run of a workflow: its steps' own scripts with their own variables."""

    host: Host
    name: str
    folder: Path
    temp: Path

    def step(self, job: str, name: str) -> subprocess.Popen[str]:
        """Starts a step."""
        workflow = YAML(typ="safe", pure=True).load(self.folder / f".github/workflows/fairlead-{self.name}.yml")
        step = next(each for each in workflow["jobs"][job]["steps"] if each["name"] == name)
        env = {key: self._value(str(value)) for key, value in step.get("env", {}).items()}
        # The region and the endpoint are those of the server that is here.
        kept = {key: value for key, value in env.items() if not key.startswith("AWS_") or key.endswith("TOKEN_FILE")}
        given = {
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_REPOSITORY_OWNER": "acme",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer",
            "ACTIONS_ID_TOKEN_REQUEST_URL": "https://tokens.example?a=b",
        }
        (self.temp / "summary.md").touch()
        shell = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"])
        return self.host.start(self.folder, *shell, who=BOT, **given, **kept)

    def finish(self, job: str, name: str) -> str:
        """Runs a step to its end, and gives what it said."""
        process = self.step(job, name)
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said

    @property
    def summary(self) -> str:
        """What the run's summary says."""
        return (self.temp / "summary.md").read_text()

    def _value(self, text: str) -> str:
        known = {"runner.temp": str(self.temp), "steps.app.outputs.app-slug": "fairlead-app"}
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known.get(found[1], "token"), text)
