"""What the target writes as a whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fairlead.source.places import Place
from fairlead.target import Options
from fairlead_targets.prometheus import PrometheusRules
from fairlead_targets.prometheus.options import PrometheusOptions
from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, SLOS, Watched, churn, lock, project, watch

EVERYTHING = churn(
    f"""{SLOS}
  {DRIFT}
  {QUALITY}
  alerts: {{page: oncall, ticket: queue}}
  runbook: https://runbooks.acme.example/churn
  dashboard: https://grafana.acme.example/d/churn""",
    serving="{replicas: {min: 1, max: 4}}",
    more='retraining: {schedule: "0 4 * * 1", on: [drift, quality], cooldown: 12h}',
    hardware="priced",
)


@pytest.fixture
def everything(tmp_path: Path) -> Watched:
    return watch(tmp_path, EVERYTHING)


def of_kind(watched: Watched, kind: str) -> list[dict[str, Any]]:
    return [dict(found.manifest) for found in watched.compiled.resources if found.identity.kind == kind]


def test_names_of_alerts_are_an_interface(everything: Watched, tmp_path: Path) -> None:
    assert everything.names == [
        "AvailabilityBudgetBurn",
        "ObjectiveUnmeasured",
        "AutoscalerAtMaximum",
        "CpuThrottled",
        "ServerIdle",
        "FeatureDrift",
        "PredictionDrift",
        "DriftStale",
        "QualityBelowExpectation",
        "QualityStale",
    ]
    staging = watch(tmp_path / "staging", EVERYTHING, environment="staging")
    assert staging.names == [*everything.names, "TrainingFailed", "TrainingOverdue", "TrainingUnseen"]


def test_every_alert_says_whose_it_is_and_whom_to_tell(everything: Watched) -> None:
    for rule in everything.rules():
        if "alert" not in rule:
            continue
        labels = rule["labels"]
        assert labels["receiver"] == {"page": "oncall", "ticket": "queue"}[labels["severity"]]
        own = {"namespace": "ml", "team": "growth-ml", "pipeline": "churn", "environment": "production"}
        assert own.items() <= labels.items()
        annotations = rule["annotations"]
        assert list(annotations) == ["summary", "description", "runbook_url", "dashboard_url"]
        assert annotations["runbook_url"] == "https://runbooks.acme.example/churn"


def test_links_that_nobody_gave_are_not_there_and_the_owner_is_told(tmp_path: Path) -> None:
    page, _ = watch(tmp_path, churn()).alerts("AvailabilityBudgetBurn")
    assert list(page["annotations"]) == ["summary", "description"]
    assert page["labels"]["receiver"] == "growth-ml"


def test_no_label_carries_a_value(everything: Watched) -> None:
    assert not [rule for rule in everything.rules() if "{{" in "".join(rule["labels"].values())]


def test_records_have_a_level_a_metric_and_operations(everything: Watched) -> None:
    names = [rule["record"] for rule in everything.rules() if "record" in rule]
    assert names
    assert all(re.fullmatch(r"(pipeline|version):[a-z_]+:[a-z0-9_]+", name) for name in names)


@pytest.mark.parametrize("interval", ["15s", "30s", "75s"])
def test_nothing_fires_before_two_scrapes(tmp_path: Path, interval: str) -> None:
    spec = EVERYTHING.replace("every: 1h", "every: 1m")
    watched = watch(tmp_path, spec, scrape_interval=interval)
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    for rule in watched.rules():
        if "alert" in rule:
            held = sum(int(count) * seconds[unit] for count, unit in re.findall(r"(\d+)([smhd])", rule["for"]))
            assert held >= 2 * int(interval.removesuffix("s"))


def test_a_scrape_interval_too_long_for_the_shortest_window_is_refused() -> None:
    with pytest.raises(ValueError, match="has to hold four scrapes, so at most 1m15s"):
        PrometheusOptions.model_validate({"scrape_interval": "2m"})


def test_the_operator_gets_the_same_groups(everything: Watched) -> None:
    resources = {manifest["metadata"]["name"]: manifest for manifest in of_kind(everything, "PrometheusRule")}
    assert list(resources) == ["churn-slo", "churn-serving", "churn-drift", "churn-quality"]
    for name, manifest in resources.items():
        assert manifest["apiVersion"] == "monitoring.coreos.com/v1"
        assert manifest["metadata"]["namespace"] == "ml"
        assert manifest["spec"] == everything.files[f"rules/{name.removeprefix('churn-')}.yaml"]


def test_labels_for_the_operators_selectors(tmp_path: Path) -> None:
    watched = watch(tmp_path, EVERYTHING, labels={"release": "kube-prometheus-stack"})
    for found in watched.compiled.resources:
        assert found.manifest["metadata"]["labels"]["release"] == "kube-prometheus-stack"
        assert found.manifest["metadata"]["labels"]["fairlead.dev/pipeline"] == "churn"


