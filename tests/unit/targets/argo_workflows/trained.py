"""Small trained pipelines, compiled by the target alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairlead.plan.plan import Plan
from fairlead.resources.resource import Resource
from fairlead.target import Compiled, Shared
from fairlead.workspace.load import Workspace
from fairlead.workspace.plans import plans
from fairlead_targets.argo_workflows import ArgoWorkflows
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions
from tests.projects import read_project

DIGEST = "sha256:" + "ab" * 32
PLATFORM = """\
  argo-workflows: "4.1"
  argo-events: "1.9"
  kserve: "0.20"
  kubeflow-trainer: "2.1"
  kueue: "0.20"
  runner: ghcr.io/acme/fairlead-runner"""
SPLIT = "validation: 0.1, test: 0.2"


def project(platform: str = PLATFORM, artifacts: str = "{uri: s3://acme-ml-artifacts/ml, region: eu-central-1}") -> str:
    """A fairlead.yaml whose `platform` and `artifacts` are these."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Project
metadata: {{name: acme-ml}}
targets: [argo-workflows]
platform:
{platform}
environments:
  staging: {{namespace: ml-staging, trains: true}}
  production: {{namespace: ml, after: staging, protected: true}}
hardware:
  small: {{cpu: 2, memory: 4Gi}}
  gpu: {{cpu: 8, memory: 32Gi, disk: 100Gi, shm: 8Gi, gpu: {{count: 2}}, nodes: {{acme.example/gpu: l4}},
         tolerations: [nvidia.com/gpu], queue: team-ml, priority: batch, spot: true}}
artifacts: {artifacts}
mlflow: {{tracking_uri: http://mlflow.ml.svc:5000}}
git: {{repository: acme/ml-platform}}
"""


def churn(
    train: str = "command: [python, -m, churn.train]",
    model: str = "",
    data: str = "",
    more: str = "",
    sources: str = "",
) -> str:
    """A specification of a trained classifier with these additions, each the lines of a section."""
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: churn, owner: growth-ml}}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.parquet
      columns:
        id: {{type: string, role: id}}
        age: {{type: integer}}
        plan: {{type: category, values: [a, b]}}
        left: {{type: category, values: ["yes", "no"], positive: "yes", role: label}}
{sources}
{data}
model:
  task: binary-classification
  framework: sklearn
  code: {{image: ghcr.io/acme/churn}}
  train: {{{train}}}
{model}
{more}
"""


def lock(environment: str = "staging", version: bool = True, images: bool = True) -> str:
    """A lock with a version, and with a digest for every image."""
    text = f"apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {{pipeline: churn, environment: {environment}}}\n"
    if version:
        text += f"""\
model:
  version: 7
  uri: s3://acme-ml-artifacts/models/churn/{DIGEST.replace(":", "-")}/
  digest: {DIGEST}
  reference: {{uri: "s3://acme-ml-artifacts/reference/churn.json", digest: {DIGEST}}}
"""
    if images:
        names = ("ghcr.io/acme/churn", "ghcr.io/acme/fairlead-runner")
        text += "images:\n" + "".join(f"  {name}: {{digest: {DIGEST}}}\n" for name in names)
    return text


def read(folder: Path, spec: str, fairlead: str | None = None, locks: Mapping[str, str] | None = None) -> Workspace:
    """A workspace with one specification, and its locks by environment."""
    files = {"specs/churn.yaml": spec}
    files |= {f"specs/churn.{name}.lock.yaml": text for name, text in (locks or {}).items()}
    return read_project(folder, files, fairlead or project())


def plan_of(workspace: Workspace, environment: str = "staging") -> Plan:
    """The only plan of an environment."""
    (plan,) = plans(workspace).of(environment)
    return plan


def compiled(
    folder: Path,
    spec: str,
    fairlead: str | None = None,
    locks: Mapping[str, str] | None = None,
    environment: str = "staging",
    **options: Any,
) -> Compiled:
    """What the target makes of the specification in one environment."""
    workspace = read(folder, spec, fairlead, locks)
    assert [str(found) for found in workspace.diagnostics if found.level == "error"] == []
    return ArgoWorkflows().compile(plan_of(workspace, environment), ArgoWorkflowsOptions(**options))


def compiled_shared(folder: Path, spec: str, environment: str = "staging") -> Compiled:
    """What the target makes of what an environment's pipelines share."""
    workspace = read(folder, spec)
    assert workspace.project is not None
    built = (plan_of(workspace, environment),)
    shared = Shared(workspace.project, workspace.project_root, environment, built)
    return ArgoWorkflows().compile_shared(shared, ArgoWorkflowsOptions())


def one(made: Compiled, kind: str, name: str | None = None) -> Any:
    """The manifest of the only resource of a kind, or of the one with a name."""
    found = [item for item in made.resources if item.identity.kind == kind and name in (None, item.identity.name)]
    assert len(found) == 1, [str(item.identity) for item in made.resources]
    return found[0].manifest


def names(made: Compiled) -> list[str]:
    """`Kind name` of every resource."""
    return [f"{item.identity.kind} {item.identity.name}" for item in made.resources]


def workflow(made: Compiled) -> Any:
    """The training's WorkflowTemplate."""
    return one(made, "WorkflowTemplate", "churn-train")


def template(manifest: Any, name: str) -> Any:
    """A template of a WorkflowTemplate."""
    return next(item for item in manifest["spec"]["templates"] if item["name"] == name)


def task(manifest: Any, name: str, within: str = "pipeline") -> Any:
    """A task of a DAG."""
    return next(item for item in template(manifest, within)["dag"]["tasks"] if item["name"] == name)


def variables(container: Any) -> dict[str, Any]:
    """The variables of a container: a value, or where it comes from."""
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container["env"]}


def resource(made: Compiled, kind: str) -> Resource:
    """The only resource of a kind."""
    (found,) = [item for item in made.resources if item.identity.kind == kind]
    return found
