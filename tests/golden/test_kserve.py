"""Whole outputs of the target `kserve`, for both versions of KServe in both modes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from tests.unit.targets.kserve.served import Served, churn, lock, project, serve, version

SERVING = """
  mode: {mode}
  output: probability
  replicas: {{min: 2, max: 10}}
  scale_on: {scale}
  rollout: {{canary: {canary}}}
  timeout: 10s
  payloads: {{log: all, to: {to}, retain: 30d}}
  access: {{expose: gateway, callers: [triage/ui]}}"""
IMAGES = {"0.15": "docker.io/kserve/sklearnserver:v0.15.2", "0.20": "docker.io/kserve/sklearnserver:v0.20.0"}
STORES = {"0.15": "https://payloads.acme.example/churn", "0.20": "s3://acme-payloads/churn/"}


def shown(served: Served) -> str:
    """Every manifest as YAML, and every finding."""
    documents = [yaml.safe_dump(dict(made.manifest), sort_keys=False, width=120) for made in served.compiled.resources]
    findings = [
        f"# {found.code.id} {found.level} {found.place}: {found.message}" for found in served.compiled.diagnostics
    ]
    return "---\n".join([*documents, "\n".join(findings)])


@pytest.mark.parametrize("kserve", ["0.15", "0.20"])
@pytest.mark.parametrize("mode", ["standard", "knative"])
def test_a_server(tmp_path: Path, kserve: str, mode: str, snapshot: SnapshotAssertion) -> None:
    splits = mode == "knative" or kserve == "0.20"
    serving = SERVING.format(
        mode=mode,
        scale="{concurrency: 8}" if mode == "knative" else "{cpu: 70%}",
        canary="[10%, 50%]" if splits else "[]",
        to=STORES[kserve],
    )
    rollout = f"{{canary: {version(8)}, weight: 10%}}" if splits else None
    locked = lock(rollout=rollout, image=IMAGES[kserve])
    assert shown(serve(tmp_path, churn(serving), locked, fairlead=project(kserve))) == snapshot


def test_a_language_model(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    spec = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
model:
  task: text-generation
  framework: huggingface
  source: "hf://acme/chat:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"
hardware: {serving: gpu}
serving:
  runtime: vllm
  llm: {tensor_parallel: 2, max_model_len: 8192}
  secrets: {HF_TOKEN: huggingface/token}
  replicas: {min: 2, max: 4}
  scale_on: {query: 'sum(vllm:num_requests_waiting{namespace="ml", inference_service="churn"})', target: 8}
  timeout: 2m
"""
    locked = lock(None, image="docker.io/vllm/vllm-openai:v0.24.0")
    assert shown(serve(tmp_path, spec, locked)) == snapshot


def test_a_graph(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    spec = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: both, owner: growth-ml}
serving:
  graph: {type: switch, of: [{pipeline: a, when: "urgency <= 0.5"}, {pipeline: b}]}
  host: both.acme.example
  access: {expose: gateway, callers: [triage/ui]}
  timeout: 15s
"""
    members = {f"specs/{name}.yaml": churn(name=name) for name in "ab"}
    members |= {f"specs/{name}.production.lock.yaml": lock(pipeline=name) for name in "ab"}
    assert shown(serve(tmp_path, spec, name="both", more=members)) == snapshot
