"""Small served pipelines, compiled by the target alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Diagnostic
from fairlead.target import Compiled, Options
from fairlead.workspace.plans import plans
from fairlead_targets.kserve import KServe
from tests.projects import read_project

DIGEST = "sha256:" + "ab" * 32


def project(
    kserve: str = "0.20", gateway: str = "{kind: gateway-api, ref: gateways/ml-private}", more: str = ""
) -> str:
    """A fairlead.yaml whose `platform` has these."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {{name: acme-ml}}
targets: [kserve]
platform:
  kserve: "{kserve}"
  knative: "1.19"
  keda: "2.20"
  kueue: "0.20"
  prometheus-operator: "0.93"
  prometheus: http://prometheus.monitoring.svc:9090
  gateway: {gateway}
  runner: ghcr.io/acme/fairlead-runner
environments:
  staging: {{namespace: ml-staging, trains: true}}
  production: {{namespace: ml, after: staging, protected: true}}
hardware:
  small: {{cpu: 2, memory: 4Gi}}
  gpu: {{cpu: 8, memory: 32Gi, disk: 100Gi, gpu: {{count: 2}}, nodes: {{acme.example/gpu: l4}},
        tolerations: [nvidia.com/gpu], queue: team-ml, priority: serving}}
artifacts: {{uri: s3://acme-ml-artifacts, region: eu-central-1, endpoint: http://minio.storage.svc:9000}}
mlflow: {{tracking_uri: http://mlflow.ml.svc:5000}}
git: {{repository: acme/ml-platform}}
{more}"""


def churn(serving: str = "{}", name: str = "churn", hardware: str = "{default: small}") -> str:
    """A specification of a trained classifier, with this `serving` section."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: {name}, owner: growth-ml}}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.parquet
      columns:
        tenure: {{type: integer}}
        churned: {{type: category, values: ["no", "yes"], positive: "yes", role: label}}
model: {{framework: sklearn, train: {{command: [python, -m, churn.train]}}}}
hardware: {hardware}
serving: {serving}
"""


def version(number: int, content: str | None = None, folder: str = "churn") -> str:
    """A version of a lock, in flow style; its bytes are told by `content`."""
    digest = (content or f"{number:02x}") * 32
    uri = f"s3://acme-ml-artifacts/models/{folder}/sha256-{digest}/"
    return f'{{version: {number}, uri: "{uri}", digest: "sha256:{digest}"}}'


def lock(
    current: str | None = version(7),
    *,
    rollout: str | None = None,
    previous: str | None = None,
    pipeline: str = "churn",
    image: str = "docker.io/kserve/sklearnserver:v0.20.0",
) -> str:
    """A lock of production, in which every image has a digest."""
    lines = [
        "apiVersion: fairlead.dev/v1",
        "kind: Lock",
        f"metadata: {{pipeline: {pipeline}, environment: production}}",
        f'images: {{"{image}": {{digest: "{DIGEST}"}}, ghcr.io/acme/fairlead-runner: {{digest: "{DIGEST}"}}}}',
    ]
    lines += [
        f"{key}: {value}" for key, value in (("model", current), ("rollout", rollout), ("previous", previous)) if value
    ]
    return "\n".join(lines) + "\n"


class Served:
    """What the target made of one pipeline in one environment."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled

    def resource(self, kind: str) -> Resource:
        """The one resource of a kind."""
        (found,) = [made for made in self.compiled.resources if made.identity.kind == kind]
        return found

    def get(self, kind: str) -> Any:
        """The manifest of the one resource of a kind."""
        return self.resource(kind).manifest

    @property
    def kinds(self) -> list[str]:
        """The kinds of everything that was made."""
        return [made.identity.kind for made in self.compiled.resources]

    @property
    def predictor(self) -> Any:
        """`spec.predictor` of the InferenceService."""
        return self.get("InferenceService")["spec"]["predictor"]

    @property
    def container(self) -> Any:
        """The server's container."""
        return self.get("ServingRuntime")["spec"]["containers"][0]

    @property
    def codes(self) -> list[str]:
        """The codes of all findings, in order."""
        return [found.code.id for found in self.compiled.diagnostics]

    def finding(self, code: str) -> Diagnostic:
        """The one finding with a code."""
        (found,) = [found for found in self.compiled.diagnostics if found.code.id == code]
        return found


def serve(
    folder: Path,
    spec: str | None = None,
    locked: str | None = None,
    *,
    fairlead: str | None = None,
    environment: str = "production",
    name: str = "churn",
    more: Mapping[str, str] | None = None,
) -> Served:
    """Compiles the pipeline `name` of a project with these files; `more` are other files by path."""
    files = {f"specs/{name}.yaml": spec or churn(), **(more or {})}
    if locked is not None:
        files[f"specs/{name}.{environment}.lock.yaml"] = locked.replace(
            "environment: production", f"environment: {environment}"
        )
    workspace = read_project(folder, files, fairlead or project())
    assert not workspace.diagnostics, [found.message for found in workspace.diagnostics]
    built = plans(workspace)
    return Served(KServe().compile(built.by_environment[environment][name], Options()))
