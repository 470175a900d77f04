"""Small watched pipelines, compiled by the target alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.output.yaml import dump
from fairlead.target import Compiled
from fairlead.workspace.plans import plans
from fairlead_targets.prometheus import PrometheusRules
from fairlead_targets.prometheus.options import PrometheusOptions
from tests.projects import read_project

DIGEST = "sha256:" + "ab" * 32
SLOS = "slos: {availability: 99.9%}"
DRIFT = "drift: {every: 1h, threshold: 0.2, features: {age: {threshold: 0.1}}, prediction: true}"
QUALITY = "quality: {every: 24h, labels: {uri: s3://acme-ml/outcomes/, column: left}, expect: [recall >= 0.85]}"


def project(platform: str = "", gateway: str = "{kind: istio}") -> str:
    """A fairlead.yaml whose `platform` has these besides what all have."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {{name: acme-ml}}
targets: [prometheus]
platform:
  argo-workflows: "4.1"
  argo-events: "1.9"
  kserve: "0.20"
  knative: "1.19"
  keda: "2.20"
  prometheus: http://prometheus.monitoring.svc:9090
  gateway: {gateway}
  runner: ghcr.io/acme/fairlead-runner
  {platform or 'prometheus-operator: "0.93"'}
environments:
  staging: {{namespace: ml-staging, trains: true}}
  production: {{namespace: ml, after: staging}}
hardware:
  free: {{cpu: 2, memory: 4Gi}}
  priced: {{cpu: 2, memory: 4Gi, price: 0.09/h}}
  gpu: {{cpu: 8, memory: 32Gi, gpu: {{count: 1}}}}
artifacts: {{uri: s3://acme-ml-artifacts}}
mlflow: {{tracking_uri: http://mlflow.ml.svc:5000}}
git: {{repository: acme/ml-platform}}
"""


def churn(
    monitoring: str = SLOS, serving: str = "{}", more: str = "", metadata: str = "", hardware: str = "free"
) -> str:
    """A specification of a trained and served classifier that is watched like this."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml{metadata}}}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.parquet
      snapshot: each-run
      columns:
        id: {{type: string, unique: true, role: id}}
        age: {{type: integer}}
        plan: {{type: category, values: [basic, plus]}}
        left: {{type: category, values: ["no", "yes"], positive: "yes", role: label}}
model:
  framework: sklearn
  train: {{command: [python, -m, churn.train]}}
hardware: {{default: {hardware}}}
serving: {serving}
monitoring:
  {monitoring}
{more}"""


def llm(slos: str, replicas: str = "{min: 2}") -> str:
    """A specification of a language model that is served by vLLM and not trained."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: assistant, owner: support-ml}}
model: {{task: text-generation, framework: huggingface, source: "hf://acme/model:{"0a" * 20}"}}
hardware: {{serving: gpu}}
serving: {{runtime: vllm, protocol: openai, replicas: {replicas}}}
monitoring: {{slos: {slos}}}
"""


def version(number: int) -> str:
    """A locked version."""
    uri = f"s3://acme-ml-artifacts/models/churn/sha256-{'ab' * 32}/"
    return f'{{version: {number}, uri: "{uri}", digest: "{DIGEST}"}}'


def lock(environment: str = "production", rollout: str = "") -> str:
    """A lock with version 7, and this rollout."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: churn, environment: {environment}}}
model: {version(7)}
{f"rollout: {rollout}" if rollout else ""}
"""


@dataclass(frozen=True)
class Watched:
    """What the target made of one pipeline in one environment."""

    compiled: Compiled

    @property
    def files(self) -> dict[str, Any]:
        """The content of every file, by path."""
        return {str(file.path): file.content for file in self.compiled.files}

    def rules(self) -> Iterator[Mapping[str, Any]]:
        """Every rule of every file."""
        for path, content in self.files.items():
            if path.startswith("rules/"):
                for group in content["groups"]:
                    yield from group["rules"]

    def alerts(self, name: str) -> list[Mapping[str, Any]]:
        """The alerts of this name, in order."""
        return [rule for rule in self.rules() if rule.get("alert") == name]

    def alert(self, name: str) -> Mapping[str, Any]:
        """The only alert of this name."""
        (found,) = self.alerts(name)
        return found

    @property
    def names(self) -> list[str]:
        """The names of all alerts, each once, in order."""
        return list(dict.fromkeys(rule["alert"] for rule in self.rules() if "alert" in rule))

    def record(self, name: str) -> Mapping[str, Any]:
        """The only record of this name."""
        (found,) = [rule for rule in self.rules() if rule.get("record") == name]
        return found

    @property
    def said(self) -> list[tuple[str, str]]:
        """The codes and messages of what was found."""
        return [(found.code.id, found.message) for found in self.compiled.diagnostics]

    def write(self, folder: Path) -> Path:
        """Writes the files as they are written in a repository."""
        for path, content in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dump(content), encoding="utf-8")
        return folder


def watch(
    folder: Path,
    spec: str,
    locked: str | None = None,
    fairlead: str | None = None,
    environment: str = "production",
    **options: Any,
) -> Watched:
    """Compiles one specification; it has a first version unless `locked` is empty."""
    files = {"specs/it.yaml": spec}
    text = lock(environment) if locked is None else locked
    if text and "train:" in spec:
        files[f"specs/churn.{environment}.lock.yaml"] = text
        files["specs/churn.yaml"] = files.pop("specs/it.yaml")
    workspace = read_project(folder, files, fairlead or project())
    found = plans(workspace)
    errors = [finding for finding in workspace.diagnostics if finding.level == "error"]
    assert not errors, errors
    (plan,) = found.of(environment)
    return Watched(PrometheusRules().compile(plan, PrometheusOptions.model_validate(options)))
