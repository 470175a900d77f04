"""`fairlead lock` against real servers: a registry of images, an S3 store and MLflow, and with one of them down."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairlead.project.lock import Lock, LockedModel
from fairlead.project.registration import tags_of
from fairlead.remote.contents import Entry, Manifest
from fairlead.remote.mlflow import Mlflow
from fairlead.remote.storage import Store
from tests.candidates import digest, model
from tests.conformance import tools
from tests.conformance.object_store import object_store
from tests.conformance.ports import free_ports
from tests.conformance.registry import Registry, registry
from tests.conformance.tracking_server import tracking_server
from tests.projects import write_project
from tests.unit.workspace.test_lockfile import lock

FAIRLEAD = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {{name: acme-ml}}
targets: [argo-workflows, kserve]
platform: {{argo-workflows: "4.1", kserve: "0.20", runner: "{host}/public/runner"}}
environments:
  staging: {{namespace: ml-staging, trains: true}}
  production: {{namespace: ml, after: staging, protected: true}}
artifacts: {{uri: "s3://acme/artifacts", region: us-east-1, endpoint: "{store}"}}
mlflow: {{tracking_uri: "{mlflow}"}}
"""
CHURN = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml}}
data: {{sources: {{customers: {{uri: "s3://acme/customers/", format: csv, snapshot: pinned}}}}}}
model:
  code: {{image: "{host}/public/churn"}}
  train: {{command: [python, -m, churn.train]}}
"""
TREE = "c" * 40


@dataclass(frozen=True)
class Outside:
    """The servers, and what they were given."""

    registry: Registry
    mlflow: str
    store: dict[str, str]
    digests: dict[str, str]
    model: LockedModel

    def project(self, folder: Path, **other: str) -> Path:
        known = {
            "host": self.registry.host,
            "mlflow": self.mlflow,
            "store": self.store["AWS_ENDPOINT_URL"],
            **other,
        }
        return write_project(folder, {"specs/churn.yaml": CHURN.format(**known)}, FAIRLEAD.format(**known))

    def run(self, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command as a user's, who has credentials for the store and no address of it but the project's."""
        environment = {**os.environ, **self.store, "DOCKER_CONFIG": str(root), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
        del environment["AWS_ENDPOINT_URL"]
        script = f"import sys; sys.argv = {['fairlead', *arguments]!r}; from fairlead.cli.main import main; main()"
        return subprocess.run(
            [sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[Outside]:
    """One of each server for all tests, with two images, a dataset and a registered version."""
    folder = tmp_path_factory.mktemp("outside")
    with (
        pytest.MonkeyPatch.context() as patch,
        registry(tools.find("registry"), folder) as images,
        object_store(folder) as store,
        tracking_server(folder, tables) as mlflow,
    ):
        for name, value in store.items():
            patch.setenv(name, value)
        digests = {
            "churn": images.push("public/churn", "main", {"dev.fairlead.tree": TREE}, 2),
            "runner": images.push("public/runner", "main", {}),
        }
        Store("s3://acme/").filesystem.mkdir("acme")
        Store("s3://acme/customers/").write("a.csv", b"id,tenure\n1,2\n")
        said = model(1)
        uri = f"s3://acme/artifacts/models/churn/{said['digest'].replace(':', '-')}/"
        Store(uri).write("model.pkl", b"1")
        Store("s3://acme/artifacts/models/churn/").write("reference.json", b"{}")
        reference = {"uri": "s3://acme/artifacts/models/churn/reference.json", "digest": digest("{}")}
        version = LockedModel.model_validate({**said, "uri": uri, "reference": reference, "run": None})
        Mlflow(mlflow).register_version("churn", uri, run=None, tags=tags_of("churn", version))
        yield Outside(images, mlflow, store, digests, version)


def locked(root: Path, environment: str) -> Lock:
    return lock((root / f"specs/churn.{environment}.lock.yaml").read_text())


def test_everything_is_asked_for_and_locked(outside: Outside, tmp_path: Path) -> None:
    root = outside.project(tmp_path)
    result = outside.run(root, "lock")
    assert result.returncode == 0, result.stderr
    value = locked(root, "staging")
    host = outside.registry.host
    churn, runner = value.images[f"{host}/public/churn"], value.images[f"{host}/public/runner"]
    assert (churn.digest, churn.tree) == (outside.digests["churn"], TREE)
    assert (runner.digest, runner.tree) == (outside.digests["runner"], None)
    assert value.model == outside.model
    data = value.data["customers"]  # type: ignore[index]
    content = b"id,tenure\n1,2\n"
    sha256 = digest(content.decode()).removeprefix("sha256:")
    assert data.digest == Manifest.of([Entry("a.csv", len(content), sha256)]).digest
    aliased = Mlflow(outside.mlflow).aliased("churn", "staging")
    assert aliased is not None
    assert aliased.number == 1
    assert outside.run(root, "validate").returncode == 0


def test_again_nothing_changes_and_comments_survive_an_update(outside: Outside, tmp_path: Path) -> None:
    root = outside.project(tmp_path)
    outside.run(root, "lock")
    path = root / "specs/churn.staging.lock.yaml"
    path.write_text("# Ask growth-ml.\n" + path.read_text().replace("images:\n", "images:  # pinned\n"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    result = outside.run(root, "lock", "--update")
    assert result.returncode == 0, result.stderr
    assert "specs/churn.staging.lock.yaml: unchanged" in result.stdout
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    moved = outside.registry.push("public/runner", "main", {"build": "2"})
    try:
        assert outside.run(root, "lock", "-e", "staging", "--update").returncode == 0
        after = path.read_text()
        assert after.startswith("# Ask growth-ml.\n")
        assert "images:  # pinned\n" in after
        assert locked(root, "staging").images[f"{outside.registry.host}/public/runner"].digest == moved
    finally:
        outside.registry.push("public/runner", "main", {})


@pytest.mark.parametrize(("down", "code"), [("mlflow", "FL2032"), ("store", "FL2031"), ("image", "FL2030")], ids=str)
def test_where_one_does_not_answer_nothing_is_written(outside: Outside, tmp_path: Path, down: str, code: str) -> None:
    (port,) = free_ports(1)
    nowhere = f"http://127.0.0.1:{port}"
    root = outside.project(tmp_path, **({down: nowhere} if down != "image" else {}))
    if down == "image":
        path = root / "specs/churn.yaml"
        path.write_text(path.read_text().replace("/public/churn", "/public/chrn"))
    result = outside.run(root, "lock")
    assert result.returncode == 1
    assert f"error[{code}]" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(root.glob("specs/*.lock.yaml"))
