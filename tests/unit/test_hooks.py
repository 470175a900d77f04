"""The hooks for pre-commit, run by pre-commit itself in a repository of specifications."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.projects import CHURN, write_project

MANIFEST = ".pre-commit-hooks.yaml"


class Repository:
    """A repository of specifications whose hooks are this repository's, with the `fairlead` that is installed here."""

    def __init__(self, folder: Path, manifest: Path) -> None:
        self.folder = write_project(folder)
        hooks = yaml.safe_load(manifest.read_text(encoding="utf-8"))
        # What pre-commit would install into an environment of its own is here already.
        here = [{**hook, "language": "system"} for hook in hooks]
        config = {"repos": [{"repo": "local", "hooks": here}]}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
        }
        self.run("git", "init", "--quiet")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)

    def hook(self, name: str) -> tuple[int, str]:
        """The exit code and the output of a hook over everything that Git knows of."""
        self.run("git", "add", "--all")
        done = self.run(sys.executable, "-m", "pre_commit", "run", f"fairlead-{name}", "--all-files", "--verbose")
        return done.returncode, done.stdout


@pytest.fixture
def hooked(tmp_path: Path, repository: Path) -> Repository:
    return Repository(tmp_path / "project", repository / MANIFEST)


def test_precommit_takes_the_manifest(repository: Path) -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(repository / MANIFEST)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_mistake_is_told_before_it_is_committed(hooked: Repository) -> None:
    assert hooked.hook("validate")[0] == 0
    (hooked.folder / "specs/churn.yaml").write_text(CHURN.replace("owner", "ownr"))
    code, said = hooked.hook("validate")
    assert (code, "error[FL1101]" in said, "did you mean `owner`?" in said) == (1, True, True)


def test_what_is_not_compiled_yet_is_compiled_and_then_there_is_nothing_to_do(hooked: Repository) -> None:
    assert hooked.hook("check")[0] == 1
    assert hooked.hook("compile")[0] == 0, "what is new is no change of what Git knows"
    assert hooked.hook("check")[0] == 0
    spec = hooked.folder / "specs/churn.yaml"
    spec.write_text(CHURN.replace("growth-ml", "billing-ml"))
    assert hooked.hook("check")[0] == 1
    code, said = hooked.hook("compile")
    assert (code, "files were modified by this hook" in said) == (1, True)
    assert (hooked.hook("compile")[0], hooked.hook("check")[0]) == (0, 0)


def test_a_specification_is_made_canonical(hooked: Repository) -> None:
    spec = hooked.folder / "specs/churn.yaml"
    written = spec.read_text()
    spec.write_text(written.replace("{name: churn, owner: growth-ml}", "{name:   churn, owner: growth-ml}"))
    assert hooked.hook("fmt")[0] == 1
    assert "{name: churn, owner: growth-ml}" in spec.read_text()
    assert hooked.hook("fmt")[0] == 0
