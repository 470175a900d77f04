from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.renamed_from import NOT_RENAMED
from tests.unit.plan.specs import BATCH, SCREEN, TUMOR, edit, examine


def renamed(before: str, spec: str = SCREEN) -> str:
    owner = "owner: diagnostics-ml}" if "diagnostics-ml" in spec else "owner: grid-ml}"
    return edit(spec, (owner, owner.removesuffix("}") + f", renamed_from: {before}}}"))


def test_a_name_that_lives_can_not_be_the_one_before(tmp_path: Path) -> None:
    found = examine(tmp_path, renamed("tumor-classifier"), {"specs/tumor.yaml": TUMOR})
    assert found.places(NOT_RENAMED) == [found.where("tumor-classifier")]
    assert "specs/tumor.yaml, which is still there" in found.one(NOT_RENAMED).message
    assert [each.place.file for each in found.one(NOT_RENAMED).related] == ["specs/tumor.yaml"]


def test_nothing_was_renamed_from_itself(tmp_path: Path) -> None:
    found = examine(tmp_path, renamed("screen"))
    assert found.places(NOT_RENAMED) == [found.where("screen", "renamed_from: screen")]


def test_two_pipelines_were_not_one_before(tmp_path: Path) -> None:
    found = examine(tmp_path, renamed("old"), {"specs/energy.yaml": renamed("old", BATCH)})
    assert found.places(NOT_RENAMED) == [found.where("old")]
    assert "`energy-forecast` says" in found.one(NOT_RENAMED).message


def test_a_name_that_nobody_has_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, renamed("old-screen"), {"specs/tumor.yaml": TUMOR}).codes == []
