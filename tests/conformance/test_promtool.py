"""Prometheus' own tool judges the rules, and runs the tests that are written beside them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.targets.prometheus.watched import (
    DRIFT,
    QUALITY,
    SLOS,
    churn,
    llm,
    lock,
    project,
    version,
    watch,
)

Tool = Callable[[str], Path]
KNATIVE = "{mode: knative, replicas: {min: 1, max: 4}, scale_on: {concurrency: 8}}"
ENVOY = project(gateway="{kind: gateway-api, controller: envoy-gateway, ref: gateways/ml}")
LATENCY = "slos: {availability: 99.9%, latency: {objective: 95%, below: 250ms, at: edge}}"
TOKENS = "{availability: 99.5%, time_to_first_token: {objective: 95%, below: 500ms}}"

KINDS = {
    "a mesh": (churn(LATENCY), project()),
    "a canary in a mesh": (churn(SLOS, serving="{replicas: {min: 2, max: 8}}"), project()),
    "a gateway of Envoy": (churn(LATENCY, serving="{access: {expose: gateway}}"), ENVOY),
    "Knative with OpenTelemetry": (churn(LATENCY, serving=KNATIVE), project()),
    "Knative with OpenCensus": (churn(LATENCY, serving=KNATIVE), project().replace('"1.19"', '"1.18"')),
    "a language model": (llm(TOKENS), project(gateway="{kind: none}")),
    "Triton": (churn(SLOS, serving="{runtime: triton}").replace("sklearn", "onnx"), project(gateway="{kind: none}")),
    "MLServer": (
        churn(
            "slos: {availability: 99%, latency: {objective: 99%, below: 1s, at: server}}", serving="{runtime: mlflow}"
        ).replace("sklearn", "mlflow"),
        project(gateway="{kind: none}"),
    ),
    "low objectives": (churn("slos: {window: 7d, availability: 80%}"), project()),
    "high objectives": (churn("slos: {window: 90d, availability: 99.999%}", hardware="priced"), project()),
    "drift and quality": (churn(f"{DRIFT}\n  {QUALITY}"), project()),
    "bounds on both sides": (
        churn(QUALITY.replace("recall >= 0.85", "recall > 0, log_loss <= 0.4, log_loss < 1")),
        project(),
    ),
}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=300)


def judged(promtool: Path, folder: Path) -> None:
    """All rule files are valid, and all their tests pass."""
    rules, tests = sorted(folder.glob("**/rules/*.yaml")), sorted(folder.glob("**/tests/*.yaml"))
    assert rules
    assert tests
    checked = run(promtool, "check", "rules", *rules)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = run(promtool, "test", "rules", *tests)
    assert tested.returncode == 0, tested.stdout[-4000:] + tested.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_rules_are_valid_and_their_tests_pass(kind: str, tmp_path: Path, tool: Tool) -> None:
    promtool = tool("promtool")
    spec, fairlead = KINDS[kind]
    rollout = f"{{canary: {version(8)}, weight: 10%}}" if "canary" in kind else ""
    watched = watch(tmp_path / "project", spec, lock(rollout=rollout), fairlead)
    assert not [found for found in watched.compiled.diagnostics if found.level == "error"]
    judged(promtool, watched.write(tmp_path / "rendered"))


@pytest.mark.parametrize("schedule", ["*/30 * * * *", "0 4 * * *", "0 4 1 * *"])
def test_schedules_of_any_period(schedule: str, tmp_path: Path, tool: Tool) -> None:
    promtool = tool("promtool")
    spec = churn(more=f'retraining: {{schedule: "{schedule}"}}').replace(f"monitoring:\n  {SLOS}\n", "")
    judged(promtool, watch(tmp_path / "project", spec, environment="staging").write(tmp_path / "rendered"))


@pytest.mark.parametrize("options", [{"low_traffic": 0}, {"scrape_interval": "75s", "idle": "7d"}], ids=str)
def test_options_change_rules_and_tests_together(options: dict[str, Any], tmp_path: Path, tool: Tool) -> None:
    promtool = tool("promtool")
    watched = watch(tmp_path / "project", churn(hardware="gpu"), **options)
    judged(promtool, watched.write(tmp_path / "rendered"))


def test_a_wide_table_is_judged_in_seconds(tmp_path: Path, tool: Tool) -> None:
    """What is evaluated grows with the features and not with their square; the timeout only guards against a hang."""
    promtool = tool("promtool")
    columns = "".join(f"        f{number}: {{type: float}}\n" for number in range(197))
    spec = churn(DRIFT).replace("        left:", f"{columns}        left:", 1)
    watched = watch(tmp_path / "project", spec)
    (sample,) = [rule for rule in watched.alerts("FeatureDrift") if "f196" in rule["expr"]]
    assert sample["expr"].count("|") == 197
    folder = watched.write(tmp_path / "rendered")
    judged(promtool, folder)
    rules = folder / "rules/drift.yaml"
    # The last of them all is as well tested as the first.
    rules.write_text(rules.read_text().replace("|f196", ""))
    result = run(promtool, "test", "rules", *sorted(folder.glob("tests/drift*.yaml")))
    assert result.returncode == 1
    assert "f196" in result.stdout + result.stderr


CHANGES = {
    "a threshold": ("slo", "> 0.0144", "> 0.9"),
    "a comparison": ("slo", "> 0.003", "< 0.003"),
    "a window that need not burn": ("slo", "and pipeline:availability_failures:ratio_rate1h", "or pipeline:x"),
    "the status of a failure": ("slo", 'response_code=~"5.."', 'response_code=~"4.."'),
    "the guard against low traffic": ("slo", ">= 5", ">= 0"),
    "a counter that counts from nothing": ("slo", "* 0\n", "* 1\n"),
    "a threshold of drift": ("drift", "> 0.1", "> 0.9"),
    "a feature": ("drift", 'feature="age"', 'feature="plan"'),
    "which feature it was": ("drift", "max by (feature)", "max"),
    "how old a score may be": ("drift", "> 7200", "> 720000"),
    "an expectation": ("quality", "< 0.85", "> 0.85"),
    "a label": ("quality", "severity: ticket", "severity: page"),
}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changed")
    return watch(folder / "project", churn(f"{SLOS}\n  {DRIFT}\n  {QUALITY}")).write(folder / "rendered")


@pytest.mark.parametrize("change", CHANGES)
def test_the_tests_notice(change: str, rendered: Path, tool: Tool, tmp_path: Path) -> None:
    promtool = tool("promtool")
    purpose, before, after = CHANGES[change]
    for path in (*rendered.glob(f"rules/{purpose}.yaml"), *rendered.glob(f"tests/{purpose}*.yaml")):
        target = tmp_path / path.relative_to(rendered)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text())
    rules = tmp_path / "rules" / f"{purpose}.yaml"
    assert before in rules.read_text()
    rules.write_text(rules.read_text().replace(before, after))
    result = run(promtool, "test", "rules", *sorted(tmp_path.glob("tests/*.yaml")))
    assert result.returncode == 1
    assert "FAILED" in result.stdout + result.stderr
