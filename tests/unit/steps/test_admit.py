"""People and the clock start a training always, alerts not within the cooldown, and data only where it is new."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.remote.storage import uri_of
from fairlead.steps import admit
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure

DAY = 86400


def asked(folder: Path, trigger: str, run: str = "run-1", cooldown: int = 0) -> str:
    environ = {
        "FAIRLEAD_PIPELINE": "tumor",
        "FAIRLEAD_RUN_ID": run,
        "FAIRLEAD_TRIGGER": trigger,
        "FAIRLEAD_ARTIFACTS": uri_of(folder / "artifacts"),
        "FAIRLEAD_RESULT_PROCEED": str(folder / "proceed"),
    }
    sources = {"rows": {"uri": uri_of(folder / "rows") + "/"}}
    admit.run(Context(environ, {"cooldown_seconds": cooldown, "sources": sources}))
    return (folder / "proceed").read_text()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows/1.csv").write_text("1")
    return tmp_path


def test_data_that_is_known_starts_nothing_and_new_data_does(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(data, "new-data", "run-1") == "true"
    assert asked(data, "new-data", "run-2") == "false"
    assert capsys.readouterr().out.splitlines()[-1].startswith("new-data: no source has changed")
    (data / "rows/2.csv").write_text("2")
    assert asked(data, "new-data", "run-3") == "true"
    (data / "rows/1.csv").unlink()
    assert asked(data, "new-data", "run-4") == "true"


def test_a_scheduled_training_knows_the_data_too(data: Path) -> None:
    assert asked(data, "schedule", "run-1") == "true"
    assert asked(data, "new-data", "run-2") == "false"


@pytest.mark.parametrize("trigger", ["drift", "quality", "new-data"])
def test_within_the_cooldown_nothing_but_people_and_the_clock_start_one(data: Path, trigger: str) -> None:
    assert asked(data, trigger, "run-1", DAY) == "true"
    (data / "rows/2.csv").write_text("2")
    assert asked(data, trigger, "run-2", DAY) == "false"
    assert asked(data, "manual", "run-3", DAY) == "true"
    assert asked(data, "schedule", "run-4", DAY) == "true"


def test_after_the_cooldown_an_alert_starts_one_again() -> None:
    now = datetime(2026, 1, 31, tzinfo=UTC)
    last = admit.Admitted(at=(now - timedelta(hours=5)).isoformat(), trigger="drift", run="run-1")
    assert admit.refusal("drift", last, {}, now, timedelta(hours=5)) is None
    assert admit.refusal("drift", last, {}, now, timedelta(hours=6)) == (
        "a training was started 5h00m ago, and the cooldown is 6h00m"
    )


def test_another_attempt_of_one_run_gets_the_same_answer(data: Path) -> None:
    assert asked(data, "drift", "run-1", DAY) == "true"
    assert asked(data, "drift", "run-1", DAY) == "true"


def test_a_source_that_is_empty_is_a_look_like_any_other(tmp_path: Path) -> None:
    assert asked(tmp_path, "new-data", "run-1") == "true"
    assert asked(tmp_path, "new-data", "run-2") == "false"


def test_a_record_that_is_none_is_one_clear_error(data: Path) -> None:
    asked(data, "drift")
    path = data / "artifacts/state/tumor/admitted.json"
    for broken in ("", "{}", json.dumps(json.loads(path.read_text()) | {"at": "soon"})):
        path.write_text(broken)
        with pytest.raises(StepFailure, match=r"admitted\.json is not in its form"):
            asked(data, "drift", "run-2")
