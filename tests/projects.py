"""Small projects for tests: a fairlead.yaml, specifications and locks as text, read as a user's would be."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from fairlead.source.diagnostics import Diagnostic
from fairlead.workspace.load import Workspace, load

FAIRLEAD = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {name: acme-ml}
targets: [argo-workflows, kserve, prometheus]
platform:
  argo-workflows: "4.1"
  kserve: "0.20"
  prometheus-operator: "0.93"
  runner: ghcr.io/acme/fairlead-runner
environments:
  staging: {namespace: ml-staging, trains: true}
  production: {namespace: ml, after: staging, protected: true}
artifacts: {uri: s3://acme-ml-artifacts}
mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
git: {repository: acme/ml-platform}
"""
CHURN = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data: {sources: {customers: {uri: s3://acme-ml/customers.parquet}}}
model: {train: {command: [python, -m, churn.train]}}
"""
ASSISTANT = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: assistant, owner: support-ml}
model:
  task: text-generation
  framework: huggingface
  source: "hf://mistralai/Mistral-7B-Instruct-v0.3:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"
hardware: {serving: {cpu: 4, memory: 32Gi, gpu: {count: 1, resource: nvidia.com/gpu}}}
serving: {runtime: vllm, protocol: openai, access: {callers: [support/desk]}}
"""
"""A model that is served and not trained, so that compiling it needs no lock."""
SERVING = """\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {name: acme-ml}
targets: [kserve, prometheus]
platform: {kserve: "0.20", prometheus-operator: "0.93", runner: ghcr.io/acme/fairlead-runner}
environments:
  staging: {namespace: ml-staging, trains: true}
artifacts: {uri: s3://acme-ml-artifacts}
mlflow: {tracking_uri: http://mlflow.ml.svc:5000}
git: {repository: acme/ml-platform}
"""
"""A project of one environment, which compiles to what serves and measures."""


def write_project(folder: Path, files: dict[str, str] | None = None, fairlead: str = FAIRLEAD) -> Path:
    """Writes fairlead.yaml and `files` (by path) below `folder`; the smallest specification where none are given."""
    texts = {"fairlead.yaml": fairlead, **(files if files is not None else {"specs/churn.yaml": CHURN})}
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8", newline="\n")
    return folder


def read_project(folder: Path, files: dict[str, str] | None = None, fairlead: str = FAIRLEAD) -> Workspace:
    """`write_project`, read."""
    return load(write_project(folder, files, fairlead))


def said(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    """The code and the place of each finding."""
    return [(found.code.id, str(found.place)) for found in diagnostics]
