from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.slo_unmeasured import UNMEASURED
from tests.unit.plan.specs import ASSISTANT, FAIRLEAD, SCREEN, TUMOR, edit, examine

INSIDE = edit(TUMOR, ("expose: gateway, ", ""), ("rollout: {canary: [10%, 50%], hold: 2h}", "rollout: {}"))


def test_an_edge_that_requests_do_not_pass_measures_nothing(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(INSIDE, ("    availability: 99.9%\n", "")))
    assert found.places(UNMEASURED) == [found.where("edge")]
    assert "don't pass the gateway" in found.one(UNMEASURED).message
    assert "expose: gateway" in found.one(UNMEASURED).help


def test_availability_is_pointed_at_by_its_key(tmp_path: Path) -> None:
    spec = f"{SCREEN}monitoring: {{slos: {{availability: 99%}}}}\n"
    found = examine(tmp_path, spec)
    assert found.places(UNMEASURED) == [found.where("availability")]


@pytest.mark.parametrize("gateway", ["{kind: gateway-api, controller: other, private: true}", "{kind: none}"])
def test_a_gateway_whose_metrics_are_unknown_measures_nothing(tmp_path: Path, gateway: str) -> None:
    fairlead = edit(
        FAIRLEAD, ("{kind: gateway-api, controller: istio, ref: gateways/ml-private, private: true}", gateway)
    )
    spec = edit(TUMOR, ("rollout: {canary: [10%, 50%], hold: 2h}", "rollout: {}"))
    found = examine(tmp_path, spec, fairlead=fairlead)
    assert found.places(UNMEASURED) == [found.where("availability"), found.where("edge")]


def test_tokens_are_only_timed_by_vllm(tmp_path: Path) -> None:
    spec = edit(
        TUMOR,
        ("latency: {objective: 99%, below: 250ms, at: edge}", "time_to_first_token: {objective: 95%, below: 500ms}"),
    )
    found = examine(tmp_path, spec)
    assert found.places(UNMEASURED) == [found.where("time_to_first_token")]
    assert "`sklearn`" in found.one(UNMEASURED).message


@pytest.mark.parametrize("spec", [TUMOR, ASSISTANT])
def test_what_is_measured_is_fine(tmp_path: Path, spec: str) -> None:
    assert examine(tmp_path, spec).of(UNMEASURED) == []


def test_a_histogram_of_the_server_needs_no_gateway(tmp_path: Path) -> None:
    spec = edit(INSIDE, ("    availability: 99.9%\n", ""), ("at: edge", "at: server"))
    assert examine(tmp_path, spec).of(UNMEASURED) == []
