from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.patch_form import INCOMPLETE, ONE_FORM
from tests.unit.plan.specs import TUMOR, examine

TARGET = "why: the ingress team wants it, target: {kind: InferenceService}"
MERGE = "merge: {metadata: {annotations: {acme.example/ingress: internal}}}"
JSON = "json: [{op: remove, path: /spec/zones}]"


def patched(*forms: str) -> str:
    return f"{TUMOR}patches:\n  - {{{', '.join((TARGET, *forms))}}}\n"


def test_a_patch_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    found = examine(tmp_path, patched())
    assert found.places(ONE_FORM) == [found.where("target")]


def test_a_patch_has_one_form(tmp_path: Path) -> None:
    found = examine(tmp_path, patched(MERGE, JSON))
    assert found.places(ONE_FORM) == [found.where("json", JSON)]
    assert [str(related.place) for related in found.one(ONE_FORM).related] == [found.where("merge")]


@pytest.mark.parametrize("form", [MERGE, JSON])
def test_either_form_is_fine(tmp_path: Path, form: str) -> None:
    assert examine(tmp_path, patched(form)).codes == []


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        ("{op: replace, path: /spec/replicas}", [INCOMPLETE.id]),
        ("{op: replace, path: /spec/replicas, value: null}", []),
        ("{op: add, path: /spec/replicas, value: 2}", []),
        ("{op: move, path: /spec/a}", [INCOMPLETE.id]),
        ("{op: copy, path: /spec/a, from: /spec/b}", []),
    ],
)
def test_an_operation_has_what_it_needs(tmp_path: Path, operation: str, codes: list[str]) -> None:
    found = examine(tmp_path, patched(f"json: [{operation}]"))
    assert found.codes == codes
    if codes:
        word = operation[5:].partition(",")[0]
        assert found.places(INCOMPLETE) == [found.where(word, f"op: {word}")]
