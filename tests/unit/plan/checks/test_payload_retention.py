from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.payload_retention import GONE_TOO_SOON, NO_CALLERS, NO_RETENTION
from tests.unit.plan.specs import SCREEN, TRIAGE, TUMOR, edit, examine

SCREEN_FILE = {"specs/screen.yaml": SCREEN}


@pytest.mark.parametrize("sensitivity", ["phi", "pii"])
def test_payloads_of_restricted_data_need_retention(tmp_path: Path, sensitivity: str) -> None:
    spec = edit(TUMOR, (", retain: 30d", ""), ("sensitivity: phi", f"sensitivity: {sensitivity}"))
    found = examine(tmp_path, spec)
    assert found.places(NO_RETENTION) == [found.where("payloads", "  payloads:")]
    assert [str(related.place) for related in found.one(NO_RETENTION).related] == [found.where(sensitivity)]
    assert found.codes == [NO_RETENTION.id]


def test_payloads_of_other_data_may_stay(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, (", retain: 30d", ""), ("phi", "internal"))).codes == []


def test_restricted_data_without_payloads_needs_none(tmp_path: Path) -> None:
    spec = edit(SCREEN, ("visits.csv", "visits.csv\n      sensitivity: phi"), ("{}", "{access: {callers: [a/b]}}"))
    assert examine(tmp_path, spec).codes == []


def test_a_model_of_restricted_data_names_its_callers(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (", callers: [triage/ui]", "")))
    assert found.places(NO_CALLERS) == [found.where("access", "  access:")]
    found = examine(tmp_path, edit(SCREEN, ("visits.csv", "visits.csv\n      sensitivity: pii")))
    assert found.places(NO_CALLERS) == [found.where("serving")]


def test_a_graph_is_held_to_the_data_of_its_members(tmp_path: Path) -> None:
    others = {**SCREEN_FILE, "specs/tumor.yaml": TUMOR}
    found = examine(tmp_path, edit(TRIAGE, ("  access: {callers: [triage/ui]}\n", "")), others)
    assert found.places(NO_CALLERS) == [found.where("serving")]
    assert "`tumor-classifier` learned from restricted data (`biopsies`)" in found.one(NO_CALLERS).message
    assert [related.place.file for related in found.one(NO_CALLERS).related] == ["specs/tumor.yaml"]


@pytest.mark.parametrize(("retain", "said"), [("16d", "14d + 3d = 17d"), ("12h", "drift looks back 1d")])
def test_payloads_are_kept_for_as_long_as_they_are_read(tmp_path: Path, retain: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("retain: 30d", f"retain: {retain}")))
    assert set(found.places(GONE_TOO_SOON)) == {found.where(retain)}
    assert any(said in each.message for each in found.of(GONE_TOO_SOON))


def test_exactly_as_long_is_long_enough(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("retain: 30d", "retain: 17d"))).codes == []
