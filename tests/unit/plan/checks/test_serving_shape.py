from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.serving_shape import NO_EFFECT, TWO_SHAPES
from tests.unit.plan.specs import BATCH, FAIRLEAD, SCREEN, TRIAGE, TUMOR, edit, examine

OTHERS = {"specs/screen.yaml": SCREEN, "specs/tumor.yaml": TUMOR}
MODEL = "model: {framework: sklearn}\n"
DATA = "data: {sources: {visits: {uri: s3://acme/visits.csv}}}\n"


@pytest.mark.parametrize("section", [MODEL, DATA])
def test_a_graph_has_no_model_of_its_own(tmp_path: Path, section: str) -> None:
    found = examine(tmp_path, TRIAGE + section, OTHERS)
    assert found.places(TWO_SHAPES) == [found.where(section)]
    assert [str(related.place) for related in found.one(TWO_SHAPES).related] == [found.where("graph")]


def test_a_graph_is_no_batch(tmp_path: Path) -> None:
    batch = '  batch: {schedule: "0 2 * * *", input: s3://acme/in/, output: s3://acme/out/}\n'
    found = examine(tmp_path, edit(TRIAGE, ("  access:", f"{batch}  access:")), OTHERS)
    assert found.places(TWO_SHAPES) == [found.where("batch")]


@pytest.mark.parametrize("setting", ["replicas: {min: 2}", "rollout: {canary: [10%]}", "protocol: v2", "timeout: 10s"])
def test_a_batch_has_nothing_of_a_server(tmp_path: Path, setting: str) -> None:
    found = examine(tmp_path, f"{BATCH}  {setting}\n")
    assert found.places(NO_EFFECT) == [found.where(setting)]
    assert found.codes == [NO_EFFECT.id]


def test_a_graph_has_access_and_a_timeout_alone(tmp_path: Path) -> None:
    found = examine(tmp_path, f"{TRIAGE}  timeout: 15s\n  payloads: {{log: all, to: s3://acme-payloads/}}\n", OTHERS)
    assert found.places(NO_EFFECT) == [found.where("payloads", "  payloads:")]
    assert found.one(NO_EFFECT).help == "remove it; besides, a graph has access, host, timeout"


def test_what_the_project_gives_to_all_is_not_held_against_one(tmp_path: Path) -> None:
    fairlead = f"{FAIRLEAD}defaults: {{serving: {{timeout: 30s}}}}\n"
    assert examine(tmp_path, BATCH, fairlead=fairlead).codes == []
