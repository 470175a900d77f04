"""Where the output is read by what applies it, and what can be wrong with saying so."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.project.delivery import Source, source
from tests.projects import FAIRLEAD, read_project, said

GIT = "git: {repository: acme/ml-platform}\n"
OWN = "https://github.com/acme/ml-platform.git"
LAYOUTS: dict[str, tuple[str, Source, Source]] = {
    "nothing said": (
        "{repository: acme/ml-platform, branch: trunk}",
        Source("acme/ml-platform", OWN, "trunk", "rendered"),
        Source("acme/ml-platform", OWN, "trunk", "rendered"),
    ),
    "a URL": (
        '{repository: acme/ml-platform, url: "ssh://git@git.acme.example:2222/acme/ml.git"}',
        Source("acme/ml-platform", "ssh://git@git.acme.example:2222/acme/ml.git", "main", "rendered"),
        Source("acme/ml-platform", "ssh://git@git.acme.example:2222/acme/ml.git", "main", "rendered"),
    ),
    "a branch of the same repository, by its URL": (
        '{repository: acme/ml-platform, url: "https://git.acme.example/ml.git", deploy: {branch: live}}',
        Source("acme/ml-platform", "https://git.acme.example/ml.git", "live", "rendered"),
        Source("acme/ml-platform", "https://git.acme.example/ml.git", "live", "rendered"),
    ),
    "another repository does not have this one's branch and URL": (
        '{repository: acme/ml-platform, url: "https://a.example/m", branch: b, deploy: {repository: acme/ml-deploy}}',
        Source("acme/ml-deploy", "https://github.com/acme/ml-deploy.git", "main", "rendered"),
        Source("acme/ml-deploy", "https://github.com/acme/ml-deploy.git", "main", "rendered"),
    ),
    "a branch for an environment, and a folder": (
        "{repository: acme/ml-platform, deploy: {branches: {production: env/production}, path: clusters/ml/}}",
        Source("acme/ml-platform", OWN, "main", "clusters/ml"),
        Source("acme/ml-platform", OWN, "env/production", "clusters/ml"),
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_says_where_each_environment_is_read(layout: str, tmp_path: Path) -> None:
    git, common, production = LAYOUTS[layout]
    workspace = read_project(tmp_path, fairlead=FAIRLEAD.replace(GIT, f"git: {git}\n"))
    assert workspace.diagnostics == []
    assert workspace.project is not None
    assert source(workspace.project) == source(workspace.project, "staging") == common
    assert source(workspace.project, "production") == production


def test_without_a_repository_nothing_is_read(tmp_path: Path) -> None:
    workspace = read_project(tmp_path, fairlead=FAIRLEAD.replace(GIT, ""))
    assert workspace.project is not None
    assert source(workspace.project) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "deploy: {path: .}",
        "deploy: {path: ./x/..}",
        "deploy: {path: /srv/ml}",
        'deploy: {path: "a b"}',
        'deploy: {path: "a/{{ b }}"}',
        "deploy: {path: a/*}",
        "deploy: {path: -rf}",
        'url: "https://bot:hunter2@git.acme.example/ml.git"',
        'url: "https://git.acme.example"',
        'url: "file:///srv/ml.git"',
        'url: "ssh://git@git.acme.example/a/{{ b }}"',
        "deploy: {branch: ..}",
        'deploy: {branches: {production: "--force"}}',
        "deploy: {repository: ml-deploy}",
    ],
)
def test_what_could_be_code_credentials_or_the_root_is_refused(wrong: str, tmp_path: Path) -> None:
    git = f"git: {{repository: acme/ml-platform, {wrong}}}\n"
    workspace = read_project(tmp_path, fairlead=FAIRLEAD.replace(GIT, git))
    assert workspace.project is None
    assert {found.place.line for found in workspace.diagnostics} == {15}


def test_a_branch_for_an_environment_that_is_not_there_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    git = "git: {repository: acme/ml-platform, deploy: {branches: {prodction: live}}}\n"
    workspace = read_project(tmp_path, fairlead=FAIRLEAD.replace(GIT, git))
    assert said(workspace.diagnostics) == [("FL2003", "fairlead.yaml:15:68")]
    assert workspace.diagnostics[0].nearest == "production"
