"""The door to MLflow, on an embedded database: what is written is found again, twice is once, and errors are clear."""

from __future__ import annotations

import math
import socket
from pathlib import Path

import pytest

from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.mlflow import DatasetInput, Mlflow


def test_a_run_is_found_again_by_its_key_and_opened_once(tracking: Mlflow) -> None:
    parent = tracking.open_run("churn", "run-1", tags={"trigger": "manual"})
    assert tracking.open_run("churn", "run-1") == parent
    children = [tracking.open_run("churn", f"run-1/{index}", parent=parent) for index in range(3)]
    assert [child.id for child in tracking.children(parent)] == children
    assert tracking.find_run("churn", "run-2") is None
    assert tracking.find_run("nobody", "run-1") is None
    tracking.end_run(parent, "FAILED")
    assert tracking.run(parent).status == "FAILED"
    assert tracking.open_run("churn", "run-1") == parent
    assert tracking.run(parent).status == "RUNNING"


def test_what_a_run_is_told_it_says(tracking: Mlflow, tmp_path: Path) -> None:
    run = tracking.open_run("churn", "run-1")
    tracking.log_params(run, {f"depth_{index}": index for index in range(150)})
    tracking.log_metrics(run, {"recall[age_band=40-60]": 0.5, "recall": 0.75, "auc": math.nan})
    tracking.set_tags(run, {"fairlead.gate": "passed"})
    (tmp_path / "report.json").write_text("{}")
    tracking.log_file(run, tmp_path / "report.json", "evaluation")
    tracking.log_text(run, "said", "evaluation/said.txt")
    for _ in range(2):
        tracking.log_dataset(run, DatasetInput("customers", "sha256:" + "ab" * 32, "s3://acme/customers/", "training"))
    known = tracking.run(run)
    assert len(known.params) == 150
    assert known.metrics["recall/age_band/40-60"] == 0.5
    assert math.isnan(known.metrics["auc"])
    assert known.tags["fairlead.gate"] == "passed"
    assert tracking.artifacts(run, "evaluation") == ["evaluation/report.json", "evaluation/said.txt"]


def test_versions_are_numbered_found_by_tag_and_pointed_to(tracking: Mlflow) -> None:
    run = tracking.open_run("churn", "run-1")
    assert tracking.versions("churn") == []
    first = tracking.register_version("churn", "s3://acme/models/1/", run=run, tags={"fairlead.digest": "sha256:1"})
    second = tracking.register_version("churn", "s3://acme/models/2/", run=None, tags={"long": "x" * 20_000})
    assert (first.number, second.number) == (1, 2)
    assert second.tags["long"] == "x" * 20_000
    assert tracking.versions("churn", {"fairlead.digest": "sha256:1"}) == [first]
    assert [each.number for each in tracking.versions("churn")] == [2, 1]
    assert tracking.aliased("churn", "champion") is None
    tracking.set_alias("churn", "champion", 1)
    found = tracking.aliased("churn", "champion")
    assert found is not None
    assert (found.number, found.run, found.aliases) == (1, run, ("champion",))
    tracking.delete_alias("churn", "champion")
    tracking.delete_alias("churn", "champion")
    assert tracking.version("churn", 1).aliases == ()


def test_what_is_not_there_is_missing(tracking: Mlflow) -> None:
    with pytest.raises(Missing, match="the run abc can't be read: MLflow at sqlite:"):
        tracking.run("abc")
    with pytest.raises(Missing, match="version 3 of churn"):
        tracking.version("churn", 3)
    with pytest.raises(Missing):
        tracking.set_alias("churn", "champion", 1)


def test_a_server_that_is_down_is_one_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    # Nothing listens on port 9, which was reserved for what discards everything.
    with pytest.raises(RemoteFailure) as failure:
        Mlflow("http://user:secret@127.0.0.1:9").open_run("churn", "run-1")
    assert failure.value.message == (
        "the experiment churn can't be searched: MLflow at http://127.0.0.1:9 does not answer"
    )
    assert "tracking_uri" in failure.value.help


def test_whoever_would_rather_not_wait_learns_first_whether_somebody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert Mlflow(address).is_reachable()
    assert not Mlflow(address).is_reachable()
    assert Mlflow("sqlite:////nowhere/mlflow.db").is_reachable()


@pytest.mark.parametrize("uri", [f"http://{'a' * 64}.example", "http://mlflow:99999", "http://[::1"])
def test_what_can_be_no_address_is_not_reachable(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert not Mlflow(uri).is_reachable()


def test_without_a_tracking_uri_nothing_is_written_anywhere() -> None:
    with pytest.raises(RemoteFailure, match="MLFLOW_TRACKING_URI is not set"):
        Mlflow.from_environment({})
