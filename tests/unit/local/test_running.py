"""Runs of small trainings: what runs, what is known already, and what is told of a failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.local.choosing import after, before, named
from fairlead.local.events import StepRetried, as_json
from fairlead.local.lowering import steps_of
from fairlead.local.machine import Amounts
from fairlead.local.options import Options
from fairlead.local.step import Step
from fairlead.source.diagnostics import Refused
from tests.unit.local.ran import SPEC, TUNED, Ran

DATA = ["data/customers", "check/customers", "prepare/features", "check/features", "split"]


def test_a_training_ends_with_a_version_and_a_candidate(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ended = ran()
    assert (ended.status, ended.exit_code) == ("succeeded", 0)
    assert ran.ended()["champion"] == "left-out"
    assert ended.version is not None
    assert json.loads(ended.version.read_text())["version"] == 1
    assert [line["step"] for line in ran.registry()] == ["register", "propose", "report"]
    assert ran.registry()[2]["status"] == "Succeeded"


def test_the_second_run_changes_nothing_and_runs_nothing(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    ended = ran()
    assert ended.status == "unchanged"
    assert ran.started() == []
    assert ran.registered() == 1


def test_a_parameter_that_changes_runs_what_depends_on_it(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    ran.spec("accuracy: 0.9", "accuracy: 0.91")
    assert ran().status == "succeeded"
    assert ran.started() == ["open-run", "train", "evaluate", "gate", "register", "propose", "report"]
    assert ran.registered() == 2


def test_code_that_changes_runs_the_users_steps_and_what_gives_the_same_ends_it(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    ran.code("notes.md", "the same features, and the same model")
    assert ran().status == "succeeded"
    assert ran.started() == ["open-run", "prepare/features", "train", "report"]
    assert ran.registered() == 1


def test_data_that_changes_runs_everything(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    (tmp_path / "data/customers.csv").write_text("id,left\n3,no\n")
    ran()
    assert set(DATA) <= set(ran.started())


def test_a_search_trains_with_the_best_trial(tmp_path: Path) -> None:
    ran = Ran(tmp_path, TUNED)
    ended = ran()
    assert ended.status == "succeeded"
    assert ended.version is not None
    log = next(tmp_path.glob(".fairlead/runs/churn/history/*/logs/train.log")).read_text()
    assert log == "trained 0.95\n"
    ran.spec("0.85, 0.95", "0.85, 0.96")
    ran()
    assert "tune/1" in ran.started()
    assert not {"tune/0", "tune/2"} & set(ran.started())


def test_steps_share_the_cores_that_there_are(tmp_path: Path) -> None:
    ran = Ran(tmp_path, TUNED)
    ran(whole=Amounts(1_000, 64 << 30))
    kinds = [type(event).__name__ for event in ran.events if getattr(event, "step", "") in ("tune/0", "tune/1")]
    assert kinds == ["StepStarted", "StepEnded"] * 2
    ran = Ran(tmp_path / "wider", TUNED)
    ran()
    kinds = [type(event).__name__ for event in ran.events if getattr(event, "step", "") in ("tune/0", "tune/1")]
    assert kinds == ["StepStarted"] * 2 + ["StepEnded"] * 2


def test_a_gate_that_refuses_says_which_clause_at_its_line(tmp_path: Path) -> None:
    ran = Ran(tmp_path, SPEC.replace("accuracy: 0.9}", "accuracy: 0.7}"))
    ended = ran()
    assert (ended.status, ended.exit_code) == ("refused", 10)
    found = ran.failure().diagnostics
    assert [(each.code.id, each.place.line) for each in found] == [("FL8108", 22)]
    assert found[0].message == "`accuracy >= 0.8` does not hold: 0.7 is 0.1 below 0.8, on 100 rows"
    assert ran.registered() == 0
    assert ran.registry()[-1]["status"] == "Failed"
    assert ran().exit_code == 10, "a refusal is not remembered as anything else"


def test_a_worse_model_is_refused_by_the_champion(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ended = ran()
    lock_here(ran, ended.version)
    again = ran()
    assert again.status == "unchanged", "a model is not compared with itself"
    ran.spec("accuracy: 0.9", "accuracy: 0.85")
    assert ran().exit_code == 10
    (found,) = ran.failure().diagnostics
    assert found.message.startswith("`accuracy >= champion - 0.01` does not hold: 0.85 is 0.04 below 0.89")
    assert ran.registered() == 1


def lock_here(ran: Ran, version: Path | None) -> None:
    """Locks what was registered, as `fairlead lock --local` does."""
    assert version is not None
    digest = json.loads(version.read_text())["digest"].removeprefix("sha256:")
    model = ran.root / "models-registered" / f"sha256-{digest}"
    model.mkdir(parents=True)
    (model / "model.json").write_text(json.dumps({"accuracy": 0.9}))
    lock = ran.root / ".fairlead/locks/churn.lock.yaml"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(
        "apiVersion: fairlead.dev/v1\nkind: Lock\nmetadata: {pipeline: churn, environment: local}\n"
        f"model: {{version: 1, uri: '{model.as_uri()}/', digest: 'sha256:{digest}'}}\n"
    )


def test_a_failed_step_is_told_with_its_line_and_the_end_of_its_log(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran.code("train.py", "import sys\nprint('about to fail')\nsys.exit(3)\n")
    ended = ran()
    assert (ended.status, ended.exit_code) == ("failed", 1)
    failure = ran.failure()
    assert failure.diagnostics[0].code.id == "FL8106"
    assert failure.diagnostics[0].message == "the step `train` ended with exit code 3"
    assert failure.diagnostics[0].place.line == 18
    assert failure.tail == ("about to fail",)
    assert ran.registered() == 0
    ran.code("train.py", "import sys\nsys.exit(3)\n")
    ran()
    assert not set(DATA[3:]) & set(ran.started()), "what had finished is kept"


def test_what_the_contract_says_about_data_is_the_exit_code(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran.control(check_customers={"exit": 11})
    assert ran().exit_code == 11
    assert ran.failure().diagnostics[0].code.id == "FL8109"
    assert ran.started() == ["open-run", "data/customers", "check/customers", "report"]


def test_a_command_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    ran = Ran(tmp_path, SPEC.replace("[python, train.py]", "[pythonn, train.py]"))
    assert ran().exit_code == 1
    (found,) = ran.failure().diagnostics
    assert (found.code.id, found.place.line) == ("FL8105", 18)
    assert found.nearest is not None
    assert found.nearest.startswith("python")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "wrote nothing to FAIRLEAD_OUTPUT_MODEL"),
        ("import os\nos.makedirs(os.environ['FAIRLEAD_OUTPUT_MODEL'])\n", "wrote nothing to FAIRLEAD_OUTPUT_MODEL"),
        (
            "import os, pathlib\npathlib.Path(os.environ['FAIRLEAD_OUTPUT_MODEL']).write_text('x')\n",
            "but a file, where a folder",
        ),
    ],
    ids=["nothing", "an empty folder", "a file"],
)
def test_a_step_that_writes_nothing_is_told(tmp_path: Path, code: str, said: str) -> None:
    ran = Ran(tmp_path)
    ran.code("train.py", code)
    assert ran().exit_code == 1
    (found,) = ran.failure().diagnostics
    assert found.code.id == "FL8107"
    assert said in found.message


def test_a_step_that_takes_too_long_is_stopped_and_not_tried_again(tmp_path: Path) -> None:
    ran = Ran(tmp_path, SPEC.replace("    parameters: {acc", "    timeout: 1s\n    parameters: {acc"), processes=True)
    ran.code("train.py", "import time\ntime.sleep(60)\n")
    assert ran().exit_code == 1
    assert ran.failure().diagnostics[0].message == "the step `train` was stopped after its timeout of 1s"
    assert ran.started().count("train") == 1


def test_what_was_killed_from_outside_is_tried_again(tmp_path: Path) -> None:
    ran = Ran(tmp_path, processes=True)
    killed = "import os, pathlib, signal\nmark = pathlib.Path('../../killed')\n"
    killed += "if not mark.exists():\n    mark.touch()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    ran.code("train.py", killed + (tmp_path / "models/churn/train.py").read_text())
    assert ran().exit_code == 0
    assert [event.signal for event in ran.events if isinstance(event, StepRetried)] == [9]


def test_a_crash_of_the_users_own_is_final(tmp_path: Path) -> None:
    ran = Ran(tmp_path, processes=True)
    ran.code("train.py", "import os, signal\nos.kill(os.getpid(), signal.SIGABRT)\n")
    assert ran().exit_code == 1
    assert ran.started().count("train") == 1
    assert "was ended by signal 6" in ran.failure().diagnostics[0].message


def test_what_is_missing_is_known_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    ran = Ran(tmp_path, SPEC.replace("    parameters: {acc", "    secrets: {TOKEN: store/token}\n    parameters: {acc"))
    (tmp_path / "data/customers.csv").unlink()
    with pytest.raises(Refused) as refused:
        ran()
    assert [each.code.id for each in refused.value.diagnostics] == ["FL8103", "FL8104"]
    assert refused.value.diagnostics[0].place.line == 8
    assert ran.events == []


def test_a_step_sees_its_secret_and_nothing_else_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "one")
    monkeypatch.setenv("UNDECLARED", "two")
    ran = Ran(
        tmp_path,
        SPEC.replace("    parameters: {acc", "    secrets: {TOKEN: store/token}\n    parameters: {acc"),
        processes=True,
    )
    code = "import os\nassert os.environ['TOKEN'] == 'one'\nassert 'UNDECLARED' not in os.environ\n"
    ran.code("train.py", code + (tmp_path / "models/churn/train.py").read_text())
    assert ran().exit_code == 0


def test_a_step_finds_what_the_contract_says(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        SPEC.replace("    parameters: {acc", "    seed: 5\n    env: {A: b}\n    parameters: {acc"),
        processes=True,
    )
    code = """\
