"""What is in a picture, before any format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fairlead.plan.draw.drawing import Flow, Kind, Link, Stage, drawing
from fairlead.plan.nodes import Propose
from tests.unit.plan.draw.example import plan_of


def between(links: tuple[Link, ...], giver: str, reader: str) -> list[Link]:
    return [link for link in links if (link.giver, link.reader) == (giver, reader)]


def test_every_node_of_the_plan_is_shown_once(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    shown = [vertex.id for vertex in drawing(plan).vertices]
    assert sorted(shown) == sorted([*plan.nodes, "lock"])


def test_every_edge_is_shown_but_for_the_way_through_the_lock_and_what_is_only_noted_down(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    shown = {(link.giver, link.reader, link.label) for link in drawing(plan).links if link.flow is Flow.ARTIFACT}
    assert {tuple(edge) for edge in plan.edges()} - shown == {
        ("register", "serve", "version"),
        ("data/scans", "propose", "manifest/scans"),
        ("split", "register", "dataset/train"),
        ("split", "register", "dataset/test"),
    }
    assert shown - {tuple(edge) for edge in plan.edges()} == {("lock", "serve", "version")}


def test_a_candidate_reaches_the_server_by_a_commit_to_the_lock(tmp_path: Path) -> None:
    shown = drawing(plan_of(tmp_path))
    commit = between(shown.links, "propose", "lock")
    assert [(link.flow, link.label) for link in commit] == [(Flow.COMMIT, "candidate")]
    assert "merged by a person" in commit[0].why


@pytest.mark.parametrize(
    ("approval", "said"), [((), "merged when its checks pass"), (("vision-leads",), "merged by a person")]
)
def test_a_candidate_that_a_team_releases_is_merged_by_a_person(
    tmp_path: Path, approval: tuple[str, ...], said: str
) -> None:
    plan = plan_of(tmp_path)
    propose = plan.only(Propose)
    assert propose is not None
    nodes = {**plan.nodes, propose.id: replace(propose, promote="automatic", approval=approval)}
    (commit,) = between(drawing(replace(plan, nodes=nodes)).links, "propose", "lock")
    assert said in commit.why


def test_the_loop_is_shown_with_its_reason(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    assert plan.loop is not None
    loop = [link for link in drawing(plan).links if link.flow is Flow.LOOP]
    assert [(link.giver, link.reader, link.why) for link in loop] == [("retrain", "data/scans", plan.loop.why)]


def test_where_nothing_trains_the_lock_is_fed_by_the_environment_before(tmp_path: Path) -> None:
    shown = drawing(plan_of(tmp_path, environment="production"))
    assert [vertex.id for vertex in shown.vertices[:3]] == ["environment/staging", "lock", "serve"]
    assert between(shown.links, "environment/staging", "lock")[0].flow is Flow.COMMIT
    assert Stage.TRAINING not in dict(shown.stages())


def test_what_waits_says_why(tmp_path: Path) -> None:
    waits = {v.id: v.waits.reason for v in drawing(plan_of(tmp_path)).vertices if v.waits}
    assert waits["serve"] == "awaiting-first-version"
    assert "train" not in waits


def test_a_graph_of_models_shows_when_each_member_is_asked(tmp_path: Path) -> None:
    shown = drawing(plan_of(tmp_path, "triage"))
    calls = [(link.reader, link.label) for link in shown.links if link.flow is Flow.CALL]
    assert calls == [("pipeline/parcels", "when score >= 0.5"), ("pipeline/letters", "otherwise")]
    assert [vertex.kind for vertex in shown.vertices] == [Kind.GRAPH, Kind.MEMBER, Kind.MEMBER]


def test_a_model_that_is_not_trained_has_no_lock_to_wait_for(tmp_path: Path) -> None:
    assert [vertex.id for vertex in drawing(plan_of(tmp_path, "letters")).vertices] == ["serve"]
