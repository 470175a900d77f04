"""The run of a training in MLflow: opened once, ended as the training did; and the champion that is compared with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.remote.contents import manifest_of
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.mlflow import Mlflow
from fairlead.steps import choose, fetch_champion, gate, open_run, report
from fairlead.steps.context import Context
from fairlead.steps.failures import RefusedByGate, StepFailure
from tests.unit.steps.surroundings import context_of, result


def opened(folder: Path, tracking: Mlflow, trials: int = 0, trigger: str = "drift") -> tuple[str, list[dict[str, str]]]:
    environ = {"MLFLOW_TRACKING_URI": tracking.uri, "FAIRLEAD_TRIGGER": trigger}
    told = {"experiment": "churn", "trials": trials}
    open_run.run(context_of(folder, told, results=("run", "trials"), environ=environ))
    return result(folder, "run"), json.loads(result(folder, "trials"))


def ended(folder: Path, tracking: Mlflow, status: str) -> None:
    environ = {"MLFLOW_TRACKING_URI": tracking.uri, "FAIRLEAD_STATUS": status}
    report.run(context_of(folder, {"experiment": "churn"}, environ=environ))


def test_a_run_and_its_trials_are_opened_once(tmp_path: Path, tracking: Mlflow) -> None:
    run, trials = opened(tmp_path, tracking, 3)
    assert opened(tmp_path, tracking, 3) == (run, trials)
    assert [trial["trial"] for trial in trials] == ["0", "1", "2"]
    assert [child.id for child in tracking.children(run)] == [trial["run"] for trial in trials]
    tags = tracking.run(run).tags
    assert (tags["fairlead.run"], tags["fairlead.trigger"], tags["fairlead.pipeline"]) == ("run-0001", "drift", "churn")


@pytest.mark.parametrize(
    ("status", "word"), [("Succeeded", "FINISHED"), ("Failed", "FAILED"), ("Error", "FAILED"), ("Omitted", "FAILED")]
)
def test_a_run_ends_as_the_training_did_and_what_is_no_success_is_a_failure(
    status: str, word: str, tmp_path: Path, tracking: Mlflow
) -> None:
    run, trials = opened(tmp_path, tracking, 2)
    tracking.end_run(trials[0]["run"], "FINISHED")
    ended(tmp_path, tracking, status)
    assert tracking.run(run).status == word
    assert tracking.run(run).tags["fairlead.status"] == status
    assert [child.status for child in tracking.children(run)] == ["FINISHED", word]


def test_a_run_that_was_never_opened_is_said_and_not_made_up(
    tmp_path: Path, tracking: Mlflow, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(tmp_path, tracking, "Error")
    assert capsys.readouterr().out.startswith("Error; the run run-0001 was never opened in MLflow at sqlite:")
    assert tracking.find_run("churn", "run-0001") is None


def test_without_mlflow_no_training_starts(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"experiment": "churn", "trials": 0}, results=("run",))
    with pytest.raises(RemoteFailure, match="MLFLOW_TRACKING_URI is not set"):
        open_run.run(context)
    assert not (tmp_path / "results/run").exists()


def champion(folder: Path, **environ: str) -> Context:
    names = {f"FAIRLEAD_CHAMPION_{name.upper()}": value for name, value in environ.items()}
    return context_of(folder, {}, outputs=("model",), results=("present",), environ=names)


def test_the_champion_is_fetched_and_its_absence_is_said(tmp_path: Path) -> None:
    fetch_champion.run(champion(tmp_path))
    assert result(tmp_path, "present") == "false"
    assert not (tmp_path / "out/model").exists()
    served = tmp_path / "served"
    (served / "inner").mkdir(parents=True)
    (served / "model.joblib").write_bytes(b"model")
    (served / "inner/more").write_bytes(b"more")
    digest = manifest_of(served).digest
    fetch_champion.run(champion(tmp_path, version="7", uri=served.as_uri() + "/", digest=digest))
    assert result(tmp_path, "present") == "true"
    assert manifest_of(tmp_path / "out/model").digest == digest


def test_a_champion_that_is_not_whole_never_reads_as_none(tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    (served / "model.joblib").write_bytes(b"changed")
    given = {"version": "7", "uri": served.as_uri(), "digest": "sha256:" + "0" * 64}
    with pytest.raises(StepFailure, match="is not what the lock says of version 7"):
        fetch_champion.run(champion(tmp_path, **given))
    for name in given:
        with pytest.raises(StepFailure, match=f"a version is served, and FAIRLEAD_CHAMPION_{name.upper()}"):
            fetch_champion.run(champion(tmp_path, **{**given, name: ""}))
    with pytest.raises(RemoteFailure, match="there is nothing at"):
        fetch_champion.run(champion(tmp_path, **{**given, "uri": (tmp_path / "nowhere").as_uri()}))
    assert not (tmp_path / "results/present").exists()


def test_a_refusal_and_an_evaluation_of_the_users_own_are_shown_and_no_mlflow_is_needed_to_refuse(
    tmp_path: Path, tracking: Mlflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    run, _ = opened(tmp_path, tracking)
    (tmp_path / "evaluation").write_text('{"metrics": {"recall_at_10": 0.5}}')
    told = {"gates": ["recall_at_10 >= 0.7"], "min_support": 5}
    for uri in (tracking.uri, "http://127.0.0.1:9"):
        environ = {"MLFLOW_TRACKING_URI": uri, "MLFLOW_RUN_ID": run}
        inputs = {"evaluation": tmp_path / "evaluation"}
        with pytest.raises(RefusedByGate, match=r"0\.2 below 0\.7"):
            gate.run(context_of(tmp_path, told, inputs=inputs, outputs=("verdict",), environ=environ))
    assert "does not answer" in capsys.readouterr().err
    assert tracking.run(run).tags["fairlead.gate"] == "refused"
    assert tracking.run(run).metrics == {"recall_at_10": 0.5}
    assert tracking.artifacts(run, "gate") == ["gate/verdict.json"]


def test_trials_show_their_parameters_but_for_those_that_training_has_told(tmp_path: Path, tracking: Mlflow) -> None:
    run, trials = opened(tmp_path, tracking, 2)
    tracking.log_params(trials[0]["run"], {"depth": "4.0"})
    for name in ("scores", "trials"):
        (tmp_path / name).mkdir()
    for index in range(2):
        (tmp_path / "scores" / str(index)).write_text(json.dumps({"metrics": {"recall": index / 10}}))
        (tmp_path / "trials" / f"{index}.json").write_text(json.dumps({"depth": 4 + index, "rate": 0.1}))
    environ = {
        "MLFLOW_TRACKING_URI": tracking.uri,
        "MLFLOW_RUN_ID": run,
        "FAIRLEAD_TRIALS": str(tmp_path / "trials"),
    }
    inputs = {"scores": tmp_path / "scores"}
    told = {"objective": "maximize recall"}
    choose.run(context_of(tmp_path, told, inputs=inputs, outputs=("parameters",), results=("trial",), environ=environ))
    assert [child.params for child in tracking.children(run)] == [
        {"depth": "4.0", "rate": "0.1"},
        {"depth": "5", "rate": "0.1"},
    ]
    assert tracking.run(run).tags["fairlead.best_trial"] == "1"
