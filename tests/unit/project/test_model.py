"""fairlead.yaml and paths: what would be an option, an escape or no name to Git is refused where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.workspace.load import load
from tests.projects import CHURN, FAIRLEAD, read_project, write_project

REPOSITORY = "git: {repository: acme/ml-platform}"


def refused(folder: Path, fairlead: str = FAIRLEAD, spec: str = CHURN) -> list[str]:
    workspace = load(write_project(folder, {"specs/churn.yaml": spec}, fairlead))
    return [found.message for found in workspace.diagnostics if found.level == "error"]


@pytest.mark.parametrize("name", ["../..", "./x", "acme/..", "acme/.", "-a/x", "a-/x", "a_b/x", "a.b/x"])
def test_a_repository_that_github_never_gave_out_is_refused(tmp_path: Path, name: str) -> None:
    (message,) = refused(tmp_path, FAIRLEAD.replace(REPOSITORY, f"git: {{repository: {name}}}"))
    assert message.startswith("`git.repository`")


@pytest.mark.parametrize("name", ["acme/ml-platform", "Acme/ML.platform_2", "a--b/.github", "a/-x"])
def test_other_repositories_are_fine(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, FAIRLEAD.replace(REPOSITORY, f"git: {{repository: {name}}}")) == []


@pytest.mark.parametrize("name", ["--force", "-b", "a..b", "a//b", "/a", "a/", ".a", "a/.b", "a.", "a.lock"])
def test_a_branch_that_is_an_option_or_no_name_is_refused(tmp_path: Path, name: str) -> None:
    text = FAIRLEAD.replace(REPOSITORY, f'git: {{repository: acme/ml-platform, branch: "{name}"}}')
    (message,) = refused(tmp_path, text)
    assert message.startswith("`git.branch`")


@pytest.mark.parametrize("name", ["main", "release/1.2", "feature/a-b_c", "v1.0.x"])
def test_other_branches_are_fine(tmp_path: Path, name: str) -> None:
    text = FAIRLEAD.replace(REPOSITORY, f'git: {{repository: acme/ml-platform, branch: "{name}"}}')
    assert refused(tmp_path, text) == []


@pytest.mark.parametrize("path", ["../../etc", "/etc", "models/../../x", '"\\\\etc"'])
def test_code_and_local_data_are_in_the_repository(tmp_path: Path, path: str) -> None:
    code = CHURN.replace("model: {", f"model: {{code: {{path: {path}}}, ")
    local = CHURN.replace("{uri:", f"{{local: {path}, uri:")
    for position, spec in enumerate((code, local)):
        (message,) = refused(tmp_path / str(position), spec=spec)
        assert "from the root of the repository" in message


def test_a_name_that_is_no_escape_is_fine(tmp_path: Path) -> None:
    spec = CHURN.replace("model: {", "model: {code: {path: models/a..b}, ")
    assert [f for f in read_project(tmp_path, {"specs/churn.yaml": spec}).diagnostics if f.level == "error"] == []
