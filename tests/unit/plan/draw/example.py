"""A plan with everything that a picture shows: a search, a champion, a server, watching, waiting, and the loop."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.projects import write_project

FAIRLEAD: Final = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {name: acme-ml}
targets: [argo-workflows]
platform:
  argo-workflows: "4.1"
  argo-events: "1.9"
  kserve: "0.20"
  prometheus-operator: "0.93"
  gateway: {kind: gateway-api, controller: istio, ref: gateways/ml}
  runner: ghcr.io/acme/fairlead-runner
environments:
  staging: {namespace: ml-staging, trains: true}
  production: {namespace: ml, after: staging, protected: true}
artifacts: {uri: s3://acme-ml-artifacts}
mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
git: {repository: acme/ml-platform}
"""
PARCELS: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: parcels, owner: mailroom-ml, description: Which parcels arrive late.}
data:
  sources:
    scans:
      uri: s3://acme-ml/scans.csv
      columns:
        scan_id: {type: string, unique: true, role: id}
        weight: {type: float, min: 0}
        late: {type: category, values: ["yes", "no"], positive: "yes", role: label}
      expect: [rows >= 500]
  split: {test: 0.2, validation: 0.1}
model:
  task: binary-classification
  framework: sklearn
  train: {command: [python, -m, parcels.train], timeout: 1h}
  tune: {over: {depth: [4, 8]}, search: grid, objective: maximize roc_auc}
  evaluate: {gates: [roc_auc >= champion - 0.01]}
serving:
  payloads: {log: all, to: s3://acme-ml-payloads/parcels/, retain: 30d}
  access: {expose: gateway}
monitoring:
  slos: {availability: 99.5%}
  drift: {features: {weight: {threshold: 0.2}}}
  runbook: https://runbooks.acme.example/parcels
retraining: {schedule: "0 4 * * 1", timezone: Etc/UTC, on: [drift]}
"""
GRAPH: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: triage, owner: mailroom-ml}
serving: {graph: {type: switch, of: [{pipeline: parcels, when: "score >= 0.5"}, {pipeline: letters}]}}
"""
LETTERS: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: letters, owner: mailroom-ml}
model: {task: text-generation, framework: huggingface, source: "hf://acme/letters:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"}
hardware: {serving: {cpu: 8, memory: 32Gi, gpu: {count: 1}}}
serving: {runtime: vllm, protocol: openai}
"""
SPECS: Final = {"specs/parcels.yaml": PARCELS, "specs/triage.yaml": GRAPH, "specs/letters.yaml": LETTERS}


def plan_of(folder: Path, name: str = "parcels", environment: str = "staging") -> Plan:
    """The plan of one of the specifications above."""
    return plans(load(write_project(folder, SPECS, FAIRLEAD))).by_environment[environment][name]
