"""`fairlead serve` answers over HTTP as KServe does, keeps what it was asked, and measures drift on that."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import joblib
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sklearn.tree import DecisionTreeClassifier

from fairlead.remote.contents import manifest_of
from fairlead.remote.storage import uri_of
from fairlead.resources.metric_names import DRIFT_ROWS, DRIFT_SCORE
from fairlead.steps.reference import Answers, Reference, categories, numbers
from tests.conformance.ports import accepts, free_ports, until
from tests.projects import write_project

SPEC = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.csv
      columns:
        tenure: {type: float}
        spend: {type: float}
        left: {type: category, values: ["no", "yes"], positive: "yes", role: label}
model: {task: binary-classification, framework: sklearn, train: {command: [python, -m, churn.train]}}
serving: {protocol: v2, output: OUTPUT, payloads: {log: all, to: s3://acme-payloads/churn/}}
monitoring: {drift: {every: 1h, window: 24h, method: psi, threshold: 0.2, prediction: true}}
"""
LOCK = """\
apiVersion: fairlead.dev/v1
kind: Lock
metadata: {pipeline: churn, environment: local}
model:
  version: 3
  uri: MODEL
  digest: DIGEST
  reference: {uri: REFERENCE, digest: STATISTICS}
"""


@dataclass
class Server:
    """One that runs, its project, and what it says."""

    root: Path
    address: str
    process: subprocess.Popen[str]

    def post(self, path: str, content: dict[str, Any], **headers: str) -> httpx.Response:
        return httpx.post(f"{self.address}{path}", json=content, headers=headers, timeout=60)

    def samples(self) -> dict[tuple[str, str], float]:
        """The metrics by their names, and by the feature or the model that they are of."""
        text = httpx.get(f"{self.address}/metrics", timeout=60).text
        return {
            (sample.name, sample.labels.get("feature") or sample.labels.get("model_name", "")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


def project(folder: Path, output: str) -> Path:
    """A project with a model of two features in the lock of this machine, and what it learned from."""
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(2000, 2))
    # Objects, as a table has them: texts of a fixed width are what KServe can't send by the protocol v2.
    labels = np.where(rows[:, 0] > 0, "yes", "no").astype(object)
    model = folder / "made"
    model.mkdir(parents=True)
    joblib.dump(DecisionTreeClassifier(max_depth=2, random_state=0).fit(rows, labels), model / "model.joblib")
    reference = Reference(
        rows=len(rows),
        inputs=("tenure", "spend"),
        features={"tenure": numbers(rows[:, 0].tolist()), "spend": numbers(rows[:, 1].tolist())},
        answers=Answers(classes=("no", "yes"), positive=1),
        prediction=categories(labels.tolist())
        if output == "label"
        else numbers((rows[:, 0] > 0).astype(float).tolist()),
    )
    (folder / "reference.json").write_bytes(reference.encode())
    root = write_project(folder / "project", {"specs/churn.yaml": SPEC.replace("OUTPUT", output)})
    found = manifest_of(model).digest
    there = folder / found.replace(":", "-")
    model.rename(there)
    said = (
        LOCK.replace("MODEL", f"{uri_of(there).rstrip('/')}/")
        .replace("DIGEST", found)
        .replace("REFERENCE", uri_of(folder / "reference.json"))
        .replace("STATISTICS", reference.digest)
    )
    (root / ".fairlead/locks").mkdir(parents=True)
    (root / ".fairlead/locks/churn.lock.yaml").write_text(said)
    return root


def start(root: Path, port: int, *more: str) -> subprocess.Popen[str]:
    words = ["fairlead", "serve", "churn", "--port", str(port), "--drift-every", "1s", *more]
    script = f"import sys; sys.argv = {words!r}; from fairlead.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module", params=["label", "probability"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = project(tmp_path_factory.mktemp("serving"), request.param)
    (port,) = free_ports(1)
    process = start(root, port)
    try:
        until(lambda: accepts(port) or process.poll() is not None, "the server does not answer")
        assert process.poll() is None, process.communicate()[1]
        yield Server(root, f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()
        process.communicate()


def test_it_answers_in_both_protocols(server: Server) -> None:
    probability = "output: probability" in (server.root / "specs/churn.yaml").read_text()
    old = server.post("/v1/models/churn:predict", {"instances": [[-1.0, 0.0], [1.0, 0.0]]})
    assert old.status_code == 200, old.text
    assert old.json()["predictions"] == ([[1.0, 0.0], [0.0, 1.0]] if probability else ["no", "yes"])
    tensor = {"name": "x", "shape": [2, 2], "datatype": "FP64", "data": [-1.0, 0.0, 1.0, 0.0]}
    new = server.post("/v2/models/churn/infer", {"inputs": [tensor]})
    assert new.status_code == 200, new.text
    (output,) = new.json()["outputs"]
    assert output["data"] == ([1.0, 0.0, 0.0, 1.0] if probability else ["no", "yes"])
    assert httpx.get(f"{server.address}/v2/models/churn/ready").status_code == 200


def test_its_metrics_are_those_of_kserve(server: Server) -> None:
    server.post("/v1/models/churn:predict", {"instances": [[1.0, 0.0]]})
    names = {name for name, model in server.samples() if model == "churn"}
    for what in ("preprocess", "predict", "postprocess"):
        assert f"request_{what}_seconds_bucket" in names


def test_what_is_asked_drifts_when_it_is_not_what_was_learned_from(server: Server) -> None:
    rows = np.random.default_rng(1).normal(loc=[3.0, 0.0], size=(400, 2))
    answer = server.post("/v1/models/churn:predict", {"instances": rows.tolist()}, **{"X-Request-Id": "r-1"})
    assert answer.status_code == 200

    def both_were_kept() -> bool:
        kept = [json.loads(path.read_text()) for path in (server.root / ".fairlead/payloads").rglob("*.json")]
        return len({each["reqType"] for each in kept if each["metadata"].get("X-Request-Id") == ["r-1"]}) == 2

    # KServe's server logs an answer after it has sent it.
    until(both_were_kept, "the question and the answer were not kept")

    def measured() -> bool:
        return server.samples().get((DRIFT_ROWS.series, ""), 0) >= 400

    until(measured, "drift was not measured")
    samples = server.samples()
    assert samples[DRIFT_SCORE.series, "tenure"] > 1
    assert samples[DRIFT_SCORE.series, "spend"] < 0.2
    assert samples[DRIFT_SCORE.series, "prediction"] > 1


def test_a_request_that_does_not_fit_is_refused_and_the_server_goes_on(server: Server) -> None:
    refused = server.post("/v1/models/churn:predict", {"instances": [[1.0]]})
    assert refused.status_code == 500
    assert "features" in refused.json()["error"]
    assert server.post("/v1/models/churn:predict", {"instances": [[1.0, 0.0]]}).status_code == 200


def test_only_this_machine_reaches_it(server: Server) -> None:
    port = server.address.rpartition(":")[2]
    listening = Path("/proc/net/tcp").read_text()
    assert f"0100007F:{int(port):04X}" in listening
    assert f"00000000:{int(port):04X}" not in listening


def test_a_port_that_is_taken_is_said(server: Server) -> None:
    second = start(server.root, int(server.address.rpartition(":")[2]))
    _, said = second.communicate(timeout=180)
    assert second.returncode == 1
    assert "error[FL2054]" in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_in_good_order(tmp_path: Path, how: signal.Signals) -> None:
    root = project(tmp_path, "label")
    process = start(root, 0, "--host", "localhost")
    assert process.stdout is not None
    said = process.stdout.readline()
    assert re.search(r"version 3 of churn is served at http://localhost:\d+/v2/models/churn/infer", said)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert errors.endswith("stopped\n")
    assert "Traceback" not in errors


@pytest.mark.parametrize(("what", "code"), [("bytes", "FL2052"), ("model", "FL2053"), ("lock", "FL2050")])
def test_what_can_not_be_served_is_said(tmp_path: Path, what: str, code: str) -> None:
    root = project(tmp_path, "label")
    lock = root / ".fairlead/locks/churn.lock.yaml"
    (folder,) = tmp_path.glob("sha256-*")
    if what == "bytes":
        (folder / "model.joblib").write_bytes(b"other")
    elif what == "model":
        old = manifest_of(folder).digest
        shutil.copy(folder / "model.joblib", folder / "second.pkl")
        lock.write_text(lock.read_text().replace(f"digest: {old}", f"digest: {manifest_of(folder).digest}"))
    else:
        lock.unlink()
    process = start(root, 0)
    out, errors = process.communicate(timeout=180)
    assert process.returncode == 1
    assert f"error[{code}]" in errors, errors
    assert "Traceback" not in errors
    assert out == ""
