"""Everything that a reconciler is told, as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.output.yaml import dump
from tests.reconciled import compiled

BRANCHES = (
    "git: {repository: acme/ml-platform, deploy: {repository: acme/ml-deploy, branches: {production: live}, "
    "path: clusters/ml}}\n"
)
CASES = {
    "argo-cd": ("argo-cd", "", "git: {repository: acme/ml-platform}\n"),
    "argo-cd-elsewhere": (
        "argo-cd",
        "{applications: environment, environments: {staging: {cluster: ml, prune: never}, production: {sync: manual}}}",
        BRANCHES,
    ),
    "flux": ("flux", "", "git: {repository: acme/ml-platform}\n"),
    "flux-elsewhere": (
        "flux",
        "{kustomizations: environment, secret: deploy-key, environments: {production: {service_account: ml-deployer}}}",
        BRANCHES,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_reconciler_is_told(case: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    target, options, git = CASES[case]
    made = compiled(tmp_path, target, options, git)
    for resource in made.resources:
        assert dump(resource.manifest) == snapshot(name=str(resource.identity))
    for file in made.files:
        assert not isinstance(file.content, str)
        assert dump(file.content) == snapshot(name=str(file.path))