import json, os
from pathlib import Path
said = os.environ
assert said["FAIRLEAD_STEP"] == "train" and said["FAIRLEAD_PIPELINE"] == "churn" and said["FAIRLEAD_SEED"] == "5"
assert said["FAIRLEAD_RUN_ID"] and said["MLFLOW_RUN_ID"] == "mlflow-" + said["FAIRLEAD_RUN_ID"] and said["A"] == "b"
assert json.loads(Path(said["FAIRLEAD_PARAMS"]).read_text()) == {"accuracy": 0.9}
assert Path(said["FAIRLEAD_INPUT_TRAIN"]).is_file() and Path(said["FAIRLEAD_INPUT_VALIDATION"]).is_file()
assert "FAIRLEAD_INPUT_TEST" not in said and "FAIRLEAD_ARTIFACTS" not in said
assert Path.cwd().name == "churn" and said["MLFLOW_EXPERIMENT_NAME"] == "churn"
"""
    ran.code("train.py", code + (tmp_path / "models/churn/train.py").read_text())
    assert ran().exit_code == 0, ran.failure().tail


def test_only_one_step_runs_where_only_it_is_asked_for(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    steps = named_steps(ran)
    alone = named(steps, "train")
    ran(lambda _: Options(only=True, again=alone, wanted=alone | before(steps, alone)))
    assert ran.started() == ["open-run", "train", "report"]
    ran.code("features.py", "print('changed')")
    ended = ran(lambda _: Options(only=True, again=alone, wanted=alone | before(steps, alone)))
    assert ended.exit_code == 1
    assert ran.failure().diagnostics[0].code.id == "FL8112"


def test_up_to_a_step_what_it_needs_runs_and_nothing_after_it(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    steps = named_steps(ran)
    some = named(steps, "split")
    ended = ran(lambda _: Options(wanted=some | before(steps, some)))
    assert (ended.status, ended.version) == ("succeeded", None)
    assert set(ran.started()) == {"open-run", *DATA, "report"}
    assert ran.registered() == 0
    assert ran().status == "succeeded"
    assert "split" not in ran.started()


def test_from_a_step_on_everything_runs_again(tmp_path: Path) -> None:
    ran = Ran(tmp_path)
    ran()
    steps = named_steps(ran)
    ran(lambda _: Options(again=after(steps, named(steps, "evaluate"))))
    assert ran.started() == ["evaluate", "gate", "register", "propose", "report"]
    assert named(steps, "features") == {"prepare/features"}
    assert named(steps, "open-run") == frozenset()


def named_steps(ran: Ran) -> dict[str, Step]:
    return steps_of(ran.plan, ran.root)


def test_events_are_plain_data(tmp_path: Path) -> None:
    ran = Ran(tmp_path, SPEC.replace("accuracy: 0.9}", "accuracy: 0.7}"))
    ran()
    told = [json.loads(json.dumps(as_json(event), allow_nan=False)) for event in ran.events]
    assert (told[0]["event"], told[-1]["event"], told[-1]["exit_code"]) == ("run-started", "run-ended", 10)
    refused = next(each for each in told if each.get("outcome") == "refused")
    assert refused["diagnostics"][0]["code"] == "FL8108"
    assert refused["diagnostics"][0]["place"]["line"] == 22
