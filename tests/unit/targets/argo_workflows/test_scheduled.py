"""Drift, quality and batch scoring: when they run, what they find, and what they tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.resources.metric_names import DRIFT_SCORE, NAMESPACE, QUALITY_METRIC, RUN_FAILED
from tests.unit.targets.argo_workflows.trained import churn, compiled, lock, names, one, project, template, variables

SERVED = """\
serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/}}
monitoring:
  drift: {every: 2h, features: {age: {method: ks}}, prediction: true}
  quality: {labels: {uri: s3://acme-ml/outcomes/}, expect: [recall >= 0.8], every: 24h}
"""


def gauges(manifest: Any, name: str, step: str) -> list[dict[str, Any]]:
    """The metrics of a name that a step emits."""
    return [item for item in template(manifest, step)["metrics"]["prometheus"] if item["name"] == name]


def labels(metric: dict[str, Any]) -> dict[str, str]:
    """A metric's labels."""
    return {item["key"]: item["value"] for item in metric["labels"]}


def test_drift_is_told_for_each_feature_with_its_method(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    found = gauges(one(made, "WorkflowTemplate", "churn-drift"), DRIFT_SCORE.own, "drift")
    told = {labels(item)["feature"]: (labels(item)["method"], item["gauge"]["value"]) for item in found}
    assert told["age"] == ("ks", "{{outputs.parameters.score-age}}")
    assert told["plan"] == ("psi", "{{outputs.parameters.score-plan}}")
    assert told["prediction"] == ("psi", "{{outputs.parameters.score-prediction}}")
    assert {labels(item)[NAMESPACE] for item in found} == {"ml-staging"}
    assert {item["help"] for item in found} == {DRIFT_SCORE.help}


def test_too_few_rows_are_no_score_and_no_failure(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    outputs = template(one(made, "WorkflowTemplate", "churn-drift"), "drift")["outputs"]["parameters"]
    values = {item["name"]: item["valueFrom"] for item in outputs}
    assert values["score-age"] == {"path": "/fairlead/results/score-age", "default": "NaN"}
    assert values["rows"] == {"path": "/fairlead/results/rows"}


def test_quality_is_told_for_each_metric(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    (found,) = gauges(one(made, "WorkflowTemplate", "churn-quality"), QUALITY_METRIC.own, "quality")
    assert labels(found)["metric"] == "recall"


def test_a_counter_exists_before_its_first_failure(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    found = one(made, "WorkflowTemplate", "churn-drift")["spec"]["metrics"]["prometheus"]
    counted = {item["when"]: item["counter"]["value"] for item in found if item["name"] == RUN_FAILED.own}
    assert counted == {"{{workflow.status}} != Succeeded": "1", "{{workflow.status}} == Succeeded": "0"}


def test_the_reference_comes_from_the_champion_and_not_from_the_template(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    found = variables(template(one(made, "WorkflowTemplate", "churn-drift"), "drift")["container"])
    reference = {"configMapKeyRef": {"name": "churn-champion", "key": "reference", "optional": True}}
    assert found["FAIRLEAD_CHAMPION_REFERENCE"] == reference
    data = one(made, "ConfigMap", "churn-champion")["data"]
    assert data["version"] == "7"
    assert data["reference"] == "s3://acme-ml-artifacts/reference/churn.json"


def test_the_champion_says_the_line_of_the_lock_that_it_comes_from(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock()})
    (champion,) = [item for item in made.resources if item.identity.name == "churn-champion"]
    assert champion.origin.place.file == "specs/churn.staging.lock.yaml"


def test_before_the_first_version_nothing_is_watched(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=SERVED), locks={"staging": lock(version=False)})
    assert "WorkflowTemplate churn-drift" not in names(made)
    waiting = {(item.kind, item.name) for item in made.deferred if item.reason == "awaiting-first-version"}
    assert {("CronWorkflow", "churn-drift"), ("ConfigMap", "churn-champion"), ("Role", "churn-watch")} <= waiting


def test_an_environment_that_does_not_train_still_watches(tmp_path: Path) -> None:
    locks = {"production": lock("production")}
    made = compiled(tmp_path, churn(more=SERVED), project().replace(", protected: true", ""), locks, "production")
    assert "CronWorkflow churn-drift" in names(made)
    assert "WorkflowTemplate churn-train" not in names(made)
    assert "ServiceAccount churn-train" not in names(made)


def test_everything_scheduled_pauses_together(tmp_path: Path) -> None:
    made = compiled(tmp_path, churn(more=f"suspend: true\n{SERVED}"), locks={"staging": lock()})
    assert {item.manifest["spec"]["suspend"] for item in made.resources if item.identity.kind == "CronWorkflow"} == {
        True
    }


def test_batch_scoring_runs_on_its_own_schedule(tmp_path: Path) -> None:
    batch = 'serving: {batch: {schedule: "30 2 * * *", timezone: Europe/Zurich, input: s3://acme/in/, output: s3://acme/out/}}'
    made = compiled(tmp_path, churn(more=batch), locks={"staging": lock()})
    cron = one(made, "CronWorkflow", "churn-batch")["spec"]
    assert (cron["schedules"], cron["timezone"], cron["suspend"]) == (["30 2 * * *"], "Europe/Zurich", False)
    assert cron["workflowSpec"] == {"workflowTemplateRef": {"name": "churn-batch"}}
    found = variables(template(one(made, "WorkflowTemplate", "churn-batch"), "batch")["container"])
    assert found["FAIRLEAD_CHAMPION_URI"]["configMapKeyRef"]["key"] == "uri"


@pytest.mark.parametrize(("every", "codes"), [("5h", ["FL4105"]), ("4h", [])])
def test_an_interval_that_no_schedule_keeps_is_refused(tmp_path: Path, every: str, codes: list[str]) -> None:
    made = compiled(tmp_path, churn(more=SERVED.replace("2h", every)), locks={"staging": lock()})
    assert [found.code.id for found in made.diagnostics] == codes
    if codes:
        assert (
            made.diagnostics[0].message
            == f"drift every {every}: 24h is no multiple of {every}, so no schedule keeps that interval"
        )


def test_more_values_than_a_template_may_tell_are_told_by_templates_around_it(tmp_path: Path) -> None:
    columns = "\n".join(f"        f{number}: {{type: float}}" for number in range(250))
    spec = churn(more=SERVED).replace("      columns:\n", f"      columns:\n{columns}\n", 1)
    manifest = one(compiled(tmp_path, spec, locks={"staging": lock()}), "WorkflowTemplate", "churn-drift")
    templates = {item["name"]: item for item in manifest["spec"]["templates"]}
    assert list(templates) == ["drift", "drift-more-1", "drift-more-2"]
    assert manifest["spec"]["entrypoint"] == "drift-more-2"
    assert [item["template"] for item in templates["drift-more-2"]["dag"]["tasks"]] == ["drift-more-1"]
    told = [metric for item in templates.values() for metric in item["metrics"]["prometheus"]]
    assert all(len(item["metrics"]["prometheus"]) <= 100 for item in templates.values())
    assert {f"f{number}" for number in range(250)} < {labels(item).get("feature") for item in told}
    for item in templates.values():
        given = {parameter["name"] for parameter in item["outputs"]["parameters"]}
        read = {metric["gauge"]["value"] for metric in item["metrics"]["prometheus"]}
        assert read <= {f"{{{{outputs.parameters.{name}}}}}" for name in given}
    handed = templates["drift-more-1"]["outputs"]["parameters"][0]
    assert handed["valueFrom"] == {"parameter": f"{{{{tasks.drift.outputs.parameters.{handed['name']}}}}}"}
