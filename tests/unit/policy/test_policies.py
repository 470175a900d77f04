"""Policies fire where they should and only there, and a waiver of one silences that one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.policy.policy import POLICIES
from fairlead.policy.public_gateway import PUBLIC_GATEWAY
from fairlead.policy.single_zone import SINGLE_ZONE
from fairlead.policy.ungated_promotion import UNGATED
from fairlead.policy.waivers import UNKNOWN_POLICY
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import FAIRLEAD, SCREEN, SPEC, TRIAGE, TUMOR, edit, examine

ONE_ZONE = edit(TUMOR, ("  replicas: {min: 2", "  zones: [zone-a]\n  replicas: {min: 2"))
PUBLIC = FAIRLEAD.replace(", private: true", "")
UNPROTECTED = FAIRLEAD.replace(", protected: true", "")
UNJUDGED = SCREEN + "retraining: {schedule: '@weekly', promote: automatic}\n"


def waived(spec: str, name: str) -> str:
    """The specification with a waiver."""
    return spec + f"waivers:\n  - {{check: {name}, reason: until the move, until: 2027-03-31}}\n"


def test_one_zone_is_an_error_in_a_protected_environment(tmp_path: Path) -> None:
    found = examine(tmp_path, ONE_ZONE)
    assert found.places(SINGLE_ZONE) == [found.where("zone-a")]
    assert found.one(SINGLE_ZONE).message == "all replicas are in the zone `zone-a`, and `production` is protected"
    assert found.one(SINGLE_ZONE).level is Severity.ERROR


def test_one_zone_is_fine_elsewhere_and_so_are_two(tmp_path: Path) -> None:
    assert examine(tmp_path / "a", ONE_ZONE, fairlead=UNPROTECTED).codes == []
    assert examine(tmp_path / "b", edit(ONE_ZONE, ("[zone-a]", "[zone-a, zone-b]"))).codes == []


def test_restricted_data_behind_a_public_gateway_is_an_error(tmp_path: Path) -> None:
    found = examine(tmp_path, TUMOR, fairlead=PUBLIC)
    assert found.places(PUBLIC_GATEWAY) == [found.where("gateway", "expose: gateway")]
    assert found.one(PUBLIC_GATEWAY).level is Severity.ERROR
    assert "`biopsies`" in found.one(PUBLIC_GATEWAY).message


def test_of_a_graph_the_data_of_its_members_counts(tmp_path: Path) -> None:
    graph = edit(TRIAGE, ("access: {", "access: {expose: gateway, "))
    others = {"specs/tumor.yaml": edit(TUMOR, ("expose: gateway", "expose: cluster")), "specs/screen.yaml": SCREEN}
    found = examine(tmp_path, graph, others, fairlead=PUBLIC)
    assert found.one(PUBLIC_GATEWAY).place.file == SPEC


def test_other_data_may_be_asked_about_from_anywhere(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TUMOR, ("sensitivity: phi", "sensitivity: internal")), fairlead=PUBLIC).codes == []


def test_an_automatic_promotion_without_a_gate_is_a_warning(tmp_path: Path) -> None:
    found = examine(tmp_path, UNJUDGED)
    assert found.places(UNGATED) == [found.where("automatic")]
    assert found.one(UNGATED).level is Severity.WARNING


@pytest.mark.parametrize("evaluate", ["gates: [roc_auc >= 0.9]", "command: [python, -m, judge], metrics: [share]"])
def test_a_gate_or_an_evaluator_of_ones_own_judges(tmp_path: Path, evaluate: str) -> None:
    spec = edit(UNJUDGED, ("screen.train]}\n", f"screen.train]}}\n  evaluate: {{{evaluate}}}\n"))
    assert UNGATED.id not in examine(tmp_path, spec).codes


@pytest.mark.parametrize(
    ("spec", "name"),
    [(ONE_ZONE, "serving.single-zone"), (TUMOR, "serving.public-gateway"), (UNJUDGED, "retraining.ungated")],
)
def test_a_waiver_accepts_what_its_policy_finds(tmp_path: Path, spec: str, name: str) -> None:
    def policies(text: str) -> set[str]:
        found = examine(tmp_path, text, fairlead=PUBLIC if spec is TUMOR else FAIRLEAD)
        return {str(code) for code in found.codes if str(code).startswith("FL7")}

    assert policies(spec)
    assert policies(waived(spec, name)) == set()


def test_a_waiver_of_something_else_accepts_nothing(tmp_path: Path) -> None:
    assert SINGLE_ZONE.id in examine(tmp_path, waived(ONE_ZONE, "retraining.ungated")).codes


def test_a_waiver_of_no_policy_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    found = examine(tmp_path, waived(TUMOR, "serving.singel-zone"))
    assert found.places(UNKNOWN_POLICY) == [found.where("serving.singel-zone")]
    assert found.one(UNKNOWN_POLICY).nearest == "serving.single-zone"


def test_the_page_of_unknown_policies_lists_them_all() -> None:
    assert all(f"`{policy.name}`" in UNKNOWN_POLICY.page for policy in POLICIES)
