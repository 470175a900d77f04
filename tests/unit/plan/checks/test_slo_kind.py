from __future__ import annotations

from pathlib import Path

from fairlead.plan.checks.slo_kind import NO_SERVER, NO_TOKENS
from tests.unit.plan.specs import ASSISTANT, BATCH, SCREEN, edit, examine

SLOS = "monitoring: {slos: {availability: 99%}}\n"


def test_a_batch_has_no_requests(tmp_path: Path) -> None:
    found = examine(tmp_path, BATCH + SLOS)
    assert found.places(NO_SERVER) == [found.where("slos")]
    assert "`serving.batch`" in found.one(NO_SERVER).message


def test_a_pipeline_without_serving_has_no_requests(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("serving: {}\n", SLOS)))
    assert found.places(NO_SERVER) == [found.where("slos")]
    assert "it has no `serving`" in found.one(NO_SERVER).message


def test_an_encoder_writes_no_tokens(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("task: text-generation", "task: embedding")))
    assert found.places(NO_TOKENS) == [found.where("time_to_first_token")]
    assert "a model for embedding writes no tokens" in found.one(NO_TOKENS).message


def test_where_nothing_times_tokens_that_alone_is_said(tmp_path: Path) -> None:
    spec = f"{SCREEN}monitoring: {{slos: {{time_to_first_token: {{objective: 95%, below: 500ms}}}}}}\n"
    assert examine(tmp_path, spec).codes == ["FL3101"]


def test_a_retired_pipeline_is_left_alone(tmp_path: Path) -> None:
    retired = edit(BATCH, ("owner: grid-ml}", "owner: grid-ml, retired: true}"))
    assert examine(tmp_path, retired + SLOS).of(NO_SERVER) == []


def test_a_language_model_has_both(tmp_path: Path) -> None:
    assert examine(tmp_path, ASSISTANT).codes == []
