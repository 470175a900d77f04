"""Whole rule files and their tests, as they are written, and how they get to an operator."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.output.yaml import dump
from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, churn, lock, version, watch

SPEC = churn(
    f"""slos: {{availability: 99.9%, latency: {{objective: 99%, below: 250ms, at: server}}}}
  {DRIFT}
  {QUALITY}
  alerts: {{page: growth-oncall, ticket: growth-queue}}
  runbook: https://runbooks.acme.example/churn""",
    serving="{replicas: {min: 2, max: 6}}",
    more='retraining: {schedule: "0 4 * * 1", on: [drift, quality]}',
    hardware="priced",
)
ROLLOUT = f"{{canary: {version(8)}, weight: 10%}}"


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_rules_of_a_pipeline(environment: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    rollout = ROLLOUT if environment == "production" else ""
    watched = watch(tmp_path, SPEC, lock(environment, rollout), environment=environment)
    for path, content in watched.files.items():
        assert dump(content) == snapshot(name=path)
    for resource in watched.compiled.resources:
        if resource.identity.kind == "AlertmanagerConfig" or resource.identity.name == "churn-quality":
            assert dump(resource.manifest) == snapshot(name=str(resource.identity))
