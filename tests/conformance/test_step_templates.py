"""The commands of compiled workflows are executed, against an S3 server: what a cluster would run is what runs here."""

from __future__ import annotations

import json
import random
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from fairlead.remote.contents import manifest_of, manifest_path
from fairlead.remote.storage import Store
from fairlead.steps import reference
from fairlead.steps.reference import Answers, Reference
from tests.conformance.executed import Pod, workflow
from tests.unit.steps.logged import record, v2

BANDS = ("under-40", "40-60", "over-60")


@pytest.fixture
def buckets(bucket: str) -> None:
    """The buckets of this repository's project, empty."""
    import s3fs

    store = s3fs.S3FileSystem()
    for name in ("acme-ml", "acme-ml-artifacts", "acme-ml-payloads"):
        if store.exists(name):
            store.rm(name, recursive=True)
        store.mkdir(name)
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def pod(tmp_path: Path) -> Callable[..., Pod]:
    """A Pod of its own for each step of one run."""

    def made(step: str, **values: str) -> Pod:
        fixed = {"workflow.uid": "7", "workflow.parameters.trigger": "new-data", "inputs.parameters.mlflow-run": "m"}
        fixed |= {"inputs.parameters.data": "d"}
        return Pod(tmp_path / step, {**fixed, **values})

    return made


def biopsies(count: int, radius: str = "") -> bytes:
    """So many rows that the specification's contract allows; the last radius is `radius` where that is given."""
    rng, now = random.Random(1), datetime.now(UTC)
    rows = ["biopsy_id,taken_at,mean_radius,age_band,diagnosis"]
    for number in range(count):
        at = (now - timedelta(minutes=number)).isoformat(timespec="seconds")
        said = radius if radius and number == count - 1 else f"{rng.gauss(14, 3):.3f}"
        rows.append(f"b{number},{at},{said},{rng.choice(BANDS)},{rng.choice(['benign', 'malignant'])}")
    return ("\n".join(rows) + "\n").encode()


