"""Where payloads go, and where models come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.kserve.served import churn, lock, project, serve

KEPT = "{payloads: {log: all, to: s3://acme-payloads/churn/, retain: 30d}}"


def test_payloads_are_written_in_batches_by_the_servers_account(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(KEPT), lock())
    logger = served.predictor["logger"]
    assert (logger["mode"], logger["url"]) == ("all", "s3://acme-payloads/churn/")
    assert logger["storage"]["serviceAccountName"] == "churn-serve"
    assert {"path", "key", "parameters"} <= set(logger["storage"]), "the webhook wants all three"
    assert logger["batchSize"] > 1
    assert logger["batchInterval"].endswith("s")


def test_a_record_says_which_version_answered_and_which_request_it_was(tmp_path: Path) -> None:
    served = serve(tmp_path, churn(KEPT), lock())
    logger = served.predictor["logger"]
    assert logger["metadataHeaders"] == ["X-Request-Id"]
    assert {name: served.predictor["annotations"][name] for name in logger["metadataAnnotations"]} == {
        "fairlead.dev/version": "7"
    }


def test_how_long_payloads_are_kept_stands_where_a_lifecycle_rule_can_be_compared_with_it(tmp_path: Path) -> None:
    annotations = serve(tmp_path, churn(KEPT), lock()).get("InferenceService")["metadata"]["annotations"]
    assert annotations["fairlead.dev/payloads-retain"] == "30d"


@pytest.mark.parametrize(("log", "mode"), [("requests", "request"), ("responses", "response"), ("all", "all")])
def test_the_loggers_modes(tmp_path: Path, log: str, mode: str) -> None:
    served = serve(tmp_path, churn(KEPT.replace("log: all", f"log: {log}")), lock())
    assert served.predictor["logger"]["mode"] == mode


def test_without_logging_there_is_no_agent(tmp_path: Path) -> None:
    assert "logger" not in serve(tmp_path, churn(), lock()).predictor


def test_before_0_20_payloads_can_only_be_posted(tmp_path: Path) -> None:
    old = {"fairlead": project("0.15"), "environment": "staging"}
    assert "FL4205" in serve(tmp_path / "store", churn(KEPT), lock(), **old).codes  # type: ignore[arg-type]
    posted = churn(KEPT.replace("s3://acme-payloads/churn/", "https://payloads.acme.example/churn"))
    served = serve(tmp_path / "posted", posted, lock(), **old)  # type: ignore[arg-type]
    assert "FL4205" not in served.codes
    assert {"storage", "batchSize"}.isdisjoint(served.predictor["logger"])


def test_the_agent_before_0_20_gets_a_probe_that_it_answers(tmp_path: Path) -> None:
    posted = churn(KEPT.replace("s3://acme-payloads/churn/", "https://payloads.acme.example/churn"))
    old = serve(tmp_path / "old", posted, lock(), fairlead=project("0.15"), environment="staging")
    assert "tcpSocket" in old.container["readinessProbe"]
    assert "httpGet" in serve(tmp_path / "new", posted, lock()).container["readinessProbe"]


def test_a_store_that_the_storage_initializer_cannot_read_is_refused(tmp_path: Path) -> None:
    assert "FL4216" not in serve(tmp_path / "s3", churn(), lock()).codes
    azure = lock().replace("s3://acme-ml-artifacts", "abfs://acme-ml-artifacts")
    assert "FL4216" in serve(tmp_path / "azure", churn(), azure).codes


def test_a_token_that_would_not_reach_the_download_is_refused(tmp_path: Path) -> None:
    spec = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
model: {framework: custom, source: "hf://acme/net:8f4b1c2d9e0a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"}
hardware: {serving: gpu}
serving: {runtime: triton, secrets: {HF_TOKEN: huggingface/token}}
"""
    locked = lock(None, image="nvcr.io/nvidia/tritonserver:23.05-py3")
    assert "FL4211" in serve(tmp_path / "with", spec, locked).codes
    without = spec.replace(", secrets: {HF_TOKEN: huggingface/token}", "")
    assert "FL4211" not in serve(tmp_path / "without", without, locked).codes
