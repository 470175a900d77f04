from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.locked_model import NOT_REGISTERED
from tests.unit.plan.specs import SPEC, TUMOR, examine

DIGEST = "a" * 64
LOCK = f"""\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: tumor-classifier, environment: production}}
model:
  version: 3
  uri: URI
  digest: sha256:{DIGEST}
"""
GOOD = f"s3://acme-ml-artifacts/models/tumor-classifier/sha256-{DIGEST}/"


def locked(folder: Path, lock: str) -> list[str]:
    return examine(folder, TUMOR, {SPEC.removesuffix(".yaml") + ".production.lock.yaml": lock}).places(NOT_REGISTERED)


@pytest.mark.parametrize(
    "uri",
    [
        f"s3://scratch/models/tumor-classifier/sha256-{DIGEST}/",
        f"s3://acme-ml-artifacts/runs/tumor-classifier/sha256-{DIGEST}/",
        "s3://acme-ml-artifacts/models/tumor-classifier/latest/",
        f"s3://acme-ml-artifacts/models/tumor-classifier/sha256-{'b' * 64}/",
        f"s3://acme-ml-artifacts/models/sha256-{DIGEST}/latest/",
    ],
)
def test_a_lock_names_the_folder_of_its_own_digest_among_the_projects_models(tmp_path: Path, uri: str) -> None:
    (place,) = locked(tmp_path, LOCK.replace("URI", uri))
    assert place.endswith(".production.lock.yaml:6:8")


def test_a_canary_and_the_version_before_are_held_to_it_as_well(tmp_path: Path) -> None:
    other = f"{{version: 2, uri: s3://scratch/sha256-{DIGEST}/, digest: 'sha256:{DIGEST}'}}"
    more = f"rollout: {{canary: {other}, weight: 10%}}\nprevious: {other}\n"
    assert len(locked(tmp_path, LOCK.replace("URI", GOOD) + more)) == 2


def test_a_registered_model_is_fine(tmp_path: Path) -> None:
    assert locked(tmp_path, LOCK.replace("URI", GOOD)) == []
