"""A search: trials fan out, the best is chosen, and training goes on with its parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.target import Compiled
from tests.unit.targets.argo_workflows.trained import churn, compiled, task, template, variables, workflow

TRAIN = 'command: [train], parameters: {depth: 3, note: "{{workflow.uid}}"}'
TUNE = """\
  tune:
    search: grid
    over: {depth: [2, 4], loss: ["{{inputs.parameters.trial}}", $(HOME)]}
    trials: 4
    parallel: 2
    objective: maximize roc_auc
"""
SPLIT = "  split: {test: 0.2, validation: 0.1}"


@pytest.fixture
def made(tmp_path: Path) -> Compiled:
    """A pipeline that searches a grid of four points."""
    return compiled(tmp_path, churn(TRAIN, TUNE, SPLIT))


def trials(made: Compiled) -> Any:
    """The ConfigMap of the trials."""
    return next(item.manifest for item in made.resources if "trials" in item.identity.name)


def test_trials_are_data_and_no_text_of_the_users_is_a_parameter_of_argos(made: Compiled) -> None:
    data = trials(made)["data"]
    assert json.loads(data["0.json"]) == {"depth": 2, "note": "{{workflow.uid}}", "loss": "{{inputs.parameters.trial}}"}
    assert data["1.loss"] == "$(HOME)"
    assert trials(made)["immutable"] is True
    handed = task(workflow(made), "trial", "tune")["arguments"]["parameters"]
    assert handed == [{"name": "trial", "value": "{{item.trial}}"}, {"name": "mlflow-run", "value": "{{item.run}}"}]


def test_a_trial_finds_its_own_values_and_the_fixed_ones(made: Compiled) -> None:
    train = template(workflow(made), "trial-train")
    found = variables(train["container"])
    name = trials(made)["metadata"]["name"]
    reference = {"configMapKeyRef": {"name": name, "key": "{{inputs.parameters.trial}}.depth"}}
    assert found["FAIRLEAD_PARAM_DEPTH"] == reference
    assert found["FAIRLEAD_PARAM_NOTE"] == "$(FAIRLEAD_BRACE)$(FAIRLEAD_BRACE)workflow.uid}}"
    assert found["FAIRLEAD_PARAMS"] == "/fairlead/config/parameters.json"
    (config,) = [volume["configMap"] for volume in train["volumes"] if volume["name"] == "config"]
    assert config["items"] == [{"key": "{{inputs.parameters.trial}}.json", "path": "parameters.json"}]


def test_trials_run_side_by_side_within_bounds(made: Compiled) -> None:
    tune = template(workflow(made), "tune")
    assert tune["parallelism"] == 2
    assert task(workflow(made), "trial", "tune")["withParam"] == "{{inputs.parameters.trials}}"


def test_one_run_in_mlflow_is_opened_for_each_trial(made: Compiled) -> None:
    opened = template(workflow(made), "open-run")
    (raw,) = [item["raw"]["data"] for item in opened["inputs"]["artifacts"]]
    assert json.loads(raw)["trials"] == 4
    assert [item["name"] for item in opened["outputs"]["parameters"]] == ["run", "trials"]


def test_the_choice_sees_every_score_and_waits_for_all(made: Compiled) -> None:
    manifest = workflow(made)
    assert task(manifest, "choose", "tune")["depends"] == "trial.Succeeded"
    (scores,) = [item for item in template(manifest, "choose")["inputs"]["artifacts"] if item["name"] == "scores"]
    folder = scores["s3"]["key"]
    report, _ = template(manifest, "trial-score")["outputs"]["artifacts"]
    assert report["s3"]["key"] == f"{folder}/{{{{inputs.parameters.trial}}}}"
    assert scores["archive"] == report["archive"] == {"none": {}}


def test_training_takes_the_parameters_of_the_best(made: Compiled) -> None:
    manifest = workflow(made)
    parameters = {item["name"]: item["value"] for item in task(manifest, "train")["arguments"]["parameters"]}
    assert parameters["trial"] == "{{tasks.tune.outputs.parameters.trial}}"
    assert "tune.Succeeded" in task(manifest, "train")["depends"]
    found = variables(template(manifest, "train")["container"])
    assert "configMapKeyRef" in found["FAIRLEAD_PARAM_LOSS"]


def test_other_trials_are_another_config_map(tmp_path: Path) -> None:
    first = trials(compiled(tmp_path / "a", churn(TRAIN, TUNE, SPLIT)))["metadata"]["name"]
    second = trials(compiled(tmp_path / "b", churn(TRAIN, TUNE.replace("[2, 4]", "[2, 5]"), SPLIT)))["metadata"]["name"]
    assert first != second
    assert first == trials(compiled(tmp_path / "c", churn(TRAIN, TUNE, SPLIT)))["metadata"]["name"]


def test_an_evaluator_of_the_users_own_finds_the_validation_rows_as_its_test(tmp_path: Path) -> None:
    model = f"{TUNE}  evaluate: {{command: [judge], metrics: [roc_auc]}}"
    score = template(workflow(compiled(tmp_path, churn(TRAIN, model, SPLIT))), "trial-score")
    assert "FAIRLEAD_INPUT_TEST" in variables(score["container"])
    assert "FAIRLEAD_INPUT_VALIDATION" not in variables(score["container"])
