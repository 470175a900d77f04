from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.timezone_alone import NO_SCHEDULE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import FAIRLEAD, TUMOR, edit, examine

ALONE = edit(TUMOR, ('  schedule: "0 4 * * 1"\n', ""))


def test_a_time_zone_without_a_schedule_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, ALONE)
    assert found.places(NO_SCHEDULE) == [found.where("Europe/Zurich")]
    assert found.one(NO_SCHEDULE).level is Severity.WARNING
    assert found.codes == [NO_SCHEDULE.id]


def test_neither_is_fine(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(ALONE, ("  timezone: Europe/Zurich\n", ""))).codes == []


def test_a_time_zone_that_the_project_gives_to_all_may_wait_for_a_schedule(tmp_path: Path) -> None:
    fairlead = f"{FAIRLEAD}defaults: {{retraining: {{timezone: Europe/Zurich}}}}\n"
    assert examine(tmp_path, edit(ALONE, ("  timezone: Europe/Zurich\n", "")), fairlead=fairlead).codes == []
