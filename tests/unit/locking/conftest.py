"""A project whose artifacts are files and whose MLflow is a database, both below the test's folder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fairlead.cli.main import cli
from fairlead.project.lock import Lock, LockedModel
from fairlead.project.registration import tags_of
from fairlead.remote.mlflow import Mlflow
from fairlead.remote.storage import uri_of
from tests.candidates import content, digest, model
from tests.projects import write_project
from tests.unit.workspace.test_lockfile import lock

FAIRLEAD = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {{name: acme-ml}}
targets: [argo-workflows, kserve]
platform:
  argo-workflows: "4.1"
  kserve: "0.20"
  gateway: {{kind: gateway-api, controller: istio, ref: gateways/ml, private: true}}
  runner: ghcr.io/acme/fairlead-runner@{digest}
environments:
  staging: {{namespace: ml-staging, trains: true}}
  production: {{namespace: ml, after: staging, protected: true, soak: 24h}}
artifacts: {{uri: "{artifacts}"}}
mlflow: {{tracking_uri: "http://mlflow.invalid:5000"}}
"""
CHURN = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml}}
data: {{sources: {{customers: {{uri: "{data}", format: csv, snapshot: pinned}}}}}}
model:
  code: {{image: "ghcr.io/acme/churn@{digest}"}}
  train: {{command: [python, -m, churn.train]}}
{more}"""
CANARY = """\
serving:
  image: "ghcr.io/acme/server@{digest}"
  runtime: custom
  protocol: v2
  rollout: {{canary: [10%, 50%], hold: 2h}}
  access: {{expose: gateway}}
environments:
  staging: {{serving: {{rollout: {{canary: []}}}}}}
"""


@dataclass
class Project:
    """A project, and what is outside of it."""

    root: Path
    artifacts: Path
    mlflow: Mlflow

    def run(self, *arguments: str) -> Result:
        """A command in the project, with MLflow at the database's address."""
        environment = {"MLFLOW_TRACKING_URI": self.mlflow.uri}
        words = [arguments[0], *arguments[1:], "--project", str(self.root)]
        return CliRunner().invoke(cli, words, env=environment)

    def path(self, environment: str) -> Path:
        return self.root / f"specs/churn.{environment}.lock.yaml"

    def lock(self, environment: str) -> Lock:
        return lock(self.path(environment).read_text())

    def model(self, version: int) -> LockedModel:
        """A version whose folder is among the artifacts."""
        said = model(version)
        folder = self.artifacts / "models/churn" / said["digest"].replace(":", "-")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.pkl").write_text(f"{version}")
        return LockedModel.model_validate({**said, "uri": f"{uri_of(folder).rstrip('/')}/"})

    def register(self, tags: dict[str, str] | None = None) -> int:
        """Registers the next version, as training does, or with other tags, and gives its number."""
        number = len(self.mlflow.versions("churn")) + 1
        version = self.model(number)
        said = tags_of("churn", version) if tags is None else tags
        return self.mlflow.register_version("churn", str(version.uri), run=None, tags=said).number

    def propose(self, version: int) -> Path:
        """Writes a candidate record below the artifacts, as the last step of a training does."""
        said = self.model(version).model_dump(mode="json", exclude_defaults=True)
        data = json.dumps({**content(version), "model": said}).encode()
        path = self.artifacts / "candidates/churn" / f"sha256-{sha256(data).hexdigest()}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def serve(self, environment: str, *versions: int) -> None:
        """Locks versions one after the other, as they are given."""
        for version in versions:
            said = self.run("lock", "churn", "-e", environment, "--candidate", str(self.propose(version)))
            assert said.exit_code == 0, said.output

    def commit(self, when: str) -> None:
        """Commits everything, at a time that Git understands."""
        if not (self.root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=locks", when=when)

    def git(self, *words: str, when: str = "2026-01-01T00:00:00Z") -> None:
        who = {
            f"GIT_{role}_{what}": "test@acme.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        nowhere = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": "/usr/bin:/bin"}
        subprocess.run(["git", *words], cwd=self.root, check=True, env={**who, **dates, **nowhere})


@pytest.fixture
def make(tmp_path: Path, tracking: Mlflow) -> Callable[[str], Project]:
    """`make("serving: {}")` is a project whose specification says that besides."""

    def made(more: str) -> Project:
        artifacts, data = tmp_path / "store", tmp_path / "data"
        artifacts.mkdir()
        data.mkdir()
        (data / "customers.csv").write_text("id,tenure\n1,2\n")
        known = {"digest": digest("image"), "artifacts": uri_of(artifacts), "data": uri_of(data)}
        texts = {"specs/churn.yaml": CHURN.format(**known, more=more.format(**known))}
        return Project(write_project(tmp_path / "project", texts, FAIRLEAD.format(**known)), artifacts, tracking)

    return made


@pytest.fixture
def project(make: Callable[[str], Project]) -> Project:
    """The smallest one."""
    return make("")


@pytest.fixture
def canary(make: Callable[[str], Project]) -> Project:
    """One that tries a version in production before it is served to all."""
    return make(CANARY)
