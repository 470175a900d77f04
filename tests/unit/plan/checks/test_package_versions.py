from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.package_versions import OTHER_PYTHON, UNLOADABLE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import TUMOR, Found, edit, examine

LOCK = "specs/it.staging.lock.yaml"
DIGEST = "sha256:" + "a" * 64
TEXT = f"""\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {{pipeline: tumor-classifier, environment: staging}}
model:
  version: 7
  uri: s3://acme-ml-artifacts/models/tumor-classifier/sha256-{"a" * 64}/
  digest: {DIGEST}
  packages: {{scikit-learn: 1.5.2, joblib: 1.4.2, python: 3.11.9}}
"""
CANARY = f"""\
rollout:
  weight: 10%
  canary:
    version: 8
    uri: s3://acme-ml-artifacts/models/tumor-classifier/sha256-{"b" * 64}/
    digest: sha256:{"b" * 64}
    packages: {{scikit-learn: 1.7.0}}
"""


def with_lock(folder: Path, lock: str, spec: str = TUMOR) -> Found:
    return examine(folder, spec, {LOCK: lock})


def test_a_version_that_the_runtime_can_not_load_is_pointed_at_in_the_lock(tmp_path: Path) -> None:
    found = with_lock(tmp_path, edit(TEXT, ("scikit-learn: 1.5.2", "scikit-learn: 1.7.0")))
    assert found.places(UNLOADABLE) == [found.where("1.7.0", file=LOCK)]
    message = found.one(UNLOADABLE).message
    assert (
        message == "version 7 was trained with scikit-learn 1.7.0, and the sklearn runtime of KServe 0.20 takes ~=1.5.1"
    )
    assert [str(related.place) for related in found.one(UNLOADABLE).related] == [
        found.where("sklearn", "runtime: sklearn")
    ]


def test_names_are_compared_as_package_indexes_do(tmp_path: Path) -> None:
    lock = edit(TEXT, ("scikit-learn: 1.5.2", "Scikit_Learn: 1.7.0"))
    assert with_lock(tmp_path, lock).places(UNLOADABLE) == [with_lock(tmp_path, lock).where("1.7.0", file=LOCK)]


def test_a_canary_is_looked_at_as_well(tmp_path: Path) -> None:
    found = with_lock(tmp_path, TEXT + CANARY)
    assert found.places(UNLOADABLE) == [found.where("1.7.0", file=LOCK)]
    assert "version 8" in found.one(UNLOADABLE).message


def test_what_is_no_version_is_said(tmp_path: Path) -> None:
    found = with_lock(tmp_path, edit(TEXT, ("joblib: 1.4.2", "joblib: latest")))
    assert found.places(UNLOADABLE) == [found.where("latest", file=LOCK)]


@pytest.mark.parametrize(("python", "codes"), [("3.11.9", []), ("3.13.1", [OTHER_PYTHON.id])])
def test_a_pickle_of_another_python_is_a_warning(tmp_path: Path, python: str, codes: list[str]) -> None:
    found = with_lock(tmp_path, edit(TEXT, ("3.11.9", python)))
    assert found.codes == codes
    if codes:
        assert found.places(OTHER_PYTHON) == [found.where(python, file=LOCK)]
        assert found.one(OTHER_PYTHON).level is Severity.WARNING


def test_versions_that_load_and_packages_that_nobody_pins_are_fine(tmp_path: Path) -> None:
    assert with_lock(tmp_path, edit(TEXT, ("joblib: 1.4.2", "joblib: 1.4.2, numpy: 9.9.9"))).codes == []


def test_what_an_image_of_ones_own_holds_is_not_known(tmp_path: Path) -> None:
    own = edit(TUMOR, ("  runtime: sklearn\n", "  runtime: sklearn\n  image: ghcr.io/acme/server\n"))
    assert with_lock(tmp_path, edit(TEXT, ("1.5.2", "1.7.0")), own).codes == []
