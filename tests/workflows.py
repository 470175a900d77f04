"""Workflows of small projects, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fairlead.output.yaml import dump
from fairlead.source.diagnostics import Diagnostic
from fairlead.target import Compiled, Shared
from fairlead.workspace.load import Workspace
from fairlead.workspace.plans import plans
from fairlead.workspace.targets import chosen_targets
from tests.projects import CHURN, FAIRLEAD, read_project

EVERYTHING = """\
workflows: [validate, preview, check, build, candidates, promote, apply]
candidates: {role: "arn:aws:iam::123456789012:role/fairlead-candidates"}
clusters:
  staging: {server: "https://staging.k8s.acme.example", certificate_authority: clusters/staging.crt}
  production: {server: "https://production.k8s.acme.example", audience: production}
"""
DELIVER = "workflows: [check, deliver]\n"
DEPLOYED = FAIRLEAD.replace(
    "git: {repository: acme/ml-platform}",
    "git: {repository: acme/ml-platform, deploy: {repository: acme/ml-deploy, branches: {production: live}, path: ml}}",
)
"""A project whose output is read from another repository, and for production from a branch of its own."""
SELF = """\
workflows: [validate, preview, check]
requirements: [requirements/runtime.txt, requirements/build.txt]
project: true
code_scanning: false
python: "3.12"
runs_on: ubuntu-24.04-arm
"""
OWN_REGISTRY = """\
workflows: [build, candidates]
environment: machine-learning
app: {client_id: BOT_ID, private_key: BOT_KEY}
registry: {host: registry.acme.example, username: PUSH_USER, password: PUSH_PASSWORD}
attest: false
merge: rebase
candidates: {role: "arn:aws:iam::123456789012:role/ml/reader", schedule: "*/15 6-20 * * 1-5"}
"""
TUNED = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: tumor, owner: diagnostics-ml}
data: {sources: {biopsies: {uri: s3://acme-ml/biopsies.csv}}}
model:
  code: {path: models/tumor-classifier}
  train: {command: [python, -m, tumor.train], approval: [diagnostics-leads]}
retraining: {schedule: "0 4 * * 1", promote: automatic}
"""


def fairlead(options: str, text: str = FAIRLEAD) -> str:
    """A fairlead.yaml whose only target has these options, given as lines of YAML."""
    indented = "".join(f"      {line}\n" for line in options.splitlines())
    target = f"targets:\n  - github-actions:\n{indented}" if options else "targets: [github-actions]\n"
    start, _, rest = text.partition("targets: ")
    return start + target + rest.partition("\n")[2]


def compiled(folder: Path, options: str, specs: dict[str, str] | None = None, text: str = FAIRLEAD) -> Compiled:
    """What the target makes for the repository; a finding of the project itself fails the test."""
    workspace = read_project(
        folder, specs or {"specs/churn.yaml": CHURN, "specs/tumor.yaml": TUNED}, fairlead(options, text)
    )
    assert workspace.diagnostics == []
    return of_repository(workspace)


def of_repository(workspace: Workspace) -> Compiled:
    """What the target makes of a workspace, for the repository."""
    assert workspace.project is not None
    (chosen,), found = chosen_targets(workspace.project, workspace.project_root)
    assert found == []
    shared = Shared(workspace.project, workspace.project_root, None, plans(workspace).all())
    return chosen.target.compile_shared(shared, chosen.options)


def files(made: Compiled) -> dict[str, str]:
    """The files by path, as they are written."""
    return {
        str(file.path): file.content if isinstance(file.content, str) else dump(file.content) for file in made.files
    }


def workflow(made: Compiled, name: str) -> Any:
    """One workflow, as a reader of YAML 1.2 sees it."""
    return YAML(typ="safe", pure=True).load(files(made)[f".github/workflows/fairlead-{name}.yml"])


def codes(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[str]:
    """The codes of findings."""
    return [each.code.id for each in found]