def test_without_the_operator_there_are_plain_files_alone(tmp_path: Path) -> None:
    watched = watch(tmp_path, EVERYTHING, fairlead=project('kueue: "0.20"'))
    assert watched.compiled.resources == []
    assert "rules/slo.yaml" in watched.files


def test_group_names_are_unique_among_pipelines(everything: Watched) -> None:
    names = [
        group["name"] for path, content in everything.files.items() if "rules/" in path for group in content["groups"]
    ]
    assert len(names) == len(set(names))
    assert all(name.startswith("churn-") for name in names)


def test_each_rule_knows_the_line_that_it_comes_from(everything: Watched) -> None:
    (slo,) = [found for found in everything.compiled.resources if found.identity.name == "churn-slo"]
    lines = EVERYTHING.splitlines()
    rules = slo.manifest["spec"]["groups"][0]["rules"]
    for position, rule in enumerate(rules):
        origin = slo.fields["spec", "groups", 0, "rules", position]
        assert origin.node == "slo/availability"
        if rule.get("alert") == "AvailabilityBudgetBurn":
            assert "99.9%" in lines[origin.place.line - 1]
    (drift,) = [found for found in everything.compiled.resources if found.identity.name == "churn-drift"]
    place = drift.fields["spec", "groups", 0, "rules", 0].place
    assert isinstance(place, Place)
    assert lines[place.line - 1][place.column - 1 :].startswith("0.1}")


def test_a_pipeline_that_is_retired_has_no_rules(tmp_path: Path) -> None:
    for environment in ("staging", "production"):
        retired = EVERYTHING.replace("owner: growth-ml", "owner: growth-ml, retired: true")
        watched = watch(tmp_path / environment, retired, environment=environment)
        assert (watched.compiled.resources, watched.compiled.files) == ((), ())


def test_what_waits_for_a_first_version_is_said_and_not_written(tmp_path: Path) -> None:
    watched = watch(tmp_path, EVERYTHING, locked="")
    assert [(waiting.kind, waiting.name, waiting.reason) for waiting in watched.compiled.deferred] == [
        ("PrometheusRule", "churn-serving", "awaiting-first-version"),
        ("PrometheusRule", "churn-slo", "awaiting-first-version"),
        ("PrometheusRule", "churn-drift", "awaiting-first-version"),
        ("PrometheusRule", "churn-quality", "awaiting-first-version"),
    ]
    assert (watched.files, watched.compiled.resources) == ({}, [])


def test_alerts_reach_the_environment_that_trains(everything: Watched) -> None:
    (config,) = of_kind(everything, "AlertmanagerConfig")
    assert (config["metadata"]["name"], config["metadata"]["namespace"]) == ("churn-retrain", "ml")
    route, (receiver,) = config["spec"]["route"], config["spec"]["receivers"]
    assert [(matcher["name"], matcher["matchType"], matcher["value"]) for matcher in route["matchers"]] == [
        ("namespace", "=", "ml"),
        ("pipeline", "=", "churn"),
        ("retrain", "=~", "drift|quality"),
    ]
    assert route["groupBy"] == ["namespace", "pipeline", "retrain"]
    assert route["repeatInterval"] == "12h"
    (webhook,) = receiver["webhookConfigs"]
    assert webhook["url"] == "http://acme-ml-events-eventsource-svc.ml-staging.svc:12000/alerts"
    assert webhook["sendResolved"] is False
    assert webhook["httpConfig"]["authorization"] == {
        "type": "Bearer",
        "credentials": {"name": "acme-ml-events", "key": "token"},
    }


@pytest.mark.parametrize(
    ("spec", "fairlead"),
    [
        (churn(f"{SLOS}\n  {DRIFT}"), project()),
        (churn(f"{SLOS}\n  {DRIFT}", more="retraining: {on: [new-data]}"), project()),
        (churn(SLOS, more="retraining: {on: [drift]}"), project()),
        (churn(DRIFT, more="retraining: {on: [drift]}"), project().replace('argo-events: "1.9"', "")),
        (churn(DRIFT, more="retraining: {on: [drift]}\nsuspend: true"), project()),
    ],
    ids=["no retraining", "other triggers", "no drift", "no argo-events", "suspended"],
)
def test_no_way_to_a_training_where_none_leads_there(tmp_path: Path, spec: str, fairlead: str) -> None:
    assert of_kind(watch(tmp_path, spec, fairlead=fairlead), "AlertmanagerConfig") == []


def test_a_drift_that_waits_starts_nothing(tmp_path: Path) -> None:
    spec = churn(DRIFT, more="retraining: {on: [drift]}")
    assert of_kind(watch(tmp_path, spec, locked=""), "AlertmanagerConfig") == []


def test_options_of_another_target_are_refused(tmp_path: Path) -> None:
    from fairlead.workspace.plans import plans
    from tests.projects import read_project

    files = {"specs/churn.yaml": churn(), "specs/churn.production.lock.yaml": lock()}
    (plan,) = plans(read_project(tmp_path, files, project())).of("production")
    with pytest.raises(TypeError, match="are PrometheusOptions, not Options"):
        PrometheusRules().compile(plan, Options())
