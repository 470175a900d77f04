"""Specifications for tests of the plan: changed by a few words, read for real, and asked what was found and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.projects import write_project

FAIRLEAD: Final = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {name: acme-ml}
targets: [argo-workflows, kserve, prometheus]
platform:
  argo-workflows: "4.1"
  argo-events: "1.9"
  kserve: "0.20"
  knative: "1.19"
  keda: "2.20"
  kubeflow-trainer: "2.1"
  kueue: "0.20"
  prometheus-operator: "0.93"
  prometheus: http://prometheus.monitoring.svc:9090
  gateway: {kind: gateway-api, controller: istio, ref: gateways/ml-private, private: true}
  runner: ghcr.io/acme/fairlead-runner
environments:
  staging: {namespace: ml-staging, trains: true}
  production: {namespace: ml, after: staging, protected: true}
policies: {serving.no-slo: ignore}
hardware:
  cpu-small: {cpu: 2, memory: 4Gi, price: 0.09/h}
  cpu-spot: {cpu: 4, memory: 8Gi, spot: true, price: 0.05/h}
  cpu-serving: {cpu: 2, memory: 4Gi, price: 0.09/h}
  gpu-l4: {cpu: 8, memory: 32Gi, gpu: {count: 1}, shm: 8Gi, queue: team-ml, price: 0.70/h}
  gpu-h100x2: {cpu: 24, memory: 192Gi, gpu: {count: 2}, shm: 16Gi, price: 9.80/h}
artifacts: {uri: s3://acme-ml-artifacts}
mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
git: {repository: acme/ml-platform}
"""
TUMOR: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: tumor-classifier, owner: diagnostics-ml}
data:
  sources:
    biopsies:
      uri: s3://acme-ml/biopsies/current/
      format: csv
      snapshot: each-run
      sensitivity: phi
      columns:
        biopsy_id: {type: string, unique: true, role: id}
        taken_at: {type: timestamp, role: time}
        mean_radius: {type: float, min: 0}
        age_band: {type: category, values: [under-40, 40-60, over-60], roles: [feature, slice]}
        diagnosis: {type: category, values: [benign, malignant], positive: malignant, role: label}
      expect: [rows >= 500, missing(mean_radius) <= 0.01, age(taken_at) <= 7d]
  prepare:
    features:
      command: [python, -m, tumor.features]
      inputs: [biopsies]
      outputs: {features: {like: biopsies, add: {radius_per_area: {type: float}}}}
  split: {of: features, method: hash, by: biopsy_id, test: 0.2, validation: 0.1}
model:
  task: binary-classification
  framework: sklearn
  code: {path: models/tumor, image: ghcr.io/acme/tumor-classifier}
  train:
    command: [python, -m, tumor.train]
    parameters: {max_depth: 6, learning_rate: 0.1}
    env: {OMP_NUM_THREADS: "4"}
    secrets: {FEATURE_STORE_TOKEN: feature-store/token}
    timeout: 2h
    retries: 2
  tune:
    search: random
    over: {max_depth: [4, 6, 8], learning_rate: {between: [0.01, 0.3], scale: log}}
    trials: 12
    parallel: 4
    seed: 7
    objective: maximize roc_auc
  evaluate:
    metrics: [roc_auc, recall, brier_score]
    gates:
      - roc_auc >= 0.95
      - roc_auc >= champion - 0.005
      - recall[age_band] >= 0.85
    min_support: 30
hardware:
  default: cpu-small
  train: {cpu: 4, memory: 8Gi, disk: 20Gi}
  tune: cpu-spot
  serving: cpu-serving
