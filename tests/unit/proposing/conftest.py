"""Two people with clones of one repository, in which a version waits for its promotion to production."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fairlead.cli.main import cli
from fairlead.output.yaml import dump
from fairlead.project.lock import Lock
from tests.candidates import model
from tests.projects import CHURN, FAIRLEAD, write_project
from tests.repositories import IDENTITY
from tests.unit.workspace.test_lockfile import lock

SERVED = CHURN.replace("model: {", "model: {framework: sklearn, ") + "serving: {}\n"
PROJECT = FAIRLEAD.replace(", protected: true", "")
"""Images go by their tags here, so that no lock needs to name them."""
STAGING, PRODUCTION = (f"specs/churn.{place}.lock.yaml" for place in ("staging", "production"))


def locked(environment: str, version: int) -> str:
    """A lock that serves a version."""
    metadata = {"pipeline": "churn", "environment": environment}
    return dump({"apiVersion": "fairlead.dev/v1", "kind": "Lock", "metadata": metadata, "model": model(version)})


@dataclass
class Clone:
    """Somebody's clone."""

    root: Path
    name: str = "somebody"

    @property
    def surroundings(self) -> dict[str, str]:
        """The variables of whoever it belongs to."""
        return {**IDENTITY, "GIT_AUTHOR_NAME": self.name, "GIT_AUTHOR_EMAIL": f"{self.name}@acme.example"}

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **self.surroundings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def run(self, *arguments: str, code: int = 0, env: Mapping[str, str | None] | None = None) -> Result:
        """A command in the clone."""
        words = [*arguments, "--project", str(self.root)]
        done = CliRunner().invoke(cli, words, env={**self.surroundings, **(env or {})})
        assert done.exit_code == code, done.output
        return done

    def promote(self, *arguments: str, code: int = 0) -> Result:
        return self.run("promote", "churn", "--to", "production", *arguments, code=code)

    def lock(self, revision: str, environment: str = "production") -> Lock:
        """A lock as a commit has it."""
        return lock(self.git("show", f"{revision}:specs/churn.{environment}.lock.yaml"))

    def version(self, revision: str) -> int:
        """What production serves by a commit."""
        model = self.lock(revision).model
        assert model is not None
        return model.version

    @property
    def state(self) -> tuple[dict[str, bytes], str, str, str]:
        """Everything here that a proposal leaves alone."""
        paths = self.git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
        files = {path: (self.root / path).read_bytes() for path in paths}
        return files, self.git("rev-parse", "HEAD"), self.git("status", "--porcelain"), self.git("symbolic-ref", "HEAD")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text)

    def commit(self) -> str:
        """Compiles and commits everything."""
        self.run("compile")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository without a working tree, in which everything begins; it is only read."""
    folder = tmp_path_factory.mktemp("begun")
    files = {"specs/churn.yaml": SERVED, STAGING: locked("staging", 16), PRODUCTION: locked("production", 15)}
    first = Clone(write_project(folder / "first", files, PROJECT))
    first.git("init", "--quiet", "--initial-branch=main")
    first.write(".gitignore", ".fairlead/\n")
    first.commit()
    first.git("clone", "--quiet", "--bare", ".", str(folder / "hub.git"))
    return folder / "hub.git"


@pytest.fixture
def hub(begun: Path, tmp_path: Path) -> Path:
    """The repository that everybody pushes to."""
    shutil.copytree(begun, tmp_path / "hub.git")
    return tmp_path / "hub.git"


@pytest.fixture
def clone(hub: Path, tmp_path: Path) -> Callable[[str], Clone]:
    """`clone("ada")` is Ada's clone."""

    def made(name: str) -> Clone:
        subprocess.run(["git", "clone", "--quiet", str(hub), str(tmp_path / name)], check=True)
        return Clone(tmp_path / name, name)

    return made


@pytest.fixture
def ada(clone: Callable[[str], Clone]) -> Clone:
    return clone("ada")
