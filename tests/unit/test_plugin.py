"""A stranger's target is found, named, configured, compiled and explained exactly as a built-in one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import FAIRLEAD, write_project

PLUGIN = "targets:\n  - acme-airflow: {folder: outlines}\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The plugin, built and installed by pip into a folder of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *install, str(repository / "tests" / "plugin")], check=True)
    return folder


@pytest.fixture
def fairlead(installed: Path, tmp_path: Path) -> Fairlead:
    """A project that compiles to the plugin alone, and the command to do it with."""
    write_project(tmp_path, fairlead=FAIRLEAD.replace("targets: [argo-workflows, kserve, prometheus]\n", PLUGIN))
    return Fairlead(installed, tmp_path)


class Fairlead:
    """The command, where the plugin is installed."""

    def __init__(self, installed: Path, project: Path) -> None:
        self.project = project
        self._env = {**os.environ, "PYTHONPATH": str(installed)}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from fairlead.cli.main import main; main()", *arguments]
        return subprocess.run(command, cwd=self.project, env=self._env, capture_output=True, text=True, check=False)


def test_it_is_listed_with_its_package(fairlead: Fairlead) -> None:
    assert "acme-airflow    Outlines of Airflow DAGs.  (acme-airflow 1.2.3)" in fairlead("targets").stdout
    assert "folder" in fairlead("targets", "acme-airflow").stdout


def test_it_is_compiled(fairlead: Fairlead) -> None:
    done = fairlead("compile")
    assert done.returncode == 0, done.stderr
    folder = fairlead.project / "rendered" / "staging" / "churn"
    manifest = (folder / "acme-airflow" / "configmap-churn-dag.yaml").read_text()
    assert "nodes: data/customers split train evaluate gate register propose" in manifest
    assert (folder / "acme-airflow" / "outlines" / "churn.txt").read_text().startswith("data/customers >> split\n")
    assert "acme-airflow/configmap-churn-dag.yaml" in (folder / "kustomization.yaml").read_text()
    assert "note[ACME101]" in done.stderr
    assert fairlead("check").returncode == 0


def test_its_codes_and_lines_are_explained(fairlead: Fairlead) -> None:
    assert "Airflow runs tasks in pools" in fairlead("explain", "ACME101").stdout
    fairlead("compile")
    line = fairlead("explain", "rendered/staging/churn/acme-airflow/configmap-churn-dag.yaml:3")
    assert "specs/churn.yaml:3:18" in line.stdout


def test_its_options_are_its_own(fairlead: Fairlead) -> None:
    path = fairlead.project / "fairlead.yaml"
    path.write_text(path.read_text().replace("folder: outlines", "foldr: outlines"))
    done = fairlead("compile")
    assert done.returncode == 1
    assert "error[FL2014]" in done.stderr
    assert "did you mean `folder`?" in done.stderr


def test_its_resources_are_patched_and_held_to_its_types(fairlead: Fairlead) -> None:
    path = fairlead.project / "specs" / "churn.yaml"
    patch = "patches:\n  - why: a test\n    target: {kind: ConfigMap}\n    merge: {data: {nodes: 1}}\n"
    path.write_text(path.read_text() + patch)
    done = fairlead("compile")
    assert (done.returncode, "error[FL5006]" in done.stderr) == (1, True)
    assert not (fairlead.project / "rendered").exists()


def test_its_policy_holds_where_the_project_names_it(fairlead: Fairlead) -> None:
    path = fairlead.project / "fairlead.yaml"
    project = path.read_text()
    assert "ACME201" not in fairlead("validate").stdout
    path.write_text(project + "policies: {acme.cost-center: warning}\n")
    found = fairlead("validate")
    assert (found.returncode, "warning[ACME201]: `churn` names no cost center" in found.stdout) == (0, True)
    path.write_text(project + "policies: {acme.cost-center: error}\n")
    assert fairlead("compile").returncode == 1
    spec = fairlead.project / "specs" / "churn.yaml"
    written = spec.read_text()
    spec.write_text(f"{written}waivers:\n  - {{check: acme.cost-center, reason: not yet, until: 2027-03-31}}\n")
    assert fairlead("compile").returncode == 0
    spec.write_text(written.replace("owner: growth-ml", "owner: growth-ml, labels: {cost-center: '17'}"))
    assert fairlead("compile").returncode == 0
    assert "Finance books" in fairlead("explain", "ACME201").stdout


def test_what_is_no_policy_is_told(fairlead: Fairlead) -> None:
    path = fairlead.project / "fairlead.yaml"
    path.write_text(path.read_text() + "policies: {acme.broken: error}\n")
    found = fairlead("validate")
    assert (found.returncode, "error[FL7004]" in found.stdout) == (1, True)
