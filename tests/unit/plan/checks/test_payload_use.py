from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.payload_use import NOWHERE_TO, UNLOGGED
from tests.unit.plan.specs import BATCH, SCREEN, TUMOR, edit, examine

PAYLOADS = "{log: all, to: s3://acme-ml-payloads/tumor-classifier/, retain: 30d}"
DRIFT = SCREEN.replace("serving: {}", "serving: {payloads: {log: requests, to: s3://acme-payloads/}}")


@pytest.mark.parametrize(
    ("log", "drift", "word"),
    [
        ("responses", "{every: 1h}", "all"),
        ("requests", "{every: 1h, prediction: true}", "all"),
        ("none", "{every: 1h}", "requests"),
    ],
)
def test_drift_needs_what_it_reads(tmp_path: Path, log: str, drift: str, word: str) -> None:
    spec = edit(DRIFT, ("log: requests", f"log: {log}")) + f"monitoring: {{drift: {drift}}}\n"
    found = examine(tmp_path, spec)
    assert found.places(UNLOGGED) == [found.where(log, f"log: {log}")]
    assert found.one(UNLOGGED).nearest == word
    assert f"`payloads.log` is `{log}`" in found.one(UNLOGGED).message


def test_drift_of_features_needs_requests_alone(tmp_path: Path) -> None:
    assert examine(tmp_path, f"{DRIFT}monitoring: {{drift: {{every: 1h}}}}\n").codes == []


def test_payloads_that_are_not_logged_at_all_are_missed_where_they_are_read(tmp_path: Path) -> None:
    found = examine(tmp_path, f"{SCREEN}monitoring: {{drift: {{every: 1h}}}}\n")
    assert found.places(UNLOGGED) == [found.where("drift")]


def test_quality_needs_both(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("log: all", "log: responses")))
    assert found.places(UNLOGGED) == [found.where("responses")] * 2
    assert {each.message.split(" reads")[0] for each in found.of(UNLOGGED)} == {"drift of features", "quality"}


def test_a_pipeline_without_a_server_logs_nothing(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("serving: {}\n", "monitoring: {drift: {every: 1h}}\n")))
    assert found.places(UNLOGGED) == [found.where("drift")]
    assert "this pipeline has no server" in found.one(UNLOGGED).message


def test_a_batch_keeps_what_it_scored(tmp_path: Path) -> None:
    assert examine(tmp_path, f"{BATCH}monitoring: {{drift: {{prediction: true}}}}\n").codes == []


def test_payloads_need_a_place(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (PAYLOADS, "{log: all, retain: 30d}")))
    assert found.places(NOWHERE_TO) == [found.where("all", "log: all")]
    assert found.codes == [NOWHERE_TO.id]
