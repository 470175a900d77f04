"""What the gate let through is registered whole, once, and under the digest of its bytes; nothing else ever is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.tree import DecisionTreeClassifier

from fairlead.project.candidate import decode
from fairlead.project.registration import model_of
from fairlead.remote.contents import Entry, Manifest, manifest_of
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.mlflow import Mlflow
from fairlead.steps import propose, reference, register, score
from fairlead.steps.failures import BadData, RefusedByGate, StepFailure
from tests.unit.steps.registering import CLAUSE, EVALUATION, PARAMETERS, VERDICT, prepared, rows, tree
from tests.unit.steps.surroundings import context_of, output


def stored(folder: Path) -> list[str]:
    """Everything below the artifacts."""
    root = folder / "artifacts"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_version_says_in_mlflow_all_that_a_lock_holds(tmp_path: Path, tracking: Mlflow) -> None:
    register.run(prepared(tmp_path, tracking))
    written = output(tmp_path, "version")["model"]
    digest = manifest_of(tmp_path / "model").digest
    (version,) = tracking.versions("churn")
    locked = model_of(version.number, version.run, version.tags)
    assert locked.model_dump(mode="json", exclude_none=True) | {"version": 1} == written | {"version": 1}
    assert (str(locked.digest), locked.run) == (digest, tracking.open_run("churn", "run-0001"))
    assert (
        version.source
        == str(locked.uri)
        == f"{(tmp_path / 'artifacts').as_uri()}/models/churn/{digest.replace(':', '-')}/"
    )
    assert locked.packages == {"numpy": "2.4.6", "scikit-learn": "1.5.2"}
    assert [(each.name, each.type) for each in locked.signature.inputs] == [("age", "long"), ("size", "double")]
    assert locked.metrics == {"recall": 0.9}
    assert locked.reference is not None
    place = tmp_path / "artifacts" / str(locked.reference.uri).partition("/artifacts/")[2]
    found = reference.decode(place.read_bytes(), str(locked.reference.digest))
    assert (found.rows, found.inputs, found.answers.classes, found.answers.positive) == (
        200,
        ("age", "size"),
        ("bad", "good"),
        1,
    )
    assert set(found.features) == {"age", "size"}
    # Predictions are those on the test part: probabilities, as the server answers.
    assert isinstance(found.prediction, reference.Numbers)
    assert found.prediction.total == 60
    assert all(0 <= value <= 1 for value in found.prediction.values)


def test_what_the_steps_used_goes_to_the_run_and_to_the_version(tmp_path: Path, tracking: Mlflow) -> None:
    context = prepared(tmp_path, tracking)
    folder = tmp_path / "usage"
    folder.mkdir()
    (folder / "train").write_text('{"memory": 2789212160, "measured": "container", "cpu": 890.2}')
    (folder / "split").write_text("nonsense")
    variables = {**context.environ, "FAIRLEAD_INPUT_USAGE": str(folder)}
    register.run(replace(context, environ=variables))
    usage = {"train": {"memory": "2660Mi", "measured": "container", "cpu": "14m51s"}}
    assert output(tmp_path, "version")["model"]["usage"] == usage
    (version,) = tracking.versions("churn")
    locked = model_of(version.number, version.run, version.tags)
    assert locked.model_dump(mode="json", exclude_none=True)["usage"] == usage
    run = tracking.find_run("churn", "run-0001")
    assert run is not None
    told = {name: value for name, value in run.metrics.items() if name.startswith("usage/")}
    assert told == {"usage/train/memory_mib": 2660.0, "usage/train/cpu_seconds": 891.0}
    assert run.tags["fairlead.usage"] == '{"train": "container"}'


def test_the_same_bytes_are_the_same_version(tmp_path: Path, tracking: Mlflow) -> None:
    for _ in range(2):
        register.run(prepared(tmp_path, tracking))
        assert output(tmp_path, "version")["model"]["version"] == 1
    assert len(tracking.versions("churn")) == 1
    assert len([path for path in stored(tmp_path) if path.endswith("model.joblib")]) == 1


SKLEARN = {"runtime": "sklearn", "kserve": "0.20", "protocol": "v2"}


def test_a_model_that_its_server_would_stop_at_is_not_registered(tmp_path: Path, tracking: Mlflow) -> None:
    context = prepared(tmp_path, tracking, server={**SKLEARN, "runtime": "xgboost"})
    with pytest.raises(StepFailure, match=r"the server xgboost expects exactly one of .* there is model\.joblib"):
        register.run(context)
    for name in ("metrics.json", "model.ubj"):
        (tmp_path / "model" / name).write_text("{}")
    with pytest.raises(StepFailure, match=r"and there is metrics\.json, model\.ubj"):
        register.run(context)
    assert tracking.versions("churn") == []
    assert stored(tmp_path) == []
    register.run(prepared(tmp_path, tracking, server=SKLEARN))
    assert len(tracking.versions("churn")) == 1


def test_labels_that_no_answer_can_hold_are_not_registered(tmp_path: Path, tracking: Mlflow) -> None:
    def with_texts(**parameters: Any) -> Any:
        context = prepared(tmp_path, tracking, server=SKLEARN, **parameters)
        frame = rows(200, 1)
        fixed = frame["kind"].to_numpy(dtype="<U4")
        joblib.dump(DecisionTreeClassifier().fit(frame[["age", "size"]], fixed), tmp_path / "model/model.joblib")
        return context

    with pytest.raises(StepFailure, match="texts of a fixed width, which KServe's server can't send") as raised:
        register.run(with_texts(output="label"))
    assert "astype(object)" in raised.value.help
    assert tracking.versions("churn") == []
    register.run(with_texts(output="probability"))
    assert len(tracking.versions("churn")) == 1


REFUSED: list[tuple[str, Any, Any, type[Exception]]] = [
    ("failed", {"passed": False, "clauses": [CLAUSE | {"holds": False}]}, EVALUATION, RefusedByGate),
    ("absent", None, EVALUATION, StepFailure),
    ("empty", "", EVALUATION, StepFailure),
    ("cut short", json.dumps(VERDICT)[:40], EVALUATION, StepFailure),
    ("no verdict", {"clauses": [CLAUSE]}, EVALUATION, StepFailure),
    ("text for truth", {"passed": "yes", "clauses": [CLAUSE]}, EVALUATION, StepFailure),
    ("contradicts itself", {"passed": True, "clauses": [CLAUSE | {"holds": False}]}, EVALUATION, StepFailure),
    ("said twice", '{"passed": false, "passed": true, "clauses": []}', EVALUATION, StepFailure),
    ("with more keys", VERDICT | {"forced": True}, EVALUATION, StepFailure),
    ("another version", VERDICT | {"version": 2}, EVALUATION, StepFailure),
    ("of another evaluation", VERDICT, EVALUATION | {"metrics": {"recall": 0.7}}, StepFailure),
    ("of another metric", VERDICT, EVALUATION | {"metrics": {"precision": 0.9}}, StepFailure),
    ("without evaluation", VERDICT, None, StepFailure),
    ("a list", [VERDICT], EVALUATION, StepFailure),
]


@pytest.mark.parametrize(
    ("verdict", "evaluation", "kind"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_without_a_whole_verdict_that_passed_nothing_is_registered(
    verdict: Any, evaluation: Any, kind: type[Exception], tmp_path: Path, tracking: Mlflow
) -> None:
    with pytest.raises(kind):
        register.run(prepared(tmp_path, tracking, verdict, evaluation))
    assert tracking.versions("churn") == []
    assert stored(tmp_path) == []
    assert not (tmp_path / "out/version").exists()


def test_a_copy_of_other_bytes_is_not_overwritten_and_one_that_is_cut_short_is_completed(
    tmp_path: Path, tracking: Mlflow
) -> None:
    context = prepared(tmp_path, tracking)
    digest = manifest_of(tmp_path / "model").digest
    place = tmp_path / "artifacts/models/churn" / digest.replace(":", "-")
    place.mkdir(parents=True)
    (place / "model.joblib").write_text("another model")
    with pytest.raises(StepFailure, match="something else than the model of that digest"):
        register.run(context)
    assert (place / "model.joblib").read_text() == "another model"
    assert tracking.versions("churn") == []
    (place / "model.joblib").unlink()
    (place / "requirements.txt").write_bytes((tmp_path / "model/requirements.txt").read_bytes())
    register.run(context)
    assert manifest_of(place).digest == digest


def test_a_model_without_files_and_an_mlflow_that_is_down_register_nothing(
    tmp_path: Path, tracking: Mlflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    context = prepared(tmp_path, tracking)
    down = context_of(
        tmp_path,
        PARAMETERS,
        inputs={name: tmp_path / name for name in ("model", "verdict", "evaluation")},
        outputs=("version",),
        environ={"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"},
    )
    with pytest.raises(RemoteFailure, match="does not answer"):
        register.run(down)
    for path in (tmp_path / "model").iterdir():
        path.unlink()
    with pytest.raises(StepFailure, match="no folder with files"):
        register.run(context)
    assert stored(tmp_path) == []


def test_a_model_that_can_not_be_loaded_here_is_registered_with_what_is_known(tmp_path: Path, tracking: Mlflow) -> None:
    context = prepared(tmp_path, tracking)
    (tmp_path / "model/model.joblib").rename(tmp_path / "model/weights.bin")
    register.run(context)
    model = output(tmp_path, "version")["model"]
    assert [each["name"] for each in model["signature"]["inputs"]] == ["age", "size"]
    assert model["reference"]


IMAGE = {"digest": "sha256:" + "cd" * 32, "tree": "e" * 40}


def proposed(folder: Path, verdict: Any = VERDICT) -> None:
    (folder / "verdict").write_text(json.dumps(verdict))
    manifest = Manifest.of([Entry("a.csv", 3, "ab" * 32)])
    (folder / "manifest-customers").write_bytes(manifest.encode())
    inputs = {
        "version": folder / "out/version",
        "evaluation": folder / "evaluation",
        "verdict": folder / "verdict",
        "manifest-customers": folder / "manifest-customers",
    }
    parameters = {
        "promote": "pull-request",
        "approval": ["leads"],
        "images": {"ghcr.io/acme/churn": IMAGE},
        "sources": ["customers"],
    }
    propose.run(context_of(folder, parameters, inputs=inputs, outputs=("candidate",)))


def test_a_candidate_names_the_version_its_data_and_its_images(tmp_path: Path, tracking: Mlflow) -> None:
    register.run(prepared(tmp_path, tracking))
    proposed(tmp_path)
    proposed(tmp_path)
    (path,) = [path for path in stored(tmp_path) if path.startswith("candidates/")]
    candidate = decode(path, (tmp_path / "artifacts" / path).read_bytes())
    assert (tmp_path / "out/candidate").read_bytes() == (tmp_path / "artifacts" / path).read_bytes()
    assert candidate.model.version == 1
    assert candidate.model.digest.hex in str(candidate.model.uri)
    (data,) = candidate.data.values()
    assert str(data.digest) == Manifest.of([Entry("a.csv", 3, "ab" * 32)]).digest
    assert str(candidate.images["ghcr.io/acme/churn"].digest) == IMAGE["digest"]
    assert candidate.verdict.clauses[0].clause == "recall >= 0.8"


def test_before_the_first_version_a_comparison_with_the_champion_has_no_bound(tmp_path: Path, tracking: Mlflow) -> None:
    register.run(prepared(tmp_path, tracking))
    first = {key: value for key, value in CLAUSE.items() if key != "bound"} | {"clause": "recall >= champion - 0.1"}
    proposed(tmp_path, {"passed": True, "clauses": [first]})
    assert "bound" not in output(tmp_path, "candidate")["verdict"]["clauses"][0]


def test_what_the_gate_refused_is_no_candidate(tmp_path: Path, tracking: Mlflow) -> None:
    register.run(prepared(tmp_path, tracking))
    with pytest.raises(RefusedByGate):
        proposed(tmp_path, {"passed": False, "clauses": [CLAUSE | {"holds": False}]})
    assert not [path for path in stored(tmp_path) if path.startswith("candidates/")]


def scoring(folder: Path, **change: str) -> None:
    model = output(folder, "version")["model"]
    environ = {
        "FAIRLEAD_CHAMPION_VERSION": str(model["version"]),
        "FAIRLEAD_CHAMPION_URI": model["uri"],
        "FAIRLEAD_CHAMPION_DIGEST": model["digest"],
        **change,
    }
    parameters = {key: value for key, value in PARAMETERS.items() if key not in ("registry", "output")}
    told = parameters | {"input": (folder / "tomorrow").as_uri(), "output": (folder / "forecasts").as_uri() + "/"}
    score.run(context_of(folder, told, environ=environ))


def test_a_batch_is_scored_by_the_version_that_is_locked(tmp_path: Path, tracking: Mlflow) -> None:
    import pandas as pd

    register.run(prepared(tmp_path, tracking))
    batch = rows(25, 9).drop(columns="kind")
    batch.to_csv(tmp_path / "tomorrow", index=False)
    for _ in range(2):
        scoring(tmp_path)
    (written,) = (tmp_path / "forecasts").rglob("*.csv")
    assert written.relative_to(tmp_path).as_posix() == "forecasts/run-0001/part-00000.csv"
    found = pd.read_csv(written)
    assert found["id"].tolist() == batch["id"].tolist()
    assert found["prediction"].tolist() == tree().predict(batch[["age", "size"]]).tolist()
    assert found["probability_good"].between(0, 1).all()
    assert set(found["model_version"]) == {1}


def test_a_batch_that_can_not_be_scored_is_one_sentence(tmp_path: Path, tracking: Mlflow) -> None:
    register.run(prepared(tmp_path, tracking))
    with pytest.raises(BadData, match="nothing to score"):
        scoring(tmp_path)
    rows(5, 9).drop(columns="size").to_csv(tmp_path / "tomorrow", index=False)
    with pytest.raises(BadData, match="reads `size`"):
        scoring(tmp_path)
    with pytest.raises(StepFailure, match="is not what the lock says of version 1"):
        scoring(tmp_path, FAIRLEAD_CHAMPION_DIGEST="sha256:" + "0" * 64)
    with pytest.raises(StepFailure, match="no version to score with"):
        scoring(tmp_path, FAIRLEAD_CHAMPION_URI="", FAIRLEAD_CHAMPION_DIGEST="")
    rows(5, 9).assign(prediction=1).to_csv(tmp_path / "tomorrow", index=False)
    with pytest.raises(BadData, match="have `prediction` already"):
        scoring(tmp_path)
    assert not (tmp_path / "forecasts").exists()
