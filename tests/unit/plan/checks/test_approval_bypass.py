from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.approval_bypass import CONTRADICTION
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import TUMOR, edit, examine

APPROVED = edit(TUMOR, ("    retries: 2\n", "    retries: 2\n    approval: [oncology-leads]\n"))


def test_an_automatic_promotion_that_waits_for_a_person_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(APPROVED, ("promote: pull-request", "promote: automatic")))
    assert found.places(CONTRADICTION) == [found.where("automatic")]
    assert "oncology-leads" in found.one(CONTRADICTION).message
    assert found.one(CONTRADICTION).level is Severity.WARNING


def test_either_alone_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, APPROVED).codes == []
    assert examine(tmp_path, edit(TUMOR, ("promote: pull-request", "promote: automatic"))).codes == []
