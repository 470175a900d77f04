from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.canary_hold import SHORT_HOLD, UNJUDGED
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import FAIRLEAD, TUMOR, edit, examine


def test_a_canary_shorter_than_the_alert_window_is_refused(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("hold: 2h", "hold: 59m")))
    assert found.places(SHORT_HOLD) == [found.where("59m")]
    assert "59m < 1h" in found.one(SHORT_HOLD).message
    assert found.one(SHORT_HOLD).nearest == "1h"
    assert [str(related.place) for related in found.one(SHORT_HOLD).related] == [found.where("availability")]


def test_the_window_itself_is_long_enough(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("hold: 2h", "hold: 1h"))).codes == []


def test_without_a_canary_nothing_is_held(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("canary: [10%, 50%], hold: 2h", "hold: 5m"))).codes == []


def test_a_canary_without_objectives_is_judged_by_nothing(tmp_path: Path) -> None:
    spec = edit(
        TUMOR,
        ("  slos:\n    window: 30d\n    availability: 99.9%\n", ""),
        ("    latency: {objective: 99%, below: 250ms, at: edge}\n", ""),
    )
    found = examine(tmp_path, spec)
    assert found.places(UNJUDGED) == [found.where("[10%, 50%]")]
    assert found.one(UNJUDGED).level is Severity.WARNING
    assert found.codes == [UNJUDGED.id]


def test_a_gateway_that_counts_by_route_can_not_judge_a_version(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("controller: istio", "controller: envoy-gateway"))
    found = examine(tmp_path, TUMOR, fairlead=fairlead)
    assert found.places(UNJUDGED) == [found.where("[10%, 50%]")]
    assert "none of the 2 objectives" in found.one(UNJUDGED).message
    assert "envoy-gateway" in found.one(UNJUDGED).message


def test_one_objective_that_tells_versions_apart_is_enough(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ("controller: istio", "controller: envoy-gateway"))
    assert examine(tmp_path, edit(TUMOR, ("at: edge", "at: server")), fairlead=fairlead).codes == []
