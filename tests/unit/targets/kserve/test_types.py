"""Every manifest fits the typed model of its platform's version, and the CRDs where they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter

from fairlead.resources.shapes import unknown_fields
from fairlead_targets.kserve import KServe
from fairlead_targets.kserve.types import v0_15, v0_20
from tests.crds import needs_crds, refused
from tests.unit.targets.kserve.served import Served, churn, lock, project, serve, version

FULL = """
  mode: {mode}
  replicas: {{min: 2, max: 10}}
  scale_on: {{{scale}}}
  zones: [eu-1a]
  payloads: {{log: all, to: {to}, retain: 30d}}
  access: {{expose: gateway, callers: [triage/ui]}}
  env: {{LEVEL: info}}
  secrets: {{TOKEN: store/token}}
  timeout: 30s{rollout}"""
GRAPH = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: both, owner: growth-ml}
serving:
  graph: {type: sequence, of: [{pipeline: churn}, {pipeline: b, when: "score >= 0.5"}]}
  host: both.acme.example
  access: {expose: gateway, callers: [triage/ui]}
"""
MESH = "{kind: istio, ref: istio-ingress/gateway}"


def full(mode: str, kserve: str, scale: str = "cpu: 70%", rollout: str = "") -> str:
    to = "s3://acme-payloads/churn/" if kserve == "0.20" else "https://payloads.acme.example/churn"
    return churn(FULL.format(mode=mode, scale=scale, to=to, rollout=rollout), hardware="{serving: gpu}")


def everything(folder: Path, kserve: str) -> Iterator[Served]:
    """Pipelines that use every field that is ever written."""
    old = "image" if kserve == "0.20" else "docker.io/kserve/sklearnserver:v0.15.2"
    locked = lock(image=old) if kserve == "0.15" else lock()
    rolling = lock(rollout=f"{{canary: {version(8)}, weight: 10%}}")
    canary = "\n  rollout: {canary: [10%]}"
    cases = [
        (full("standard", kserve), locked, project(kserve)),
        (full("standard", kserve, "query: up, target: 3"), locked, project(kserve)),
        (full("standard", kserve), locked, project(kserve, MESH)),
        (full("knative", kserve, "concurrency: 8", canary), locked, project(kserve)),
        (full("knative", kserve, "rps: 8") + "", locked, project(kserve)),
    ]
    if kserve == "0.20":
        cases.append((full("standard", kserve, "cpu: 70%", canary), rolling, project(kserve)))
        cases.append((full("knative", kserve, "concurrency: 8", canary), rolling, project(kserve)))
    for position, (spec, each, fairlead) in enumerate(cases):
        yield serve(folder / str(position), spec, each, fairlead=fairlead)
        hosted = spec.replace("  timeout:", "  host: churn.acme.example\n  timeout:")
        yield serve(folder / f"{position}-host", hosted, each, fairlead=fairlead)
    image = "docker.io/kserve/sklearnserver:v0.15.2" if kserve == "0.15" else "docker.io/kserve/sklearnserver:v0.20.0"
    members = {f"specs/{name}.yaml": churn("{protocol: v1}", name=name) for name in ("churn", "b")}
    members |= {f"specs/{name}.production.lock.yaml": lock(pipeline=name, image=image) for name in ("churn", "b")}
    yield serve(folder / "graph", GRAPH, name="both", more=members, fairlead=project(kserve))
    yield serve(folder / "mesh", GRAPH, name="both", more=members, fairlead=project(kserve, MESH))


def shape(kserve: str, api_version: str, kind: str) -> Any:
    types = {"0.15": v0_15, "0.20": v0_20}[kserve]
    return getattr(types, kind, None) or KServe.shapes[api_version, kind]


@cache
def adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


@pytest.mark.parametrize("kserve", ["0.15", "0.20"])
def test_every_manifest_fits_the_types_of_its_version_and_has_no_field_more(tmp_path: Path, kserve: str) -> None:
    seen = set()
    for served in everything(tmp_path, kserve):
        for made in served.compiled.resources:
            api_version, kind = str(made.manifest["apiVersion"]), made.identity.kind
            type_ = shape(kserve, api_version, kind)
            adapter(type_).validate_python(dict(made.manifest))
            assert list(unknown_fields(type_, made.manifest)) == []
            seen.add(kind)
    assert seen == {kind for _, kind in KServe.shapes}, "every kind that the target names was made"


def test_a_field_of_0_20_is_none_of_0_15() -> None:
    assert "canary" not in get_type_hints(v0_15.InferenceServiceSpec)
    assert "name" not in get_type_hints(v0_15.Predictor)
    manifest = {"spec": {"predictor": {"name": "v7"}}}
    assert list(unknown_fields(v0_15.InferenceService, manifest)) == [("spec", "predictor", "name")]
    assert list(unknown_fields(v0_20.InferenceService, manifest)) == []


def test_the_types_refuse_a_wrong_value() -> None:
    with pytest.raises(ValueError, match="trafficPercent"):
        adapter(v0_20.Canary).validate_python({"trafficPercent": "ten", "predictor": {}})


@needs_crds
@pytest.mark.parametrize("kserve", ["0.15", "0.20"])
def test_every_manifest_passes_the_released_definitions_strictly(tmp_path: Path, kserve: str) -> None:
    made = [each for served in everything(tmp_path, kserve) for each in served.compiled.resources]
    assert refused(made) == []


@needs_crds
def test_a_field_that_nobody_knows_does_not_pass(tmp_path: Path) -> None:
    made = serve(tmp_path, churn(), lock()).resource("InferenceService")
    spec = {**made.manifest["spec"], "canery": []}
    assert refused([replace(made, manifest={**made.manifest, "spec": spec})]) != []
