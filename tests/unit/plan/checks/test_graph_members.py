from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.graph_members import BAD_CONDITION, BAD_WEIGHTS, GRAPH_CYCLE, MIXED_MODES, SERVES_NOT
from tests.unit.plan.specs import BATCH, SCREEN, TRIAGE, TUMOR, edit, examine

OTHERS = {"specs/screen.yaml": SCREEN, "specs/tumor.yaml": TUMOR}
FIRST = '- {pipeline: screen, when: "urgency <= 0.5"}'
SECOND = "- {pipeline: tumor-classifier}"


def test_a_batch_answers_no_requests(tmp_path: Path) -> None:
    spec = edit(TRIAGE, (SECOND, "- {pipeline: energy-forecast}"))
    found = examine(tmp_path, spec, {**OTHERS, "specs/energy.yaml": BATCH})
    assert found.places(SERVES_NOT) == [found.where("energy-forecast")]
    assert [str(each.place) for each in found.one(SERVES_NOT).related] == [
        found.where("batch", "  batch:", "specs/energy.yaml")
    ]


def test_a_pipeline_without_serving_answers_none_either(tmp_path: Path) -> None:
    found = examine(tmp_path, TRIAGE, {**OTHERS, "specs/screen.yaml": edit(SCREEN, ("serving: {}\n", ""))})
    assert found.places(SERVES_NOT) == [found.where("screen")]


def test_all_members_are_served_in_one_mode(tmp_path: Path) -> None:
    others = {**OTHERS, "specs/screen.yaml": edit(SCREEN, ("serving: {}", "serving: {mode: knative}"))}
    found = examine(tmp_path, TRIAGE, others)
    assert found.places(MIXED_MODES) == [found.where("tumor-classifier")]
    assert (
        "`tumor-classifier` is served in standard mode, and `screen` in knative mode" in found.one(MIXED_MODES).message
    )


def splitter(first: str, second: str) -> str:
    spec = edit(TRIAGE, ("type: switch", "type: splitter"), (FIRST, f"- {{pipeline: screen{first}}}"))
    return edit(spec, (SECOND, f"- {{pipeline: tumor-classifier{second}}}"))


def test_weights_are_all_of_the_requests(tmp_path: Path) -> None:
    found = examine(tmp_path, splitter(", weight: 30%", ", weight: 60%"), OTHERS)
    assert found.places(BAD_WEIGHTS) == [found.where("of", "    of:")]
    assert "30% + 60% = 90%" in found.one(BAD_WEIGHTS).message
    assert examine(tmp_path, splitter(", weight: 30%", ", weight: 70%"), OTHERS).codes == []


def test_a_splitter_chooses_by_weight(tmp_path: Path) -> None:
    found = examine(tmp_path, splitter(", weight: 30%", ""), OTHERS)
    assert found.places(BAD_WEIGHTS) == [found.where("tumor-classifier")]


def test_nothing_else_has_weights(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TRIAGE, (SECOND, "- {pipeline: tumor-classifier, weight: 30%}")), OTHERS)
    assert found.places(BAD_WEIGHTS) == [found.where("weight")]
    assert "a switch asks its members without weights" in found.one(BAD_WEIGHTS).message


@pytest.mark.parametrize("kind", ["ensemble", "splitter"])
def test_conditions_are_those_of_a_switch_or_a_sequence(tmp_path: Path, kind: str) -> None:
    found = examine(tmp_path, edit(TRIAGE, ("type: switch", f"type: {kind}")), OTHERS)
    assert found.places(BAD_CONDITION) == [found.where("when")]


def test_a_sequence_may_skip_a_member(tmp_path: Path) -> None:
    assert examine(tmp_path, edit(TRIAGE, ("type: switch", "type: sequence")), OTHERS).codes == []


def test_a_member_without_a_condition_stands_last(tmp_path: Path) -> None:
    swapped = edit(TRIAGE, (f"      {FIRST}\n      {SECOND}\n", f"      {SECOND}\n      {FIRST}\n"))
    found = examine(tmp_path, swapped, OTHERS)
    assert found.places(BAD_CONDITION) == [found.where("tumor-classifier")]
    assert "it always answers, and `screen` never" in found.one(BAD_CONDITION).message


def test_graphs_that_ask_each_other_print_the_way(tmp_path: Path) -> None:
    other = edit(TRIAGE, ("name: triage", "name: screening"), (SECOND, "- {pipeline: triage}"))
    found = examine(tmp_path, edit(TRIAGE, (SECOND, "- {pipeline: screening}")), {**OTHERS, "specs/s.yaml": other})
    messages = {str(each.place): each.message for each in found.of(GRAPH_CYCLE)}
    assert messages == {
        found.where("screening"): "this graph asks itself: triage -> screening -> triage",
        found.where(
            "triage", "{pipeline: triage}", "specs/s.yaml"
        ): "this graph asks itself: screening -> triage -> screening",
    }


def test_a_graph_may_be_a_member_of_another(tmp_path: Path) -> None:
    other = edit(TRIAGE, ("name: triage", "name: screening"))
    found = examine(tmp_path, edit(TRIAGE, (SECOND, "- {pipeline: screening}")), {**OTHERS, "specs/s.yaml": other})
    assert found.codes == []
