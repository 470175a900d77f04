"""`fairlead run`, as far as it goes before a step runs."""

from __future__ import annotations

import json

import pytest

from tests.projects import write_project
from tests.unit.cli.conftest import Command
from tests.unit.local.ran import SPEC

SERVED = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: assistant, owner: support-ml}
model: {framework: huggingface, task: text-generation, source: "hf://acme/small:1234567890123456789012345678901234567890"}
hardware: {serving: {cpu: 8, memory: 32Gi, gpu: {count: 1}}}
serving: {}
"""


@pytest.fixture
def project(fairlead: Command) -> Command:
    write_project(fairlead.folder, {"specs/churn.yaml": SPEC, "specs/assistant.yaml": SERVED})
    return fairlead


def test_what_is_missing_is_told_at_its_lines_and_nothing_runs(project: Command) -> None:
    done = project("run", "churn")
    assert done.code == 1
    assert "error[FL8102]: the folder of the training code, models/churn, is not there" in done.err
    assert "error[FL8103]: there is nothing at data/customers.csv" in done.err
    assert "specs/churn.yaml:8:14" in done.err
    assert not (project.folder / ".fairlead/runs").exists()


def test_programs_are_told_in_json(project: Command) -> None:
    done = project("run", "churn", "--format", "json")
    assert done.code == 1
    assert [found["code"] for found in json.loads(done.out)["diagnostics"]] == ["FL8103", "FL8102"]


def test_what_trains_nothing_can_not_be_run(project: Command) -> None:
    done = project("run", "specs/assistant.yaml")
    assert done.code == 1
    assert "error[FL8101]: assistant has no training in the environment staging" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["specs/churn.yaml", "--from", "trian"], "This pipeline has no step 'trian'. Did you mean 'train'?"),
        (["specs/churn.yaml", "--from", "train", "--only", "train"], "give one of --from, --only and --to"),
        (["specs"], "'specs' holds 2 specifications; name one of"),
        (["nobody"], "`nobody` is no specification of this project"),
        (["churn", "--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_sentence(project: Command, arguments: list[str], said: str) -> None:
    done = project("run", *arguments)
    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