serving:
  runtime: sklearn
  protocol: v2
  mode: standard
  output: probability
  replicas: {min: 2, max: 10}
  scale_on: {cpu: 70%}
  rollout: {canary: [10%, 50%], hold: 2h}
  payloads: {log: all, to: s3://acme-ml-payloads/tumor-classifier/, retain: 30d}
  access: {expose: gateway, callers: [triage/ui]}
monitoring:
  slos:
    window: 30d
    availability: 99.9%
    latency: {objective: 99%, below: 250ms, at: edge}
  drift:
    every: 1h
    window: 24h
    method: psi
    threshold: 0.2
    features: {mean_radius: {threshold: 0.1}}
    prediction: true
  quality:
    labels: {uri: s3://acme-ml/outcomes/, format: jsonl, join: request_id, column: diagnosis, delay: 3d}
    window: 14d
    every: 24h
    expect: [recall >= 0.85]
retraining:
  schedule: "0 4 * * 1"
  timezone: Europe/Zurich
  on: [drift, quality, new-data]
  cooldown: 24h
  promote: pull-request
"""
"""A classifier with everything: trained, tuned, gated, served, watched and retrained. Nothing is wrong with it."""
BATCH: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: energy-forecast, owner: grid-ml}
data:
  sources:
    load:
      uri: s3://acme-ml/grid/load/
      format: csv
      columns:
        reading_id: {type: string, unique: true, role: id}
        measured_at: {type: timestamp, role: time}
        temperature: {type: float, min: -40, max: 50}
        load: {type: float, min: 0, role: label}
      expect: [rows >= 10000]
  split: {method: time, test: 0.15}
model:
  task: regression
  framework: sklearn
  train: {command: [python, -m, energy.train], timeout: 1h}
  evaluate: {metrics: [rmse, mae, r2], gates: [r2 >= 0.8, rmse <= champion + 0.1]}
serving:
  batch: {schedule: "30 2 * * *", input: s3://acme-ml/grid/tomorrow/, output: s3://acme-ml/grid/forecasts/, format: csv}
"""
"""A regression that scores in batches."""
ASSISTANT: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: support-assistant, owner: support-ml}
model:
  task: text-generation
  framework: huggingface
  source: "hf://acme/assistant:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"
hardware: {serving: gpu-h100x2}
serving:
  runtime: vllm
  protocol: openai
  llm: {tensor_parallel: 2}
  replicas: {min: 2, max: 4}
  scale_on: {query: 'sum(vllm:num_requests_waiting)', target: 8}
monitoring:
  slos:
    availability: 99%
    time_to_first_token: {objective: 95%, below: 500ms}
"""
"""A language model that is served and not trained."""
SCREEN: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: screen, owner: diagnostics-ml}
data:
  sources:
    visits:
      uri: s3://acme-ml/visits.csv
      columns:
        visit_id: {type: string, unique: true, role: id}
        radius: {type: float}
        diagnosis: {type: category, values: [benign, malignant], positive: malignant, role: label}
model:
  task: binary-classification
  framework: sklearn
  train: {command: [python, -m, screen.train]}
serving: {}
"""
"""A classifier with few words, and all defaults."""
TRIAGE: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: triage, owner: diagnostics-ml}
serving:
  graph:
    type: switch
    of:
      - {pipeline: screen, when: "urgency <= 0.5"}
      - {pipeline: tumor-classifier}
  access: {callers: [triage/ui]}
"""
"""A graph in front of other pipelines' models."""

SPEC: Final = "specs/it.yaml"
"""The file of the specification under test."""


def edit(text: str, *changes: tuple[str, str]) -> str:
    """`text` with each change made, at the one place where its first half stands."""
    for before, after in changes:
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times"
        text = text.replace(before, after)
    return text


@dataclass(frozen=True)
class Found:
    """What was found in a project, and the plans that came of it."""

    texts: dict[str, str]
    diagnostics: tuple[Diagnostic, ...]
    by_environment: dict[str, dict[str, Plan]]

    @property
    def codes(self) -> list[str]:
        """The ids of all codes that were found, each once."""
        return sorted({found.code.id for found in self.diagnostics})

    def of(self, code: Code) -> list[Diagnostic]:
        """The findings of one code."""
        return [found for found in self.diagnostics if found.code is code]

    def one(self, code: Code) -> Diagnostic:
        """The only finding of a code."""
        assert len(self.of(code)) == 1, f"{code.id} was found {len(self.of(code))} times: {self.codes}"
        return self.of(code)[0]

    def places(self, code: Code) -> list[str]:
        """Where a code was found, as file:line:column."""
        return [str(found.place) for found in self.of(code)]

    def where(self, needle: str, within: str | None = None, file: str = SPEC) -> str:
        """Where `needle` stands, inside of `within` where that is given; both stand only once."""
        text = self.texts[file]
        start = 0
        if within is not None:
            assert text.count(within) == 1, f"{within!r} stands {text.count(within)} times"
            start = text.index(within)
            assert within.count(needle) == 1, f"{needle!r} stands {within.count(needle)} times in {within!r}"
        else:
            assert text.count(needle) == 1, f"{needle!r} stands {text.count(needle)} times"
        offset = text.index(needle, start)
        line = text.count("\n", 0, offset) + 1
        return f"{file}:{line}:{offset - text.rfind(chr(10), 0, offset)}"

    def plan(self, name: str, environment: str = "staging") -> Plan:
        """A plan by its pipeline's name."""
        return self.by_environment[environment][name]


def examine(folder: Path, spec: str, others: dict[str, str] | None = None, fairlead: str = FAIRLEAD) -> Found:
    """Everything that validation finds in a project with `spec`, and `others` by path."""
    texts = {SPEC: spec, **(others or {})}
    write_project(folder, texts, fairlead)
    found = plans(load(folder))
    by_environment = {name: dict(plans_) for name, plans_ in found.by_environment.items()}
    return Found({**texts, "fairlead.yaml": fairlead}, found.diagnostics, by_environment)
