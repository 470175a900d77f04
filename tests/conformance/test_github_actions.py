"""Workflows are judged by actionlint, with ShellCheck on their scripts, and by zizmor at its most pedantic.

Both have to be silent, for every set of options: what a project's first workflow run would otherwise tell it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import fairlead_targets.github_actions.scripts
from tests.conftest import ROOT
from tests.projects import CHURN, FAIRLEAD
from tests.workflows import DELIVER, DEPLOYED, EVERYTHING, OWN_REGISTRY, SELF, compiled, files

Tool = Callable[[str], Path]

PRIVATE = """\
workflows: [validate, preview, check, build]
code_scanning: false
comment: false
attest: false
"""
BARE = """\
workflows: [apply, candidates, check]
candidates: {role: "arn:aws:iam::123456789012:role/reader"}
clusters:
  staging: {server: "https://staging.k8s.acme.example"}
  production: {server: "https://production.k8s.acme.example"}
"""
IN_OWN_REGISTRY = CHURN.replace("model: {", "model: {code: {image: registry.acme.example/ml/churn}, ")
SETS = {
    "nothing said": ("", None, FAIRLEAD),
    "everything": (EVERYTHING, None, FAIRLEAD),
    "this project": (SELF, None, FAIRLEAD),
    "own registry": (OWN_REGISTRY, {"specs/churn.yaml": IN_OWN_REGISTRY}, FAIRLEAD),
    "private": (PRIVATE, None, FAIRLEAD),
    "bare": (BARE, None, FAIRLEAD),
    "another repository": (DELIVER, None, DEPLOYED),
}


@pytest.fixture(params=list(SETS.values()), ids=list(SETS))
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository with the workflows of one set of options; actionlint looks for its .git."""
    options, specs, text = request.param
    made = compiled(tmp_path / "project", options, specs, text)
    assert made.diagnostics == []
    folder = tmp_path / "repository"
    for path, content in files(made).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    (folder / ".git").mkdir()
    return folder


def test_actionlint_has_nothing_to_say(tool: Tool, repository: Path) -> None:
    shellcheck = tool("shellcheck")
    done = subprocess.run(
        [tool("actionlint"), "-no-color", "-shellcheck", shellcheck],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_zizmor_has_nothing_to_say(tool: Tool, repository: Path) -> None:
    done = subprocess.run(
        [tool("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", "--format", "plain", "."],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert "No findings to report" in done.stdout + done.stderr
    assert done.returncode == 0


def test_shellcheck_has_nothing_to_say_about_the_scripts_as_files(tool: Tool) -> None:
    folder = Path(fairlead_targets.github_actions.scripts.__file__).parent
    scripts = sorted(folder.glob("*.sh"))
    assert scripts
    done = subprocess.run([tool("shellcheck"), *scripts], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def test_shellcheck_has_nothing_to_say_about_the_steps_of_the_action(tool: Tool, tmp_path: Path) -> None:
    action = YAML(typ="safe", pure=True).load(ROOT / ".github/actions/preview/action.yml")
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert len(scripts) >= 4
    for number, text in enumerate(scripts):
        (tmp_path / f"{number}.sh").write_text(f"# shellcheck shell=bash\n{text}")
    done = subprocess.run(
        [tool("shellcheck"), *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == ""


def test_a_mistake_would_be_heard(tool: Tool, tmp_path: Path) -> None:
    """Both judges are really asked: a workflow with an unpinned action and an unquoted variable displeases them."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (folder / "bad.yml").write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: rm -rf $HOME/${{ github.head_ref }}\n"
    )
    linted = subprocess.run(
        [tool("actionlint"), "-shellcheck", tool("shellcheck")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SC2086" in linted.stdout
    audited = subprocess.run(
        [tool("zizmor"), "--offline", "--persona", "pedantic", "."], cwd=tmp_path, capture_output=True, check=False
    )
    assert audited.returncode != 0