def hand_over(given: Pod, output: str, taker: Pod, name: str) -> None:
    """What Argo does between two steps."""
    target = taker.path(f"/fairlead/in/{name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    given.path(f"/fairlead/out/{output}").rename(target)


def succeeded(ended: subprocess.CompletedProcess[str]) -> str:
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_data_goes_from_the_store_to_the_parts_that_training_reads(buckets: None, pod: Callable[..., Pod]) -> None:
    train = workflow("staging", "tumor-classifier-train")
    source = Store("s3://acme-ml/biopsies/current/")
    source.write("1.csv", biopsies(600))
    admit = pod("admit")
    succeeded(admit.run(train, "admit"))
    assert admit.result("proceed") == "true"
    again = pod("again", **{"workflow.uid": "8"})
    assert "no source has changed" in succeeded(again.run(train, "admit"))
    assert again.result("proceed") == "false"

    snapshot = pod("snapshot")
    succeeded(snapshot.run(train, "data-biopsies"))
    manifest = manifest_of(snapshot.path("/fairlead/out/biopsies"))
    assert snapshot.result("key") == manifest.digest[7:27]
    assert Store("s3://acme-ml-artifacts").read(manifest_path(manifest.digest)) == manifest.encode()
    assert snapshot.path("/fairlead/out/manifest").read_bytes() == manifest.encode()

    check = pod("check")
    hand_over(snapshot, "biopsies", check, "dataset")
    assert succeeded(check.run(train, "check-biopsies")).endswith("biopsies: 600 rows pass\n")
    assert json.loads(check.path("/fairlead/out/report").read_text())["passed"]

    # The user's own step: it adds a column and writes parquet.
    table = pc.read_csv(check.path("/fairlead/in/dataset/1.csv"))
    features = table.append_column("radius_per_area", pa.array([1 / (1 + n) for n in range(600)]))
    checked, split = pod("check-features"), pod("split")
    for taker in (checked, split):
        taker.path("/fairlead/in").mkdir(parents=True)
        pq.write_table(features, taker.path("/fairlead/in/dataset"))
    succeeded(checked.run(train, "check-features"))
    succeeded(split.run(train, "split"))
    parts = {part: pq.read_table(split.path(f"/fairlead/out/{part}")) for part in ("train", "validation", "test")}
    assert sum(part.num_rows for part in parts.values()) == 600
    assert abs(parts["test"].num_rows - 120) < 40
    assert parts["train"].schema.names == features.schema.names


@pytest.mark.parametrize(
    ("radius", "said"), [("-3.5", "is less than 0"), ("Jane Doe", "is not a number"), ("1,2", "the line has 6 fields")]
)
def test_bad_data_ends_a_check_with_11_and_shows_no_value(
    buckets: None, pod: Callable[..., Pod], radius: str, said: str
) -> None:
    check = pod("check")
    (check.path("/fairlead/in")).mkdir(parents=True)
    check.path("/fairlead/in/dataset").write_bytes(biopsies(600, radius))
    ended = check.run(workflow("staging", "tumor-classifier-train"), "check-biopsies")
    assert ended.returncode == 11
    assert said in ended.stderr
    assert radius not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_source_that_is_not_there_is_bad_data_and_a_store_that_is_not_is_an_error(
    buckets: None, pod: Callable[..., Pod], monkeypatch: pytest.MonkeyPatch
) -> None:
    train = workflow("staging", "tumor-classifier-train")
    ended = pod("empty").run(train, "data-biopsies")
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (
        11,
        "bad data: there is nothing at s3://acme-ml/biopsies/current/",
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    ended = pod("down").run(train, "admit")
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: s3://acme-ml-artifacts/state/tumor-classifier/admitted.json can't be read: ")
    assert "Traceback" not in ended.stderr


def test_files_that_nobody_copies_are_told_and_divided_by_their_names(buckets: None, pod: Callable[..., Pod]) -> None:
    train = workflow("staging", "scene-encoder-train")
    source = Store("s3://acme-ml/scenes/")
    for number in range(40):
        source.write(f"{number % 3}/{number}.png", bytes([number]))
    snapshot, split = pod("snapshot"), pod("split")
    succeeded(snapshot.run(train, "data-scenes"))
    assert snapshot.result("key") == source.manifest().digest[7:27]
    assert not snapshot.path("/fairlead/out/scenes").exists()
    succeeded(split.run(train, "split"))
    parts = [json.loads(split.path(f"/fairlead/out/{part}").read_text()) for part in ("train", "test")]
    assert sorted(path for part in parts for path in part["objects"]) == source.paths()


def test_several_nodes_fetch_before_and_the_first_uploads_after(buckets: None, pod: Callable[..., Pod]) -> None:
    runtime = workflow("staging", "scene-encoder-train", "TrainingRuntime")
    artifacts = Store("s3://acme-ml-artifacts/runs/scene-encoder/run-7")
    artifacts.write("dataset/train", b"rows")
    node = pod("node", **{"metadata.labels['jobset.sigs.k8s.io/jobset-name']": "run-7"})
    for name in ("in", "out/model"):
        node.path(f"/fairlead/{name}").mkdir(parents=True)
    with node.start(runtime, "fetch") as fetch:
        _, said = fetch.communicate()
        assert fetch.returncode == 0, said
    assert node.path("/fairlead/in/train").read_bytes() == b"rows"
    with node.start(runtime, "upload") as upload:
        assert upload.stdout is not None
        assert upload.stdout.readline() == "waiting for the training to end\n"
        node.path("/fairlead/out/model/weights").write_bytes(b"1")
        upload.send_signal(signal.SIGTERM)
        _, said = upload.communicate()
        assert upload.returncode == 0, said
    assert artifacts.at("model").paths() == ["weights"]


def test_what_was_served_is_watched_and_judged(buckets: None, pod: Callable[..., Pod]) -> None:
    rng = random.Random(3)

    def asked(count: int, mean: float) -> dict[str, list[object]]:
        bands = [rng.choice(BANDS) for _ in range(count)]
        return {
            "mean_radius": [rng.gauss(mean, 3) for _ in range(count)],
            "age_band": list(bands),
            "radius_per_area": [rng.random() for _ in range(count)],
        }

    learned = asked(1000, 14)
    statistics = Reference(
        rows=1000,
        inputs=tuple(learned),
        features={
            "mean_radius": reference.numbers(float(str(value)) for value in learned["mean_radius"]),
            "age_band": reference.categories(str(value) for value in learned["age_band"]),
            "radius_per_area": reference.numbers(float(str(value)) for value in learned["radius_per_area"]),
        },
        answers=Answers(classes=("benign", "malignant"), positive=1),
        prediction=reference.numbers(rng.random() for _ in range(1000)),
    )
    artifacts = Store("s3://acme-ml-artifacts")
    artifacts.write(statistics.path("tumor-classifier"), statistics.encode())
    logs = Store("s3://acme-ml-payloads/tumor-classifier/ml-staging/tumor-classifier/predictor/payloads")
    outcomes = []
    # Labels arrive after three days; what the agent wrote says when, since an object here can't be made older.
    before = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    for number in range(40):
        chance = rng.random()
        body = {"outputs": [{"name": "o", "shape": [1, 2], "data": [1 - chance, chance]}]}
        logs.write(
            f"{number}.json", json.dumps(record("response", body, str(number), "15", OccurrenceTime=before)).encode()
        )
        outcomes.append({"request_id": f"x-{number}", "diagnosis": "malignant" if chance >= 0.5 else "benign"})
    logs.write("now.json", json.dumps([record("request", v2(asked(300, 20)), "now", "15")]).encode())
    Store("s3://acme-ml/outcomes/").write("1.jsonl", "".join(f"{json.dumps(each)}\n" for each in outcomes).encode())
    champion = {
        "version": "15",
        "reference": f"s3://acme-ml-artifacts/{statistics.path('tumor-classifier')}",
        "reference-digest": statistics.digest,
    }
    drift = pod("drift", **champion)
    succeeded(drift.run(workflow("staging", "tumor-classifier-drift"), "drift"))
    assert drift.result("rows") == "300"
    assert float(drift.result("score-mean_radius")) > 0.25
    assert float(drift.result("score-age_band")) < 0.25
    assert not drift.path("/fairlead/results/score-prediction").exists()
    quality = pod("quality", **champion)
    succeeded(quality.run(workflow("staging", "tumor-classifier-quality"), "quality"))
    assert (quality.result("rows"), quality.result("metric-recall")) == ("40", "1.0")
