"""Policies fire where they should and only there, and a waiver of one silences that one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairlead.policy.chosen import NOT_INSTALLED
from fairlead.policy.missing_runbook import NO_RUNBOOK
from fairlead.policy.no_way_back import NO_WAY_BACK
from fairlead.policy.policy import BUILT_IN
from fairlead.policy.public_gateway import PUBLIC_GATEWAY
from fairlead.policy.single_zone import SINGLE_ZONE
from fairlead.policy.ungated_promotion import UNGATED
from fairlead.policy.unmeasured_serving import NO_SLO
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


def test_the_documentation_lists_them_all(repository: Path) -> None:
    page = (repository / "docs" / "policies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z.-]+)` \|.*\| (FL\d{4}) \| ([a-z]+) \|$", page, re.MULTILINE)
    assert sorted(rows) == sorted((policy.name, policy.code.id, policy.code.severity.value) for policy in BUILT_IN)


STRICT = FAIRLEAD.replace("policies: {serving.no-slo: ignore}\n", "")
SERVED = edit(SCREEN, ("serving: {}", "serving: {access: {callers: [triage/ui]}}"))


def test_a_server_without_an_objective_is_a_warning_where_it_is_protected(tmp_path: Path) -> None:
    found = examine(tmp_path / "a", SERVED, fairlead=STRICT)
    assert found.places(NO_SLO) == [found.where("serving", "serving: {access")]
    assert found.one(NO_SLO).level is Severity.WARNING
    assert examine(tmp_path / "b", SERVED, fairlead=STRICT.replace(", protected: true", "")).codes == []
    promised = SERVED + "monitoring: {slos: {latency: {objective: 99%, below: 250ms}}}\n"
    assert examine(tmp_path / "c", promised, fairlead=STRICT).codes == []


def test_who_is_paged_about_what_is_protected_finds_a_runbook(tmp_path: Path) -> None:
    paged = edit(TUMOR, ("monitoring:\n", "monitoring:\n  alerts: {page: diagnostics-oncall}\n"))
    found = examine(tmp_path / "a", paged, fairlead=STRICT)
    assert found.places(NO_RUNBOOK) == [found.where("page")]
    assert found.one(NO_RUNBOOK).level is Severity.WARNING
    assert examine(tmp_path / "b", paged, fairlead=STRICT.replace(", protected: true", "")).codes == []
    told = edit(paged, ("monitoring:\n", "monitoring:\n  runbook: https://runbooks.acme.example/tumor\n"))
    assert examine(tmp_path / "c", told, fairlead=STRICT).codes == []


@pytest.mark.parametrize(
    ("version", "more", "codes"),
    [(1, "", []), (2, "", [NO_WAY_BACK.id]), (2, "previous: {version: 1, MODEL}\n", [])],
)
def test_a_later_version_needs_one_to_go_back_to(tmp_path: Path, version: int, more: str, codes: list[str]) -> None:
    model = f"uri: s3://acme-ml-artifacts/models/screen/sha256-{'a' * 64}/, digest: sha256:{'a' * 64}"
    lock = (
        "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {pipeline: screen, environment: production}\n"
        f"model: {{version: {version}, {model}}}\n{more.replace('MODEL', model)}"
    )
    others = {SPEC.replace(".yaml", ".production.lock.yaml"): lock}
    found = examine(tmp_path, SERVED, others)
    assert [code for code in found.codes if str(code).startswith("FL7")] == codes


def test_the_project_says_how_bad_a_finding_is(tmp_path: Path) -> None:
    levels = "policies: {serving.no-slo: error, retraining.ungated: ignore, serving.single-zone: note}\n"
    project = STRICT.replace("hardware:\n", f"{levels}hardware:\n", 1)
    spec = SERVED.replace("serving: {", "serving: {zones: [zone-a], ")
    found = examine(tmp_path, spec, fairlead=project)
    assert found.one(NO_SLO).level is Severity.ERROR
    assert found.one(SINGLE_ZONE).level is Severity.NOTE
    assert UNGATED.id in examine(tmp_path / "b", UNJUDGED).codes
    assert UNGATED.id not in examine(tmp_path / "c", UNJUDGED, fairlead=project).codes


def test_what_is_ignored_may_still_be_waived(tmp_path: Path) -> None:
    assert examine(tmp_path, waived(SERVED, "serving.no-slo")).codes == []


def test_a_policy_that_is_not_installed_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    found = examine(
        tmp_path, TUMOR, fairlead=STRICT.replace("hardware:\n", "policies: {serving.no-slow: note}\nhardware:\n", 1)
    )
    assert found.one(NOT_INSTALLED).nearest == "serving.no-slo"
    assert found.one(NOT_INSTALLED).place.file == "fairlead.yaml"
