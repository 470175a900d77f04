from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.spec.secrets import LITERAL_SECRET
from tests.unit.plan.specs import TUMOR, edit, examine

# Put together here, so that no scanner of this repository takes a made-up token for a real one.
GITHUB = "ghp_" + "a1B2" * 9
PASSWORD = "postgresql://reader:" + "hunter2x" + "@db/features"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{OMP_NUM_THREADS: "4"}', f"{{DATABASE: '{PASSWORD}'}}"),
        ("{max_depth: 6, learning_rate: 0.1}", f"{{max_depth: 6, token: {GITHUB}}}"),
        ("[python, -m, tumor.train]", f"[python, -m, tumor.train, --token={GITHUB}]"),
        ("owner: diagnostics-ml}", f"owner: diagnostics-ml, description: use {GITHUB} for now}}"),
    ],
    ids=["env", "parameter", "argument", "description"],
)
def test_a_literal_that_looks_like_a_secret_is_an_error_wherever_it_stands(
    tmp_path: Path, before: str, after: str
) -> None:
    found = examine(tmp_path, edit(TUMOR, (before, after)))
    secret = GITHUB if GITHUB in after else PASSWORD
    line = found.where(secret).split(":")[1]
    assert [each.place.line for each in found.of(LITERAL_SECRET)] == [int(line)]
    assert found.codes == [LITERAL_SECRET.id]


def test_the_place_is_that_of_the_value_and_the_value_is_not_repeated(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("learning_rate: 0.1}", f"key: {GITHUB}}}")))
    assert found.places(LITERAL_SECRET) == [found.where(GITHUB)]
    assert GITHUB not in found.one(LITERAL_SECRET).message + found.one(LITERAL_SECRET).help
    assert "a GitHub token" in found.one(LITERAL_SECRET).message


def test_a_patch_is_looked_at_as_well(tmp_path: Path) -> None:
    patch = f"patches:\n  - {{why: a token, target: {{kind: Secret}}, merge: {{data: {{token: {GITHUB}}}}}}}\n"
    found = examine(tmp_path, TUMOR + patch)
    assert found.places(LITERAL_SECRET) == [found.where(GITHUB)]


@pytest.mark.parametrize("value", ["s3://acme-ml/features/", "sha256:" + "0" * 64, "$TOKEN", "password=required"])
def test_what_only_sounds_like_one_is_fine(tmp_path: Path, value: str) -> None:
    assert examine(tmp_path, edit(TUMOR, ('{OMP_NUM_THREADS: "4"}', f"{{WHERE: '{value}'}}"))).codes == []
