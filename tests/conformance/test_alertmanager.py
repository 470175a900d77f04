"""Alertmanager's own tool says where an alert goes: to the EventSource only where it may start a training."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fairlead.output.yaml import dump
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from tests.conformance import matrix
from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, churn, project, watch

Tool = Callable[[str], Path]
PLATFORM = "platform"
"""The receiver of everything that nobody else takes."""


def name_of(manifest: dict[str, Any], receiver: str) -> str:
    """What prometheus-operator calls a receiver."""
    metadata = manifest["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}/{receiver}"


def route_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The route, as prometheus-operator (0.93, its matcher strategy OnNamespace) puts it below the platform's own."""
    route = manifest["spec"]["route"]
    matchers = [f'namespace="{manifest["metadata"]["namespace"]}"']
    matchers += [f"{each['name']}{each['matchType']}{quoted(each['value'])}" for each in route["matchers"]]
    return {
        "receiver": name_of(manifest, route["receiver"]),
        "matchers": matchers,
        "continue": True,
        "group_by": route["groupBy"],
        "group_wait": route["groupWait"],
        "group_interval": route["groupInterval"],
        "repeat_interval": route["repeatInterval"],
    }


def quoted(value: str) -> str:
    """A value as OpenMetrics escapes it, which Alertmanager reads."""
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'


def receivers_of(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The receivers; the operator puts the Secret's value where its name stands here."""
    for receiver in manifest["spec"]["receivers"]:
        yield {
            "name": name_of(manifest, receiver["name"]),
            "webhook_configs": [
                {
                    "url": webhook["url"],
                    "send_resolved": webhook["sendResolved"],
                    "http_config": {
                        "authorization": {
                            "type": webhook["httpConfig"]["authorization"]["type"],
                            "credentials": "token",
                        },
                        "follow_redirects": webhook["httpConfig"]["followRedirects"],
                    },
                }
                for webhook in receiver["webhookConfigs"]
            ],
        }


@dataclass(frozen=True)
class Alertmanager:
    """A configuration with the routes of some AlertmanagerConfigs, as the operator writes it."""

    amtool: Path
    config: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(self.amtool), *words], capture_output=True, text=True, check=False)

    def receivers(self, labels: dict[str, str]) -> list[str]:
        """Who is told of an alert with these labels."""
        asked = [f"{name}={quoted(value)}" for name, value in labels.items()]
        done = self.run("config", "routes", "test", f"--config.file={self.config}", *asked)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().split(",")


def manager(amtool: Path, folder: Path, manifests: list[dict[str, Any]]) -> Alertmanager:
    """Writes the configuration, which amtool has to accept."""
    config = {
        "route": {"receiver": PLATFORM, "routes": [*map(route_of, manifests), {"receiver": PLATFORM}]},
        "receivers": [{"name": PLATFORM}, *(receiver for each in manifests for receiver in receivers_of(each))],
    }
    path = folder / "alertmanager.yaml"
    path.write_text(dump(config), encoding="utf-8")
    made = Alertmanager(amtool, path)
    checked = made.run("check-config", str(path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return made


@pytest.fixture(scope="module")
def configs(cells: list[Path]) -> list[dict[str, Any]]:
    """Every AlertmanagerConfig of the committed specifications."""
    paths = sorted((cells[0] / "rendered").rglob("alertmanagerconfig-*.yaml"))
    return [manifest for _, manifest in matrix.manifests(paths)]


def alerts(root: Path) -> Iterator[dict[str, str]]:
    """The labels of every alert in a tree."""
    for path in sorted(root.glob("rendered/*/*/prometheus/rules/*.yaml")):
        content: Any = plain(read(path.name, path.read_bytes()).root)  # type: ignore[arg-type]
        for group in content["groups"]:
            for rule in group["rules"]:
                if "alert" in rule:
                    yield {"alertname": rule["alert"], **rule["labels"]}


def expected(configs: list[dict[str, Any]], labels: dict[str, str]) -> list[str]:
    """Who should be told: the platform always, and a training where the label says so and the pipeline has a way."""
    trained = [
        name_of(each, "retrain")
        for each in configs
        if "retrain" in labels
        and each["metadata"]["namespace"] == labels["namespace"]
        and each["metadata"]["name"] == f"{labels['pipeline']}-retrain"
    ]
    return [*trained, PLATFORM]


def test_every_alert_goes_to_the_platform_and_only_drift_and_quality_to_a_training(
    cells: list[Path], configs: list[dict[str, Any]], tool: Tool, tmp_path: Path
) -> None:
    assert configs
    made = manager(tool("amtool"), tmp_path, configs)
    kinds = {tuple(sorted(labels.items())): labels for labels in alerts(cells[0])}
    assert any("retrain" in labels for labels in kinds.values())
    # One process for each alert: those whose labels differ in nothing that a route reads are one.
    read_by_routes = {
        (labels["namespace"], labels["pipeline"], labels.get("retrain")): labels for labels in kinds.values()
    }
    for labels in read_by_routes.values():
        assert made.receivers(labels) == expected(configs, labels), labels


SPEC = churn(f"{DRIFT}\n  {QUALITY}", more="retraining: {on: [drift, quality]}")
OWN = {"namespace": "ml", "pipeline": "churn", "retrain": "drift"}


@pytest.fixture
def churned(tmp_path: Path, tool: Tool) -> Alertmanager:
    """Alertmanager with the way to a training of one pipeline."""
    amtool = tool("amtool")
    compiled = watch(tmp_path / "project", SPEC, fairlead=project()).compiled
    (config,) = [item.manifest for item in compiled.resources if item.identity.kind == "AlertmanagerConfig"]
    return manager(amtool, tmp_path, [dict(config)])


@pytest.mark.parametrize("trigger", ["drift", "quality"])
def test_drift_and_quality_start_a_training(trigger: str, churned: Alertmanager) -> None:
    labels = {**OWN, "retrain": trigger, "feature": 'a"b\\c{{ x }}', "expectation": "recall >= 0.85"}
    assert churned.receivers(labels) == ["ml/churn-retrain/retrain", PLATFORM]


@pytest.mark.parametrize(
    "labels",
    [
        {**OWN, "namespace": "ml-staging"},
        {**OWN, "namespace": "xml"},
        {**OWN, "pipeline": "churn-2"},
        {**OWN, "retrain": ""},
        {**OWN, "retrain": "drifts"},
        {**OWN, "retrain": "drift|quality"},
        {**OWN, "retrain": "no drift"},
        {**OWN, "retrain": "drift\n"},
        {"namespace": "ml", "pipeline": "churn"},
        {},
    ],
    ids=str,
)
def test_nothing_else_does(labels: dict[str, str], churned: Alertmanager) -> None:
    assert churned.receivers(labels) == [PLATFORM]


def test_a_configuration_that_is_wrong_is_refused(churned: Alertmanager) -> None:
    text = churned.config.read_text(encoding="utf-8")
    churned.config.write_text(text.replace("send_resolved", "sendResolved"), encoding="utf-8")
    assert churned.run("check-config", str(churned.config)).returncode == 1
