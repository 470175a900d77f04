"""What steps used is kept with the run, and read where the version is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.steps import measure
from tests.unit.targets.argo_workflows.trained import churn, compiled, lock, one, template, variables, workflow

TUNE = "  tune: {search: grid, over: {depth: [1, 3]}, objective: maximize roc_auc}"
PREPARE = """\
  prepare: {wide: {command: [widen], inputs: [customers], outputs: {wide: {like: customers}}}}
  split: {of: wide, test: 0.2, validation: 0.1}"""
SPEC = churn("command: [python3.11, -m, churn.train], parameters: {depth: 1}", model=TUNE, data=PREPARE)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return compiled(tmp_path_factory.mktemp("project"), SPEC, locks={"staging": lock()}, measure=True)


def usage(item: Any) -> list[str]:
    artifacts = item.get("outputs", {}).get("artifacts", ())
    return [each["s3"]["key"] for each in artifacts if each["name"] == "fairlead_usage"]


def test_every_step_before_the_registration_says_what_it_used(measured: Any) -> None:
    kept = {
        item["name"]: key.partition("/usage/")[2]
        for item in workflow(measured)["spec"]["templates"]
        for key in usage(item)
    }
    assert kept == {
        "data-customers": "data/customers",
        "check-customers": "check/customers",
        "prepare-wide": "prepare/wide",
        "check-wide": "check/wide",
        "split": "split",
        "trial-train": "tune/{{inputs.parameters.trial}}",
        "trial-score": "tune/score/{{inputs.parameters.trial}}",
        "choose": "tune/choose",
        "train": "train",
        "evaluate": "evaluate",
        "gate": "gate",
    }
    for name in kept:
        item = template(workflow(measured), name)
        (given,) = (each for each in item["outputs"]["artifacts"] if each["name"] == "fairlead_usage")
        assert given["optional"] is True, "a command that doesn't measure itself has done nothing wrong"
        assert variables(item["container"])["FAIRLEAD_USAGE"] == given["path"] == "/tmp/fairlead-usage.json"


def test_registering_reads_all_of_it_if_there_is_any(measured: Any) -> None:
    inputs = {item["name"]: item for item in template(workflow(measured), "register")["inputs"]["artifacts"]}
    assert inputs["usage"]["s3"]["key"].endswith("/run-{{workflow.uid}}/usage")
    assert inputs["usage"]["optional"] is True


def test_a_command_of_the_users_own_that_is_python_runs_under_the_script(measured: Any) -> None:
    for name in ("train", "trial-train"):
        item = template(workflow(measured), name)
        container = item["container"]
        assert container["command"] == ["python3.11"]
        assert container["args"] == ["/fairlead/measure/measure.py", "python3.11", "-m", "churn.train"]
        assert {"name": "measure", "mountPath": "/fairlead/measure"} in container["volumeMounts"]
        items = [{"key": "measure.py", "path": "measure.py"}]
        assert {"name": "measure", "configMap": {"name": "churn-train", "items": items}} in item["volumes"]
    text = one(measured, "ConfigMap", "churn-train")["data"]["measure.py"]
    assert text == Path(measure.__file__).read_text()


def test_another_program_runs_as_it_is_and_fairleads_own_steps_do(measured: Any) -> None:
    assert template(workflow(measured), "prepare-wide")["container"]["command"] == ["widen"]
    assert "args" not in template(workflow(measured), "prepare-wide")["container"]
    assert template(workflow(measured), "split")["container"]["args"] == ["-m", "fairlead.steps", "split"]


def test_without_the_option_nothing_runs_under_a_script(tmp_path: Path) -> None:
    made = compiled(tmp_path, SPEC, locks={"staging": lock()})
    assert template(workflow(made), "train")["container"]["args"] == ["-m", "churn.train"]
    assert "measure.py" not in one(made, "ConfigMap", "churn-train")["data"]


def test_the_script_comes_along_only_where_something_needs_it(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn("command: [train]"), locks={"staging": lock()}, measure=True)
    assert "measure.py" not in one(made, "ConfigMap", "churn-train")["data"]
